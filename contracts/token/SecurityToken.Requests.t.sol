// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Holders} from "../test/Holders.t.sol";
import {Code} from "./Rules.sol";
import {SecurityToken} from "./SecurityToken.sol";

/// @dev Transfers that both sides and the registrar agree on.
contract RequestsTest is Holders {
    SecurityToken internal joint;

    function setUp() public override {
        super.setUp();
        joint = create_("joint", policyOf(6, 0, 0, 0, 0, 0));
        issue(joint, ALICE, 100);
    }

    function test_directTransferWhereARequestIsNeeded() public {
        eq(joint.detectTransferRestriction(ALICE, BOB, 5), Code.NEEDS_REQUEST, "needs a request");
        eq(joint.failingRules(ALICE, BOB, 5), 0, "the pre-check looks past it");
        vm.expectRevert(refused(Code.NEEDS_REQUEST));
        vm.prank(BROKER_1);
        joint.custodiedTransfer(transferRow(ALICE, BOB, 5), true);
    }

    function test_requestAcceptApprove() public {
        vm.recordLogs();
        bytes32 head = joint.head();
        vm.prank(BROKER_1);
        joint.requestTransfers(requestRow(ALICE, BOB, 5, 0, "r"), true);
        eq(joint.freeUnits(ALICE), 95, "held");
        eq(joint.balanceOf(ALICE), 100, "title stays");

        vm.expectRevert(refused(Code.HOLD_NOT_ACCEPTED));
        vm.prank(REGISTRAR);
        joint.approveTransfers(one("r"), true);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        vm.prank(BROKER_1);
        joint.acceptTransfers(one("r"), true);
        vm.prank(BROKER_2);
        joint.acceptTransfers(one("r"), true);
        vm.expectRevert(refused(Code.HOLD_ALREADY_ACCEPTED));
        vm.prank(BROKER_2);
        joint.acceptTransfers(one("r"), true);

        vm.prank(REGISTRAR);
        joint.approveTransfers(one("r"), true);
        eq(joint.balanceOf(BOB), 5, "moved");
        eq(joint.freeUnits(ALICE), 95, "free");
        eq(replay(head, address(joint)), joint.head(), "head");
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(REGISTRAR);
        joint.approveTransfers(one("r"), true);
        vm.expectRevert(refused(Code.REF_USED));
        vm.prank(BROKER_1);
        joint.requestTransfers(requestRow(ALICE, BOB, 5, 0, "r"), true);
    }

    function test_acceptanceAloneExecutes() public {
        SecurityToken accepting = create_("accepting", policyOf(2, 0, 0, 0, 0, 0));
        issue(accepting, ALICE, 10);
        vm.prank(BROKER_1);
        accepting.requestTransfers(requestRow(ALICE, BOB, 4, 0, "r"), true);
        vm.prank(BROKER_2);
        accepting.acceptTransfers(one("r"), true);
        eq(accepting.balanceOf(BOB), 4, "moved");
        eq(accepting.holdOf("r").state, 3, "closed");
    }

    function test_rulesAreCheckedAgainAtApproval() public {
        vm.prank(BROKER_1);
        joint.requestTransfers(requestRow(ALICE, BOB, 5, 0, "r"), true);
        vm.prank(BROKER_2);
        joint.acceptTransfers(one("r"), true);
        register(BOB, recordOf_(2, RETAIL, 1, VALID, 2));
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        vm.prank(REGISTRAR);
        joint.approveTransfers(one("r"), true);
        vm.prank(REGISTRAR);
        joint.rejectTransfers(one("r"), true);
        eq(joint.freeUnits(ALICE), 100, "released");
    }

    function test_cancelIsTheSellersUntilExpiryThenAnyones() public {
        uint32 expiry = uint32(START / 60 + 10);
        vm.prank(BROKER_1);
        joint.requestTransfers(requestRow(ALICE, BOB, 5, expiry, "r"), true);
        vm.prank(BROKER_1);
        joint.requestTransfers(requestRow(ALICE, BOB, 6, expiry, "s"), true);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        vm.prank(BROKER_2);
        joint.cancelTransfers(one("r"), true);
        vm.prank(BROKER_1);
        joint.cancelTransfers(one("r"), true);
        vm.warp(START + 10 minutes);
        vm.expectRevert(refused(Code.HOLD_EXPIRED));
        vm.prank(BROKER_2);
        joint.acceptTransfers(one("s"), true);
        vm.prank(STRANGER);
        joint.cancelTransfers(one("s"), true);
        eq(joint.freeUnits(ALICE), 100, "all released");
    }

    function test_anExpiredRequestIsNotApproved() public {
        vm.prank(BROKER_1);
        joint.requestTransfers(requestRow(ALICE, BOB, 5, uint32(START / 60 + 10), "r"), true);
        vm.prank(BROKER_2);
        joint.acceptTransfers(one("r"), true);
        vm.warp(START + 10 minutes);
        vm.expectRevert(refused(Code.HOLD_EXPIRED));
        vm.prank(REGISTRAR);
        joint.approveTransfers(one("r"), true);
    }

    function test_duplicateRefsInOneBatch() public {
        ITokenTypes.RequestRow[] memory rows = new ITokenTypes.RequestRow[](2);
        rows[0] = ITokenTypes.RequestRow(ALICE, BOB, 1, 0, "r", 0);
        rows[1] = ITokenTypes.RequestRow(ALICE, BOB, 1, 0, "r", 0);
        vm.recordLogs();
        vm.prank(BROKER_1);
        joint.requestTransfers(rows, false);
        (uint256 row,, uint8 code) = rejection();
        eq(row, 1, "row");
        eq(code, Code.REF_USED, "code");
    }
}
