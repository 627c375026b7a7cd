// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @title Runs another contract's code on this token's storage
/// @dev A token's code does not fit below 24,576 bytes once: SecurityToken hands what it does not know to LegalActs, and
/// that hands on to CorporateActs. Each address is an immutable of the code before it. No selector stands in two of them:
/// a test says so.
abstract contract Delegation {
    /// @dev Hands the answer or error through; does not return.
    function _delegate(address target) internal {
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), target, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch ok
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }
}
