// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";

/// @dev ALICE, who has 100 units, dies; ERIN and FRED succeed her.
abstract contract SuccessionsFixture is LegalActsFixture {
    address internal constant ERIN = address(0x501);
    address internal constant FRED = address(0x601);

    function setUp() public virtual override {
        super.setUp();
        register(ERIN, 5, 1);
        register(FRED, 6, 2);
    }

    function part(bytes32 id, address account) internal pure returns (bytes32) {
        return bytes32(uint256(type(uint96).max - 1) << 160 | uint160(uint256(keccak256(abi.encode(id, account)))));
    }

    function rowOf(address to, uint96 units, uint256 holds) internal pure returns (ISuccessions.SuccessorRow memory row) {
        return ISuccessions.SuccessorRow(to, units, bytes32(uint256(uint160(to))), 0, new ISuccessions.Part[](holds));
    }

    function two(uint96 erin, uint96 fred, uint256 holds) internal pure returns (ISuccessions.SuccessorRow[] memory rows) {
        rows = new ISuccessions.SuccessorRow[](2);
        (rows[0], rows[1]) = (rowOf(ERIN, erin, holds), rowOf(FRED, fred, holds));
    }

    function sole(uint96 units, bytes32[] memory ids) internal view returns (ISuccessions.SuccessorRow[] memory rows) {
        rows = new ISuccessions.SuccessorRow[](1);
        rows[0] = rowOf(ERIN, units, ids.length);
        for (uint256 i; i < ids.length; ++i) {
            uint96 held = token.holdOf(ids[i]).units;
            uint256 claim = token.claimOf(ids[i]);
            rows[0].parts[i] = ISuccessions.Part(held, claim == 0 ? held : uint96(claim));
        }
    }

    function put(ISuccessions.SuccessorRow[] memory rows, uint256 hold_, uint96 erin, uint96 fred) internal pure {
        rows[0].parts[hold_] = ISuccessions.Part(erin, erin);
        rows[1].parts[hold_] = ISuccessions.Part(fred, fred);
    }

    function succeed(ISuccessions.SuccessorRow[] memory rows, bytes32[] memory ids) internal {
        vm.prank(ENFORCER);
        acts().succeed(ALICE, rows, ids);
    }

    function isRefused(ISuccessions.SuccessorRow[] memory rows, bytes32[] memory ids, uint8 code) internal {
        vm.expectRevert(refused(code));
        vm.prank(ENFORCER);
        acts().succeed(ALICE, rows, ids);
    }

    function list(bytes32 a, bytes32 b) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](2);
        (ids[0], ids[1]) = (a, b);
    }
}
