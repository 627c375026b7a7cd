// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Basis, Entries, Kind} from "./Entries.sol";
import {HoldKind, HoldState} from "./Holds.sol";
import {Code, Rules} from "./Rules.sol";
import {TokenBase} from "./TokenBase.sol";
import {Policy} from "./Words.sol";

/// @title Holds in another's hands: DvP, pledge, attachment, lock-up
abstract contract Encumbrances is TokenBase {
    /// @dev A hold for delivery versus payment: the seller's side gives the units into the controller's hands.
    function _createDvp(Book memory book, HoldRow memory row) internal returns (uint8) {
        (uint256 failing, uint256 fromRecord,) = _failing(book, row.account, row.to, row.units, false);
        failing |= _failingActor(book, fromRecord, row.account) | _failingNewHold(row.ref, row.expiryMinutes);
        if (row.kind != HoldKind.DVP) failing |= Rules.bit(Code.HOLD_KIND);
        if (row.controller == address(0)) failing |= Rules.bit(Code.NOT_CONTROLLER);
        if (failing != 0) return Rules.first(failing);
        _create(book, row.ref, _holdOf(row, Basis.JOINT_REQUEST));
        return Code.OK;
    }

    /// @dev A hold that the register records on the law's or the parties' word.
    function _createByRegistrar(Book memory book, HoldRow memory row) internal returns (uint8) {
        bool attaches = row.kind == HoldKind.ATTACHMENT;
        bool expires = row.expiryMinutes != 0;
        (uint256 record,) = _pair(row.account, address(0));
        uint256 failing = _failingNewHold(row.ref, row.expiryMinutes);
        uint256 reach = attaches ? _balance(row.account) : _freeUnits(row.account);
        if (row.units > reach) failing |= Rules.bit(Code.INSUFFICIENT_UNITS);
        if (row.units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (row.account == row.to) failing |= Rules.bit(Code.SAME_ACCOUNT);
        if (!attaches) failing |= Rules.ofSender(record);
        if (row.kind < HoldKind.PLEDGE || row.kind > HoldKind.LOCKUP || (expires && row.kind != HoldKind.LOCKUP)) {
            failing |= Rules.bit(Code.HOLD_KIND);
        }
        // Somebody or some day must be able to end it.
        if (row.controller == address(0) && !expires) failing |= Rules.bit(Code.NOT_CONTROLLER);
        if (attaches && _waiting[row.account].length == MOST_WAITING) failing |= Rules.bit(Code.TOO_MANY_WAITING);
        if (failing != 0) return Rules.first(failing);
        Hold memory hold = _holdOf(row, _basisOf(row.kind));
        if (row.units > _unheldUnits(row.account)) _createWaiting(book, row.ref, hold);
        else _create(book, row.ref, hold);
        return Code.OK;
    }

    /// @dev An attachment behind other holds: it encumbers nothing at first, then what is free, then what frees.
    function _createWaiting(Book memory book, bytes32 id, Hold memory hold) private {
        address account = hold.account;
        _claims[id] = hold.units;
        _waiting[account].push(id);
        _addWaiting(account);
        _note(book, Entries.line(Kind.HOLD_CREATED, hold.basis, account, account, hold.units, id, hold.data));
        hold.units = 0;
        _holds[id] = hold;
        _cover(book, account);
    }

    function _executeByController(Book memory book, ExecuteRow memory row) internal returns (uint8) {
        Hold memory hold = _holds[row.holdId];
        uint256 kind = _kindOf(hold);
        if (!_isOpen(hold) || kind == HoldKind.REQUEST) return Code.HOLD_UNKNOWN;
        if (_controllerOf(hold) != msg.sender) return Code.NOT_CONTROLLER;
        if (_isExpired(hold)) return Code.HOLD_EXPIRED;
        if (hold.to == address(0)) return Code.HOLD_KIND;
        if (row.units > hold.units) return Code.INSUFFICIENT_UNITS;
        bool needsApproval = kind == HoldKind.DVP && Policy.has(book.policy, Policy.APPROVAL);
        if (needsApproval && hold.state != HoldState.ACCEPTED) return Code.HOLD_NOT_ACCEPTED;
        (uint256 failing,,) = _failing(book, hold.account, hold.to, row.units, true);
        if (failing != 0) return Rules.first(failing);
        _execute(book, row.holdId, hold, row.units);
        return Code.OK;
    }

    function _releaseByController(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold) || _kindOf(hold) == HoldKind.REQUEST) return Code.HOLD_UNKNOWN;
        if (_controllerOf(hold) != msg.sender && !_isExpired(hold)) return Code.NOT_CONTROLLER;
        _release(book, id, hold, _releaseBasisOf(_kindOf(hold)));
        return Code.OK;
    }

    function _changeController(Book memory book, bytes32 id, address controller) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold)) return Code.HOLD_UNKNOWN;
        bool hers = _controllerOf(hold) == msg.sender && controller != address(0);
        if (!hers) return Code.NOT_CONTROLLER;
        hold.data = bytes32(uint256(hold.data) & ~CONTROLLER | uint256(uint160(controller)) << 64);
        _holds[id].data = hold.data;
        _postChange(book, id, hold, hold.account, hold.units, hold.basis);
        return Code.OK;
    }

    /// @dev Moves a hold and its units to another wallet of its person.
    function _carry(Book memory book, bytes32 id, Hold memory hold, address replacement) internal {
        address lost = hold.account;
        uint256 claim = _claims[id];
        if (claim != 0) {
            _stopWaiting(lost, id);
            _claims[id] = claim;
            _waiting[replacement].push(id);
            _addWaiting(replacement);
        }
        hold.account = replacement;
        _holds[id].account = replacement;
        _postChange(book, id, hold, lost, hold.units, Basis.WALLET_RECOVERY);
    }

    function _holdOf(HoldRow memory row, uint16 basis) private pure returns (Hold memory) {
        bytes32 data = _dataOf(row.kind, row.expiryMinutes, row.controller, row.data);
        return Hold(row.account, row.units, row.to, HoldState.OPEN, basis, data);
    }

    function _basisOf(uint256 kind) private pure returns (uint16) {
        if (kind == HoldKind.PLEDGE) return Basis.PLEDGE_SET;
        return kind == HoldKind.ATTACHMENT ? Basis.ATTACHMENT : Basis.NONE;
    }

    function _releaseBasisOf(uint256 kind) private pure returns (uint16) {
        if (kind == HoldKind.PLEDGE) return Basis.PLEDGE_RELEASE;
        return kind == HoldKind.ATTACHMENT ? Basis.ATTACHMENT_RELEASE : Basis.NONE;
    }

}
