// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @dev Rows leave nothing in memory that a later one reads, so a batch gives each row the same memory; its cost
/// would else grow with the square of the batch.
library Memory {
    /// @dev Where a row's memory begins.
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    function reuse(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
