// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "./ITokenTypes.sol";

/// @title How an account passes to those who succeed its holder, with all that rests on it
/// @notice Called on the token itself, which has this function beside those of ILegalActs.
interface ISuccessions is ITokenTypes {
    /// @param units what the hold encumbers at the successor
    /// @param claim what it claims there, its units included
    struct Part {
        uint96 units;
        uint96 claim;
    }

    /// @param units those outside every hold
    /// @param ref of the line that moves these
    /// @param data days; bit 252: the lots keep theirs
    /// @param parts of each hold in the order in which the holds are named
    struct SuccessorRow {
        address to;
        uint96 units;
        bytes32 ref;
        bytes32 data;
        Part[] parts;
    }

    /// @notice Moves everything of an account to its holder's general successors (TAR 21(2)(iii)), policy and pause
    /// notwithstanding: units outside holds by FORCED_TRANSFER, then each hold with its units by HOLD_SUCCEEDED. To one
    /// successor a hold goes whole and keeps its id. To several it ends, and each gets a part with an id of its own, on the
    /// same terms: a right that rests on a thing rests on every part of it for the whole claim (Civil Code 296, 350). The
    /// parts have together what the hold had and claimed, so that no unit gets free. Enforcer only.
    /// Refused as a whole; codes: 1 to 5, 30 to 33, 41, 48, 51, 53.
    /// @param holdIds every open hold of the account, in their rank; none of a trade (51), none in favour of its successor (5)
    function succeed(address from, SuccessorRow[] calldata rows, bytes32[] calldata holdIds) external;
}
