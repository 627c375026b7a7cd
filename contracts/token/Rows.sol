// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Basis, Entries, Kind, Line} from "./Entries.sol";

/// @title Reads a batch's rows from the calldata into lines, for a third of what the ABI decoder takes
/// @dev A row is a struct of static members, so rows stand one after the other. What the decoder refuses, this refuses:
/// a word that is no address or no uint96. Only the days of a caller's data word count: flags and controllers are not his
/// to set. The caller's loop keeps `i` below the count.
library Rows {
    function readIssue(Line memory line, ITokenTypes.IssueRow[] calldata rows, uint256 i) internal pure {
        uint256 act = Entries.toLine(address(0), Basis.INITIAL, Kind.ISSUE);
        assembly ("memory-safe") {
            let row := add(rows.offset, shl(7, i))
            let to := calldataload(row)
            let units := calldataload(add(row, 0x20))
            if or(shr(160, to), shr(96, units)) { revert(0, 0) }
            mstore(add(line, 0x20), units)
            mstore(add(line, 0x40), or(shl(96, to), act))
            mstore(add(line, 0x60), calldataload(add(row, 0x40)))
            mstore(add(line, 0x80), and(calldataload(add(row, 0x60)), 0xffffffffffffffff))
        }
    }

    function readTransfer(Line memory line, ITokenTypes.TransferRow[] calldata rows, uint256 i) internal pure {
        uint256 act = Entries.toLine(address(0), Basis.JOINT_REQUEST, Kind.TRANSFER);
        assembly ("memory-safe") {
            let row := add(rows.offset, mul(i, 0xa0))
            let from := calldataload(row)
            let to := calldataload(add(row, 0x20))
            let units := calldataload(add(row, 0x40))
            if or(shr(160, or(from, to)), shr(96, units)) { revert(0, 0) }
            mstore(add(line, 0x20), or(shl(96, from), units))
            mstore(add(line, 0x40), or(shl(96, to), act))
            mstore(add(line, 0x60), calldataload(add(row, 0x60)))
            mstore(add(line, 0x80), and(calldataload(add(row, 0x80)), 0xffffffffffffffff))
        }
    }

    /// @return at where in the calldata the first row's receiver stands
    /// @return stride bytes from one row to the next
    function receivers(ITokenTypes.IssueRow[] calldata rows) internal pure returns (uint256 at, uint256 stride) {
        assembly ("memory-safe") {
            at := rows.offset
        }
        stride = 0x80;
    }

    function receivers(ITokenTypes.TransferRow[] calldata rows) internal pure returns (uint256 at, uint256 stride) {
        assembly ("memory-safe") {
            at := add(rows.offset, 0x20)
        }
        stride = 0xa0;
    }
}
