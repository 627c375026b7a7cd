// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Yen on the chain, for tests and the sandbox only: its issuer mints, holds are backed by nothing
/// @dev Permissioned as a tokenised deposit is: only admitted accounts receive it.
contract CashToken is ERC20, AccessManaged {
    mapping(address account => bool) public admitted;

    event Admitted(address indexed account, bool yes);

    error NotAdmitted(address account);

    constructor(address manager) ERC20("Sandbox Yen", "JPYS") AccessManaged(manager) {}

    function decimals() public pure override returns (uint8) {
        return 0;
    }

    /// @notice Settlement agent only.
    function admit(address account, bool yes) external restricted {
        admitted[account] = yes;
        emit Admitted(account, yes);
    }

    /// @notice Settlement agent only.
    function mint(address to, uint256 yen) external restricted {
        _mint(to, yen);
    }

    function _update(address from, address to, uint256 yen) internal override {
        if (to != address(0) && !admitted[to]) revert NotAdmitted(to);
        super._update(from, to, yen);
    }
}
