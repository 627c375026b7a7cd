// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Fixture, IActs, Vm} from "../test/Fixture.t.sol";
import {Code} from "./Rules.sol";

contract LegalActsTest is Fixture {
    address internal constant ALICE = address(0x101);
    address internal constant ALICE_2 = address(0x102);
    address internal constant BOB = address(0x201);
    address internal constant CAROL = address(0x301);
    address internal constant PLEDGEE = address(0xC1);
    address internal constant COURT = address(0xC2);
    IActs internal acts;

    function setUp() public override {
        super.setUp();
        register(ALICE, 1, 1);
        register(ALICE_2, 1, 2);
        register(BOB, 2, 2);
        register(CAROL, 3, 1);
        issue(token, ALICE, 100);
        acts = IActs(address(token));
    }

    function hold(uint8 kind, uint96 units, bytes32 ref) private {
        vm.prank(REGISTRAR);
        acts.createHolds(holdRow(ALICE, BOB, kind == 4 ? COURT : PLEDGEE, units, kind, 0, ref), true);
    }

    function ordered(address to, uint96 units, uint16 basis, bytes32[] memory breaks)
        private
        pure
        returns (ITokenTypes.OrderedRow[] memory rows)
    {
        rows = new ITokenTypes.OrderedRow[](1);
        rows[0] = ITokenTypes.OrderedRow(ALICE, to, units, basis, "case", 0, breaks);
    }

    function executeRow(bytes32 id, uint96 units) private pure returns (ITokenTypes.ExecuteRow[] memory rows) {
        rows = new ITokenTypes.ExecuteRow[](1);
        rows[0] = ITokenTypes.ExecuteRow(id, units);
    }

    function test_aPledgeEndsByItsControllerAlone() public {
        hold(3, 60, "pledge");
        eq(token.freeUnits(ALICE), 40, "free");
        eq(token.balanceOf(ALICE), 100, "title stays");
        address[4] memory others = [ALICE, BROKER_1, REGISTRAR, ENFORCER];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(refused(Code.NOT_CONTROLLER));
            vm.prank(others[i]);
            acts.releaseHolds(one("pledge"), true);
        }
        vm.prank(PLEDGEE);
        acts.releaseHolds(one("pledge"), true);
        eq(token.freeUnits(ALICE), 100, "released");
    }

    function test_aPledgeExecutesInParts() public {
        hold(3, 60, "pledge");
        vm.prank(PLEDGEE);
        acts.executeHolds(executeRow("pledge", 20), true);
        eq(token.balanceOf(BOB), 20, "executed");
        eq(token.holdOf("pledge").units, 40, "rest is held");
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 40, 40));
        vm.prank(PLEDGEE);
        acts.executeHolds(executeRow("pledge", 41), true);
        vm.prank(PLEDGEE);
        acts.executeHolds(executeRow("pledge", 40), true);
        eq(token.holdOf("pledge").state, 3, "closed");
    }

    function test_aPledgeHasNoExpiryAndNeedsAController() public {
        vm.expectRevert(refused(Code.HOLD_KIND));
        vm.prank(REGISTRAR);
        acts.createHolds(holdRow(ALICE, BOB, PLEDGEE, 1, 3, uint32(VALID / 60), "p"), true);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        vm.prank(REGISTRAR);
        acts.createHolds(holdRow(ALICE, BOB, address(0), 1, 3, 0, "p"), true);
    }

    function test_controllerHandsOn() public {
        hold(3, 60, "pledge");
        vm.prank(PLEDGEE);
        acts.changeController("pledge", COURT);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        vm.prank(PLEDGEE);
        acts.releaseHolds(one("pledge"), true);
        vm.prank(COURT);
        acts.releaseHolds(one("pledge"), true);
    }

    function test_attachmentsRankBehindWhatIsThere() public {
        hold(3, 70, "pledge");
        hold(4, 50, "first");
        eq(token.holdOf("first").units, 30, "first takes what is free");
        eq(token.claimOf("first"), 50, "and waits for the rest");
        hold(4, 40, "second");
        eq(token.holdOf("second").units, 0, "second takes nothing yet");
        vm.prank(PLEDGEE);
        acts.releaseHolds(one("pledge"), true);
        eq(token.holdOf("first").units, 50, "first is full");
        eq(token.claimOf("first"), 0, "first waits no more");
        eq(token.holdOf("second").units, 40, "second is full");
        eq(token.freeUnits(ALICE), 10, "free");
        vm.prank(COURT);
        acts.releaseHolds(one("first"), true);
        eq(token.freeUnits(ALICE), 60, "free");
    }

    function test_whatAnAttachmentExecutesIsNoLongerClaimed() public {
        hold(3, 70, "pledge");
        hold(4, 50, "first");
        vm.prank(COURT);
        acts.executeHolds(executeRow("first", 30), true);
        eq(token.claimOf("first"), 20, "still waits for the rest");
        vm.prank(PLEDGEE);
        acts.releaseHolds(one("pledge"), true);
        eq(token.holdOf("first").units, 20, "and takes no more than that");
    }

    function behind(bytes32 ahead, uint96 units, bytes32 ref) private {
        vm.prank(REGISTRAR);
        acts.createHolds(behindRow(ahead, units, ref), true);
    }

    function behindRow(bytes32 ahead, uint96 units, bytes32 ref)
        private
        pure
        returns (ITokenTypes.HoldRow[] memory rows)
    {
        rows = holdRow(ALICE, CAROL, COURT, units, 3, 0, ref);
        rows[0].behind = ahead;
    }

    function release(bytes32 id, address by) private {
        vm.prank(by);
        acts.releaseHolds(one(id), true);
    }

    function stands(bytes32 id, uint96 units, uint256 claim) private view {
        eq(token.holdOf(id).units, units, "units");
        eq(token.claimOf(id), claim, "claim");
    }

    function test_aSecondPledgeRanksOnTheSameUnitsAndTakesThemAtTheFirstsEnd() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        stands("second", 0, 50);
        eq(token.freeUnits(ALICE), 40, "what is free stays free: units are encumbered once");
        release("first", PLEDGEE);
        stands("second", 50, 0);
        eq(token.freeUnits(ALICE), 50, "and no more than the second's");
        vm.prank(COURT);
        acts.executeHolds(executeRow("second", 50), true);
        eq(token.balanceOf(CAROL), 50, "executes like any pledge");
    }

    function test_pledgesOnTheSameUnitsTakeThemInTheirRank() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        behind("second", 40, "third");
        behind("first", 60, "fourth");
        release("first", PLEDGEE);
        stands("second", 50, 0);
        stands("third", 10, 40);
        stands("fourth", 0, 60);
        release("second", COURT);
        stands("third", 40, 0);
        stands("fourth", 20, 60);
        release("third", COURT);
        stands("fourth", 60, 0);
        eq(token.freeUnits(ALICE), 40, "free");
    }

    function test_aPledgeBehindTakesNothingThatItsPledgeDidNotHave() public {
        hold(3, 30, "first");
        hold(3, 30, "other");
        behind("first", 30, "second");
        release("other", PLEDGEE);
        stands("second", 0, 30);
        eq(token.freeUnits(ALICE), 70, "free");
        release("first", PLEDGEE);
        stands("second", 30, 0);
    }

    function test_theSecondStandsOnWhatTheFirstLeaves() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        vm.prank(PLEDGEE);
        acts.executeHolds(executeRow("first", 45), true);
        stands("second", 0, 60);
        release("first", PLEDGEE);
        stands("second", 15, 60);
        release("second", COURT);
        eq(token.holdOf("second").state, 3, "closed");
        eq(token.freeUnits(ALICE), 55, "free");
    }

    function test_anOrderTakesTheUnitsOfThePledgeThatItBreaks() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 40, 3, one("first")), true);
        stands("second", 20, 50);
        eq(token.freeUnits(ALICE), 40, "what was free stays free");
        release("second", COURT);
        hold(3, 10, "small");
        hold(3, 50, "large");
        behind("large", 50, "next");
        bytes32[] memory both = new bytes32[](2);
        (both[0], both[1]) = (bytes32("small"), bytes32("large"));
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 15, 3, both), true);
        stands("next", 45, 50);
    }

    function test_attachmentsComeAfterThePledgesBeforeThemAndNonAfterAnAttachment() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        hold(4, 100, "attachment");
        stands("attachment", 40, 100);
        vm.expectRevert(refused(Code.ATTACHMENT_AHEAD));
        vm.prank(REGISTRAR);
        acts.createHolds(behindRow("first", 10, "late"), true);
        release("first", PLEDGEE);
        stands("second", 50, 0);
        stands("attachment", 50, 100);
        release("second", COURT);
        stands("attachment", 100, 0);
    }

    function test_whatGetsNothingMakesNoEntry() public {
        hold(3, 100, "first");
        behind("first", 100, "second");
        hold(4, 100, "attachment");
        vm.recordLogs();
        release("first", PLEDGEE);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 2, "the first's end, and what the second takes");
        eq(logs[1].topics[1], "second", "the second's");
        stands("attachment", 0, 100);
    }

    function test_aPledgeRanksBehindAPledgeOfItsAccountAlone() public {
        hold(3, 60, "pledge");
        hold(4, 10, "attachment");
        hold(5, 10, "lock");
        bytes32[3] memory none = [bytes32("attachment"), "lock", "nothing"];
        for (uint256 i; i < 3; ++i) {
            refusesBehind(behindRow(none[i], 5, "p"), Code.HOLD_UNKNOWN);
        }
        issue(token, BOB, 10);
        ITokenTypes.HoldRow[] memory rows = behindRow("pledge", 5, "p");
        (rows[0].account, rows[0].to) = (BOB, ALICE);
        refusesBehind(rows, Code.HOLD_UNKNOWN);
        rows = behindRow("pledge", 5, "p");
        rows[0].kind = 4;
        refusesBehind(rows, Code.HOLD_KIND);
        vm.expectRevert(
            abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 61, 20)
        );
        vm.prank(REGISTRAR);
        acts.createHolds(behindRow("pledge", 61, "p"), true);
        behind("pledge", 60, "second");
        release("pledge", PLEDGEE);
        refusesBehind(behindRow("pledge", 5, "p"), Code.HOLD_UNKNOWN);
        behind("second", 60, "third");
    }

    function refusesBehind(ITokenTypes.HoldRow[] memory rows, uint8 code) private {
        vm.expectRevert(refused(code));
        vm.prank(REGISTRAR);
        acts.createHolds(rows, true);
    }

    function test_aPledgeBehindOneThatWaitsClaimsWhatThatClaims() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        vm.expectRevert(
            abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 51, 40)
        );
        vm.prank(REGISTRAR);
        acts.createHolds(behindRow("second", 51, "third"), true);
        behind("second", 50, "third");
    }

    function test_eightWaitAtMost() public {
        hold(3, 60, "first");
        for (uint256 i; i < 8; ++i) {
            behind("first", 1, bytes32(i + 1));
        }
        refusesBehind(behindRow("first", 1, "ninth"), Code.TOO_MANY_WAITING);
        release(bytes32(uint256(3)), COURT);
        behind("first", 1, "ninth");
    }

    function test_aPledgeBehindNamesItsPledgeeAndItsPledgeInTheRegister() public {
        hold(3, 60, "first");
        behind("first", 50, "second");
        vm.recordLogs();
        behind("second", 40, "third");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 2, "two entries");
        (uint256 fromUnits, uint256 toLine,,) = abi.decode(logs[0].data, (uint256, uint256, bytes32, bytes32));
        eq(uint96(fromUnits), 0, "encumbers nothing");
        eq(address(uint160(toLine >> 96)), CAROL, "the pledgee");
        eq(uint24(toLine), uint24(11) << 8 | 6, "HOLD_CREATED, PLEDGE_SET");
        bytes32 data;
        (fromUnits, toLine, data,) = abi.decode(logs[1].data, (uint256, uint256, bytes32, bytes32));
        eq(uint96(fromUnits), 40, "what it claims");
        eq(address(uint160(toLine >> 96)), ALICE, "the account");
        eq(uint24(toLine), uint24(11) << 8 | 15, "HOLD_RANKED, PLEDGE_SET");
        eq(data, "first", "the first pledge on the units");
        eq(logs[1].topics[1], "third", "the hold");
    }

    function test_recoveryKeepsTheRanksWhateverOrderItNames() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        behind("first", 60, "third");
        hold(4, 50, "attachment");
        bytes32[] memory ids = new bytes32[](4);
        (ids[0], ids[1], ids[2], ids[3]) = (bytes32("third"), bytes32("attachment"), bytes32("second"), bytes32("first"));
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", ids);
        release("first", PLEDGEE);
        stands("second", 60, 0);
        stands("third", 0, 60);
        stands("attachment", 40, 50);
        eq(token.holdOf("second").account, ALICE_2, "on the other wallet");
        release("second", COURT);
        stands("third", 60, 0);
        release("third", COURT);
        stands("attachment", 50, 0);
    }

    function test_recoveryOverfillsNoQueue() public {
        issue(token, ALICE_2, 10);
        vm.prank(REGISTRAR);
        acts.createHolds(holdRow(ALICE_2, BOB, PLEDGEE, 10, 3, 0, "theirs"), true);
        hold(3, 100, "first");
        bytes32[] memory ids = new bytes32[](6);
        ids[5] = "first";
        for (uint256 i; i < 5; ++i) {
            ids[i] = bytes32(i + 1);
            behind("first", 1, ids[i]);
            ITokenTypes.HoldRow[] memory rows = behindRow("theirs", 2, bytes32(i + 100));
            rows[0].account = ALICE_2;
            if (i == 4) break;
            vm.prank(REGISTRAR);
            acts.createHolds(rows, true);
        }
        vm.expectRevert(refused(Code.TOO_MANY_WAITING));
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", ids);
        release(bytes32(uint256(103)), COURT);
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", ids);
        release("first", PLEDGEE);
        for (uint256 i; i < 5; ++i) {
            stands(ids[i], 1, 0);
        }
        release("theirs", PLEDGEE);
        for (uint256 i; i < 3; ++i) {
            stands(bytes32(i + 100), 2, 0);
        }
        eq(token.freeUnits(ALICE_2), 99, "free");
    }

    function assign(bytes32 id, address pledgee, address controller, uint8 code, address by) private {
        if (code != 0) vm.expectRevert(refused(code));
        vm.prank(by);
        acts.assignPledge(id, pledgee, controller);
    }

    function test_anAssignedPledgeIsItsNewPledgees() public {
        hold(3, 60, "pledge");
        vm.recordLogs();
        assign("pledge", CAROL, COURT, 0, PLEDGEE);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 1, "one entry");
        (uint256 fromUnits, uint256 toLine, bytes32 data,) =
            abi.decode(logs[0].data, (uint256, uint256, bytes32, bytes32));
        eq(address(uint160(fromUnits >> 96)), ALICE, "the account");
        eq(uint96(fromUnits), 60, "its units");
        eq(address(uint160(toLine >> 96)), CAROL, "the new pledgee");
        eq(uint24(toLine), uint24(11) << 8 | 16, "HOLD_ASSIGNED, PLEDGE_SET");
        eq(address(uint160(uint256(data) >> 64)), COURT, "the new controller");
        eq(uint256(data) >> 252, 3, "still a pledge");
        eq(token.holdOf("pledge").to, CAROL, "the pledgee");
        eq(token.holdOf("pledge").data, data, "as the entry says it");
        assign("pledge", BOB, PLEDGEE, Code.NOT_CONTROLLER, PLEDGEE);
        vm.prank(COURT);
        acts.executeHolds(executeRow("pledge", 60), true);
        eq(token.balanceOf(CAROL), 60, "executes to the new pledgee");
    }

    function test_whatCannotBeAssigned() public {
        hold(3, 60, "pledge");
        hold(5, 10, "lock");
        assign("lock", CAROL, COURT, Code.HOLD_UNKNOWN, PLEDGEE);
        assign("none", CAROL, COURT, Code.HOLD_UNKNOWN, PLEDGEE);
        assign("pledge", CAROL, COURT, Code.NOT_CONTROLLER, REGISTRAR);
        assign("pledge", CAROL, address(0), Code.NOT_CONTROLLER, PLEDGEE);
        assign("pledge", address(0), COURT, Code.RECEIVER_INVALID, PLEDGEE);
        assign("pledge", ALICE, COURT, Code.SAME_ACCOUNT, PLEDGEE);
        assign("pledge", address(0x999), COURT, Code.RECEIVER_NOT_REGISTERED, PLEDGEE);
        release("pledge", PLEDGEE);
        assign("pledge", CAROL, COURT, Code.HOLD_UNKNOWN, PLEDGEE);
    }

    function test_anAssignedPledgeKeepsItsRank() public {
        hold(3, 60, "first");
        behind("first", 60, "second");
        assign("second", BOB, PLEDGEE, 0, COURT);
        stands("second", 0, 60);
        release("first", PLEDGEE);
        stands("second", 60, 0);
        eq(token.holdOf("second").to, BOB, "the new pledgee");
    }

    function test_anOrderCannotBreakAnothersHold() public {
        hold(3, 60, "pledge");
        issue(token, CAROL, 10);
        ITokenTypes.OrderedRow[] memory rows = ordered(BOB, 10, 6, one("pledge"));
        rows[0].from = CAROL;
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(ENFORCER);
        acts.enforceTransfers(rows, true);
    }

    function test_recoveryForgetsNoAttachmentThatWaits() public {
        hold(3, 100, "pledge");
        hold(4, 50, "waiting");
        vm.expectRevert(refused(Code.HOLDS_MISSING));
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", one("pledge"));
    }

    function test_aWaitingAttachmentReleased() public {
        hold(3, 100, "pledge");
        hold(4, 50, "first");
        hold(4, 50, "second");
        vm.prank(COURT);
        acts.releaseHolds(one("first"), true);
        vm.prank(PLEDGEE);
        acts.releaseHolds(one("pledge"), true);
        eq(token.holdOf("second").units, 50, "second moved up");
        eq(token.freeUnits(ALICE), 50, "first took nothing");
    }

    function test_anAttachmentNeverExceedsTheBalance() public {
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", ALICE, 100, 101));
        vm.prank(REGISTRAR);
        acts.createHolds(holdRow(ALICE, address(0), COURT, 101, 4, 0, "a"), true);
    }

    function test_lockUpEndsByTime() public {
        vm.prank(REGISTRAR);
        acts.createHolds(holdRow(ALICE, address(0), address(0), 30, 5, uint32(START / 60 + 60), "lock"), true);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        acts.releaseHolds(one("lock"), true);
        vm.warp(START + 1 hours);
        acts.releaseHolds(one("lock"), true);
        eq(token.freeUnits(ALICE), 100, "free");
    }

    function test_dvpHoldIsExecutedByItsControllerUnderTheRules() public {
        vm.prank(BROKER_1);
        acts.createDvpHolds(holdRow(ALICE, BOB, COURT, 10, 2, uint32(START / 60 + 60), "dvp"), true);
        register(BOB, recordOf_(2, RETAIL, 1, VALID, 2));
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        vm.prank(COURT);
        acts.executeHolds(executeRow("dvp", 10), true);
        register(BOB, recordOf_(2, RETAIL, 0, VALID, 2));
        vm.prank(COURT);
        acts.executeHolds(executeRow("dvp", 10), true);
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_dvpWaitsForTheRegistrarWhereThePolicySaysSo() public {
        token = create_("approval", policyOf(4, 0, 0, 0, 0, 0));
        issue(token, ALICE, 100);
        acts = IActs(address(token));
        vm.prank(BROKER_1);
        acts.createDvpHolds(holdRow(ALICE, BOB, COURT, 10, 2, 0, "dvp"), true);
        vm.expectRevert(refused(Code.HOLD_NOT_ACCEPTED));
        vm.prank(COURT);
        acts.executeHolds(executeRow("dvp", 10), true);
        vm.prank(REGISTRAR);
        token.approveTransfers(one("dvp"), true);
        vm.prank(COURT);
        acts.executeHolds(executeRow("dvp", 10), true);
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_orderMovesDespitePauseAndPolicyButOnlyToTheEligible() public {
        vm.prank(REGISTRAR);
        acts.setPaused(true, "incident");
        vm.expectRevert(refused(Code.RECEIVER_NOT_REGISTERED));
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(STRANGER, 10, 3, new bytes32[](0)), true);
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 10, 3, new bytes32[](0)), true);
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_orderNeedsABasis() public {
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 10, 2, new bytes32[](0)), true);
    }

    function test_aRectificationNamesTheEntryThatItCorrects() public {
        ITokenTypes.OrderedRow[] memory rows = ordered(BOB, 10, 18, new bytes32[](0));
        uint256 last = token.seq();
        rows[0].data = bytes32((last + 1) << 64);
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(ENFORCER);
        acts.enforceTransfers(rows, true);
        rows[0].data = bytes32(uint256(0xf) << 252 | uint256(7) << 96 | last << 64 | 5);
        eq(dataOfOrder(rows), bytes32(uint256(1) << 252 | last << 64 | 5), "bit 252, the entry and the days count");
        rows[0].basis = 3;
        eq(dataOfOrder(rows), bytes32(uint256(1) << 252 | 5), "a judgment corrects nothing");
    }

    /// @dev The data word of the FORCED_TRANSFER that the order becomes.
    function dataOfOrder(ITokenTypes.OrderedRow[] memory rows) private returns (bytes32 data) {
        vm.recordLogs();
        vm.prank(ENFORCER);
        acts.enforceTransfers(rows, true);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ITokenTypes.Entry.selector) continue;
            (,, data,) = abi.decode(logs[i].data, (uint256, uint256, bytes32, bytes32));
        }
    }

    function test_orderBreaksOnlyTheHoldsItNames() public {
        hold(3, 60, "pledge");
        hold(4, 30, "attachment");
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 50, 10));
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 50, 6, one("attachment")), true);
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 40, 6, one("attachment")), true);
        eq(token.holdOf("attachment").state, 3, "broken");
        eq(token.holdOf("pledge").units, 60, "untouched");
        eq(token.balanceOf(ALICE), 60, "balance");
    }

    function test_aHoldNamedTwiceCountsOnce() public {
        hold(3, 60, "pledge");
        bytes32[] memory twice = new bytes32[](2);
        (twice[0], twice[1]) = ("pledge", "pledge");
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(ENFORCER);
        acts.enforceTransfers(ordered(BOB, 10, 6, twice), true);
    }

    function test_releaseByOrderNeedsNoController() public {
        hold(3, 60, "pledge");
        vm.prank(ENFORCER);
        acts.releaseByOrder(one("pledge"), 3, true);
        eq(token.freeUnits(ALICE), 100, "free");
    }

    function test_recoveryCarriesUnitsHoldsAndFrozenUnits() public {
        hold(3, 70, "pledge");
        hold(4, 50, "attachment");
        vm.prank(ENFORCER);
        acts.setFrozenTokens(ALICE, 200);
        bytes32[] memory ids = new bytes32[](2);
        (ids[0], ids[1]) = ("pledge", "attachment");
        vm.expectRevert(refused(Code.HOLDS_MISSING));
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", one("pledge"));
        vm.expectRevert(refused(Code.NOT_SAME_PERSON));
        vm.prank(ENFORCER);
        acts.recover(ALICE, BOB, "case", ids);
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", ids);
        eq(token.balanceOf(ALICE), 0, "lost");
        eq(token.balanceOf(ALICE_2), 100, "units");
        eq(token.freeUnits(ALICE_2), 0, "free");
        eq(token.getFrozenTokens(ALICE_2), 200, "frozen");
        eq(token.holdOf("pledge").account, ALICE_2, "pledge");
        eq(token.claimOf("attachment"), 50, "attachment still waits");
        vm.prank(PLEDGEE);
        acts.releaseHolds(one("pledge"), true);
        eq(token.holdOf("attachment").units, 50, "and takes what frees");
    }

    function test_recoveryDoesNotUnfreezeThePerson() public {
        register(ALICE, recordOf_(1, RETAIL, 1, VALID, 1));
        vm.expectRevert(refused(Code.FLAGS_LOST));
        vm.prank(ENFORCER);
        acts.recover(ALICE, ALICE_2, "case", new bytes32[](0));
    }

    function test_frozenUnitsMayExceedTheBalance() public {
        vm.prank(ENFORCER);
        acts.setFrozenTokens(ALICE, 150);
        eq(token.freeUnits(ALICE), 0, "free");
        eq(token.balanceOf(ALICE), 100, "balance");
        issue(token, ALICE, 80);
        eq(token.freeUnits(ALICE), 30, "arrivals are caught");
        vm.prank(ENFORCER);
        acts.forcedTransfer(ALICE, BOB, 40);
        eq(token.getFrozenTokens(ALICE), 140, "unfrozen as far as needed");
        eq(token.balanceOf(ALICE), 140, "balance");
        vm.prank(ENFORCER);
        acts.setFrozenTokens(ALICE, 0);
        eq(token.freeUnits(ALICE), 140, "free");
    }

    function test_policyNeedsIssuerRegistrarAndTime() public {
        uint256 next = policyOf(2, 0, 5, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts.executePolicy(next, "p");
        vm.prank(ISSUER);
        acts.proposePolicy(next);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts.executePolicy(next, "p");
        vm.warp(START + 1 days);
        vm.recordLogs();
        bytes32 head = token.head();
        vm.prank(REGISTRAR);
        acts.executePolicy(next, "p");
        eq(token.policy(), next, "policy");
        eq(replay(head, address(token)), token.head(), "head");
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts.executePolicy(next, "p");
    }

    function test_personsAreTrackedFromTheStartOrNever() public {
        uint256 next = policyOf(32, 0, 0, 0, 0, 10);
        vm.prank(ISSUER);
        acts.proposePolicy(next);
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.PolicyInvalid.selector, next));
        vm.prank(REGISTRAR);
        acts.executePolicy(next, "p");
    }

    function test_pauseStopsUnforcedActs() public {
        vm.prank(REGISTRAR);
        acts.setPaused(true, "incident");
        vm.expectRevert(refused(Code.PAUSED));
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 1), true);
        vm.prank(REGISTRAR);
        acts.setPaused(false, "over");
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 1), true);
    }

    function test_noEntryNamesMoreUnitsThanTheCap() public {
        uint96 most = token.cap();
        vm.prank(ENFORCER);
        acts.setFrozenTokens(ALICE, type(uint256).max);
        eq(token.getFrozenTokens(ALICE), most, "all that can ever be");
        vm.prank(REGISTRAR);
        acts.mark(ALICE, most, 13, "m", 0);
        vm.expectRevert(refused(Code.SUPPLY_CAP));
        vm.prank(REGISTRAR);
        acts.mark(ALICE, most + 1, 13, "m", 0);
    }

    function test_marksAndTermsAreEntries() public {
        bytes32 head = token.head();
        vm.recordLogs();
        vm.prank(REGISTRAR);
        acts.mark(ALICE, 100, 13, "m", "trust");
        vm.prank(REGISTRAR);
        acts.changeTerms("terms 2", "t");
        eq(replay(head, address(token)), token.head(), "head");
        eq(token.seq(), 5, "two entries");
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(REGISTRAR);
        acts.mark(ALICE, 100, 1, "m", "trust");
        vm.prank(REGISTRAR);
        acts.mark(ALICE, 50, 18, "m 2", bytes32(uint256(4) << 64));
        vm.expectRevert(refused(Code.BASIS_INVALID));
        vm.prank(REGISTRAR);
        acts.mark(ALICE, 50, 18, "m 3", bytes32(uint256(7) << 64));
    }

    function test_aBrokersRefCannotTakeAFreezesId() public {
        bytes32 id = bytes32(uint256(type(uint96).max) << 160 | uint160(ALICE));
        vm.expectRevert(refused(Code.REF_USED));
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, 0, id), true);
    }
}
