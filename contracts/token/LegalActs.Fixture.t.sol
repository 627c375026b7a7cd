// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Holders} from "../test/Holders.t.sol";

/// @dev Holds on the first holder's units, and what becomes of them.
abstract contract LegalActsFixture is Holders {
    address internal constant PLEDGEE = address(0xC1);
    address internal constant COURT = address(0xC2);

    function hold(uint8 kind, uint96 units, bytes32 ref) internal {
        (address to, address controller) = kind == 4 ? (address(0), COURT) : (BOB, PLEDGEE);
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, to, controller, units, kind, 0, ref), true);
    }

    function behind(bytes32 ahead, uint96 units, bytes32 ref) internal {
        vm.prank(REGISTRAR);
        acts().createHolds(behindRow(ahead, units, ref), true);
    }

    function behindRow(bytes32 ahead, uint96 units, bytes32 ref)
        internal
        pure
        returns (ITokenTypes.HoldRow[] memory rows)
    {
        rows = holdRow(ALICE, CAROL, COURT, units, 3, 0, ref);
        rows[0].behind = ahead;
    }

    function ordered(address to, uint96 units, uint16 basis, bytes32[] memory breaks)
        internal
        pure
        returns (ITokenTypes.OrderedRow[] memory rows)
    {
        rows = new ITokenTypes.OrderedRow[](1);
        rows[0] = ITokenTypes.OrderedRow(ALICE, to, units, basis, "case", 0, breaks);
    }

    function release(bytes32 id, address by) internal {
        vm.prank(by);
        acts().releaseHolds(one(id), true);
    }

    function stands(bytes32 id, uint96 units, uint256 claim) internal view {
        eq(token.holdOf(id).units, units, "units");
        eq(token.claimOf(id), claim, "claim");
    }
}
