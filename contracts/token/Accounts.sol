// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Holding} from "./Words.sol";

/// @title What each account holds, and how much of it is free
abstract contract Accounts {
    /// @dev See {Holding}. A struct, so that a move finds each slot once.
    struct Account {
        uint256 word;
    }

    mapping(address account => Account) internal _accounts;
    /// @dev ERC-7943's frozen units; read only where the account's FROZEN bit is set.
    mapping(address account => uint256) internal _frozen;

    function _setFrozenUnits(address account, uint256 units) internal {
        uint256 word = _accounts[account].word;
        _accounts[account].word = units == 0 ? word & ~Holding.FROZEN : word | Holding.FROZEN;
        _frozen[account] = units;
    }

    function _addWaiting(address account, uint256 count) internal {
        _accounts[account].word += count * Holding.ONE_WAITS;
    }

    function _dropWaiting(address account, uint256 count) internal {
        _accounts[account].word -= count * Holding.ONE_WAITS;
    }

    function _someWait(address account) internal view returns (bool) {
        return _accounts[account].word & Holding.WAITING != 0;
    }

    function _balance(address account) internal view returns (uint256) {
        return Holding.units(_accounts[account].word);
    }

    /// @dev Units that neither a hold nor ERC-7943's freezing keeps.
    function _freeUnits(address account) internal view returns (uint256) {
        return _free(account, _accounts[account].word);
    }

    /// @dev Units outside every hold, frozen ones included.
    function _unheldUnits(address account) internal view returns (uint256) {
        return Holding.unheld(_accounts[account].word);
    }

    function _free(address account, uint256 word) internal view returns (uint256) {
        uint256 unheld = Holding.unheld(word);
        if (word & Holding.FROZEN == 0) return unheld;
        uint256 frozen = _frozen[account];
        return frozen < unheld ? unheld - frozen : 0;
    }
}
