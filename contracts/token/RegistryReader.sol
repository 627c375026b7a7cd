// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";

/// @title Reads the registry without the copies of abi.encode, which each row of a batch would pay
abstract contract RegistryReader {
    IHolderRegistry public immutable registry;

    constructor(IHolderRegistry registry_) {
        registry = registry_;
    }

    /// @dev registry.pair(from, to).
    function _pair(address from, address to) internal view returns (uint256 fromRecord, uint256 toRecord) {
        address target = address(registry);
        bytes4 selector = IHolderRegistry.pair.selector;
        bool ok;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), from)
            mstore(add(free, 0x24), to)
            ok := staticcall(gas(), target, free, 0x44, 0x00, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
            fromRecord := mload(0x00)
            toRecord := mload(0x20)
        }
        assert(ok);
    }

    /// @dev registry.recordOf(wallet).
    function _record(address wallet) internal view returns (uint256 record) {
        address target = address(registry);
        bytes4 selector = IHolderRegistry.recordOf.selector;
        bool ok;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, wallet)
            ok := staticcall(gas(), target, 0x00, 0x24, 0x00, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            record := mload(0x00)
        }
        assert(ok);
    }

    /// @dev registry.records(wallets) in one call for a batch.
    /// @param at where in the calldata the first row's wallet stands
    /// @param stride bytes from one row to the next
    /// @return found where in memory the first record stands
    function _recordsOf(uint256 at, uint256 stride, uint256 count) internal view returns (uint256 found) {
        address target = address(registry);
        bytes4 selector = IHolderRegistry.records.selector;
        bool ok;
        assembly ("memory-safe") {
            let free := mload(0x40)
            let bytesOfAll := shl(5, count)
            mstore(free, selector)
            mstore(add(free, 0x04), 0x20)
            mstore(add(free, 0x24), count)
            let to := add(free, 0x44)
            let end := add(to, bytesOfAll)
            for {} lt(to, end) { to := add(to, 0x20) } {
                mstore(to, calldataload(at))
                at := add(at, stride)
            }
            found := add(free, 0x40)
            ok := staticcall(gas(), target, free, sub(end, free), free, add(bytesOfAll, 0x40))
            ok := and(ok, eq(returndatasize(), add(bytesOfAll, 0x40)))
            mstore(0x40, and(add(end, 0x1f), not(0x1f)))
        }
        assert(ok);
    }

    function _recordAt(uint256 found, uint256 row) internal pure returns (uint256 record) {
        assembly ("memory-safe") {
            record := mload(add(found, shl(5, row)))
        }
    }
}
