// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {LegalActsFixture} from "./LegalActs.Fixture.t.sol";
import {Code} from "./Rules.sol";

contract LegalActsTest is LegalActsFixture {
    function test_lockUpEndsByTime() public {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, address(0), address(0), 30, 5, uint32(START / 60 + 60), "lock"), true);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        acts().releaseHolds(one("lock"), true);
        vm.warp(START + 1 hours);
        acts().releaseHolds(one("lock"), true);
        eq(token.freeUnits(ALICE), 100, "free");
    }

    function test_dvpHoldIsExecutedByItsControllerUnderTheRules() public {
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, COURT, 10, 2, uint32(START / 60 + 60), "dvp"), true);
        register(BOB, recordOf_(2, RETAIL, 1, VALID, 2));
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        vm.prank(COURT);
        acts().executeHolds(executeRow("dvp", 10), true);
        register(BOB, recordOf_(2, RETAIL, 0, VALID, 2));
        vm.prank(COURT);
        acts().executeHolds(executeRow("dvp", 10), true);
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_dvpWaitsForTheRegistrarWhereThePolicySaysSo() public {
        token = create_("approval", policyOf(4, 0, 0, 0, 0, 0));
        issue(token, ALICE, 100);
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, COURT, 10, 2, 0, "dvp"), true);
        vm.expectRevert(refused(Code.HOLD_NOT_ACCEPTED));
        vm.prank(COURT);
        acts().executeHolds(executeRow("dvp", 10), true);
        vm.prank(REGISTRAR);
        token.approveTransfers(one("dvp"), true);
        vm.prank(COURT);
        acts().executeHolds(executeRow("dvp", 10), true);
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_frozenUnitsMayExceedTheBalance() public {
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 150);
        eq(token.freeUnits(ALICE), 0, "free");
        eq(token.balanceOf(ALICE), 100, "balance");
        issue(token, ALICE, 80);
        eq(token.freeUnits(ALICE), 30, "arrivals are caught");
        vm.prank(ENFORCER);
        acts().forcedTransfer(ALICE, BOB, 40);
        eq(token.getFrozenTokens(ALICE), 140, "unfrozen as far as needed");
        eq(token.balanceOf(ALICE), 140, "balance");
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 0);
        eq(token.freeUnits(ALICE), 140, "free");
    }

    function test_policyNeedsIssuerRegistrarAndTime() public {
        uint256 next = policyOf(2, 0, 5, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts().executePolicy(next, "p");
        vm.prank(ISSUER);
        acts().proposePolicy(next);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts().executePolicy(next, "p");
        vm.warp(START + 1 days);
        vm.recordLogs();
        bytes32 head = token.head();
        vm.prank(REGISTRAR);
        acts().executePolicy(next, "p");
        eq(token.policy(), next, "policy");
        eq(replay(head, address(token)), token.head(), "head");
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts().executePolicy(next, "p");
    }

    function test_personsAreTrackedFromTheStartOrNever() public {
        uint256 next = policyOf(32, 0, 0, 0, 0, 10);
        vm.prank(ISSUER);
        acts().proposePolicy(next);
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts().executePolicy(next, "p");
    }

    function test_pauseStopsUnforcedActs() public {
        vm.prank(REGISTRAR);
        acts().setPaused(true, "incident");
        vm.expectRevert(refused(Code.PAUSED));
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 1), true);
        vm.prank(REGISTRAR);
        acts().setPaused(false, "over");
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 1), true);
    }

    function test_noEntryNamesMoreUnitsThanTheCap() public {
        uint96 most = token.cap();
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, type(uint256).max);
        eq(token.getFrozenTokens(ALICE), most, "all that can ever be");
        vm.prank(REGISTRAR);
        acts().mark(ALICE, most, 13, "m", 0);
        vm.expectRevert(refused(Code.SUPPLY_CAP));
        vm.prank(REGISTRAR);
        acts().mark(ALICE, most + 1, 13, "m", 0);
    }

    function test_marksAndTermsAreEntries() public {
        bytes32 head = token.head();
        vm.recordLogs();
        vm.prank(REGISTRAR);
        acts().mark(ALICE, 100, 13, "m", "trust");
        vm.prank(REGISTRAR);
        acts().changeTerms("terms 2", "t");
        eq(replay(head, address(token)), token.head(), "head");
        eq(token.seq(), 5, "two entries");
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(REGISTRAR);
        acts().mark(ALICE, 100, 1, "m", "trust");
        vm.prank(REGISTRAR);
        acts().mark(ALICE, 50, 18, "m 2", bytes32(uint256(4) << 64));
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(REGISTRAR);
        acts().mark(ALICE, 50, 18, "m 3", bytes32(uint256(7) << 64));
    }

    function test_aBrokersRefCannotTakeAFreezesId() public {
        bytes32 id = bytes32(uint256(type(uint96).max) << 160 | uint160(ALICE));
        vm.expectRevert(refused(Code.REF_USED));
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, 0, id), true);
    }
}
