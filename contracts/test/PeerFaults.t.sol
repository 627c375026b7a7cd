// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {IRefusals} from "../interfaces/IRefusals.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Code} from "../token/Rules.sol";
import {SecurityToken} from "../token/SecurityToken.sol";
import {Fixture, IActs, Vm} from "./Fixture.t.sol";

/// @dev Faults found in other security-token contracts, each shown not to be here.
contract PeerFaultsTest is Fixture {
    address internal constant ALICE = address(0x101);
    address internal constant ALICE_2 = address(0x102);
    address internal constant BOB = address(0x201);
    address internal constant CAROL = address(0x301);
    address internal constant CONTROLLER = address(0xC1);

    function setUp() public override {
        super.setUp();
        register(ALICE, 1, 1);
        register(ALICE_2, 1, 1);
        register(BOB, 2, 1);
        register(CAROL, 3, 1);
        issue(token, ALICE, 100);
    }

    function move(SecurityToken token_, address from, address to, uint96 units) private returns (uint8) {
        vm.recordLogs();
        vm.prank(BROKER_1);
        token_.custodiedTransfer(transferRow(from, to, units), false);
        Vm.Log memory last = last_(vm.getRecordedLogs());
        if (last.topics[0] != IRefusals.Rejected.selector) return 0;
        (, uint8 code) = abi.decode(last.data, (uint256, uint8));
        return code;
    }

    function last_(Vm.Log[] memory logs) private pure returns (Vm.Log memory) {
        return logs[logs.length - 1];
    }

    function execute(bytes32 id, uint96 units) private {
        vm.prank(CONTROLLER);
        acts().executeHolds(executeRow(id, units), true);
    }

    /// 1. Lock then unlock to another account walks around every restriction.
    function test_1_aHoldReleasesToItsAccountAndExecutesUnderTheRules() public {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, STRANGER, CONTROLLER, 10, 3, 0, "h"), true);
        vm.expectRevert(refused(Code.RECEIVER_NOT_REGISTERED));
        execute("h", 10);
        vm.prank(CONTROLLER);
        acts().releaseHolds(one("h"), true);
        eq(token.freeUnits(ALICE), 100, "back to its account");
    }

    /// 2. A holder registers herself; an empty record counts as registered.
    function test_2_nobodyRegistersHerselfAndZeroIsNoRecord() public {
        IHolderRegistry.Row[] memory rows = new IHolderRegistry.Row[](1);
        rows[0] = IHolderRegistry.Row(STRANGER, recordOf_(9, RETAIL, 0, VALID, 0), 0);
        vm.expectRevert(unauthorized(STRANGER));
        vm.prank(STRANGER);
        registry.setRecords(rows, true);
        eq(move(token, ALICE, STRANGER, 1), Code.RECEIVER_NOT_REGISTERED, "empty record");
    }

    /// 3. ecrecover returning 0 equals an unset approver.
    function test_3_anInvalidSignatureIsNobodys() public {
        IOrders.Order memory order =
            IOrders.Order(1, address(0), BOB, 1, 0, address(0), 0, 0, 0, type(uint64).max);
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, address(0)));
        IOrders(address(token)).relay(order, new bytes(65));
        vm.expectRevert();
        IOrders(address(token)).permit(address(0), BOB, 1, type(uint256).max, 27, 0, 0);
    }

    /// 4. A view says yes where the transfer reverts, or the reverse: testFuzz_preCheckIsOutcome and the invariants.
    function testFuzz_4_viewAndOutcomeAgree(uint96 units, bool frozen, bool paused, uint32 later) public {
        if (frozen) register(BOB, recordOf_(2, RETAIL, 1, VALID, 1));
        vm.prank(REGISTRAR);
        acts().setPaused(paused, "p");
        vm.warp(START + uint256(later) % 700 days);
        uint8 code = token.detectTransferRestriction(ALICE, BOB, units % 150);
        eq(move(token, ALICE, BOB, units % 150), code, "code");
    }

    /// 5. A holder cap that miscounts self-transfers, full sales at the cap, two wallets of one person; a cap
    /// lowered below the count that switches off.
    function test_5_theCapCountsPersons() public {
        SecurityToken few = create_("few", policyOf(32, 0, 0, 0, 0, 2));
        issue(few, ALICE, 10);
        issue(few, BOB, 10);
        eq(move(few, ALICE, ALICE, 5), Code.SAME_ACCOUNT, "self");
        eq(move(few, ALICE, CAROL, 5), Code.MAX_HOLDERS, "third person");
        eq(move(few, ALICE, ALICE_2, 5), 0, "second wallet");
        eq(move(few, ALICE, CAROL, 5), Code.MAX_HOLDERS, "one wallet emptied, the person stays");
        eq(move(few, BOB, CAROL, 10), 0, "full sale at the cap");
        eq(few.holderCount(), 2, "count");
        vm.prank(ISSUER);
        IActs(address(few)).proposePolicy(policyOf(32, 0, 0, 0, 0, 1));
        vm.warp(START + 1 days);
        vm.prank(REGISTRAR);
        IActs(address(few)).executePolicy(policyOf(32, 0, 0, 0, 0, 1), "lower");
        eq(move(few, CAROL, BOB, 10), Code.MAX_HOLDERS, "a cap below the count still holds");
        eq(move(few, CAROL, ALICE, 10), 0, "a sale to a present holder lowers the count");
    }

    /// 6. Forced transfer to self lowers frozen amounts; frozen above balance underflows; frozen units vanish from
    /// balanceOf.
    function test_6_freezingNeitherHidesNorUnderflows() public {
        vm.prank(ENFORCER);
        acts().setFrozenTokens(ALICE, 500);
        eq(token.balanceOf(ALICE), 100, "title stays");
        eq(token.freeUnits(ALICE), 0, "free");
        vm.expectRevert(refused(Code.SAME_ACCOUNT));
        vm.prank(ENFORCER);
        acts().forcedTransfer(ALICE, ALICE, 10);
        eq(token.getFrozenTokens(ALICE), 500, "frozen");
    }

    /// 7. Escrow that skips the receiver's rules, or gets stuck when policy changes while it is open.
    function test_7_aDvpHoldObeysAndNeverStrands() public {
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, CONTROLLER, 10, 2, 0, "h"), true);
        register(BOB, recordOf_(2, RETAIL, 4, VALID, 1));
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        execute("h", 10);
        vm.prank(REGISTRAR);
        acts().setPaused(true, "p");
        vm.prank(CONTROLLER);
        acts().releaseHolds(one("h"), true);
        eq(token.freeUnits(ALICE), 100, "free again though paused");
    }

    /// 8. Recovery that unfreezes, or leaves holds behind: LegalActsTest.test_recovery*.
    function test_8_recoveryLeavesNothingBehind() public {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, address(0), CONTROLLER, 10, 3, 0, "h"), true);
        vm.expectRevert(refused(Code.HOLDS_MISSING));
        vm.prank(ENFORCER);
        acts().recover(ALICE, ALICE_2, "case", new bytes32[](0));
    }

    /// 9. Dust transfers that raise another's cost; batches in which one bad row is unnamed.
    function test_9_noDustAndEveryBadRowIsNamed() public {
        eq(move(token, ALICE, BOB, 0), Code.UNITS_ZERO, "dust");
    }

    /// 10. A stranger's zero-balance call that emits an event the indexer chokes on.
    function test_10_aStrangerEmitsNothing() public {
        vm.recordLogs();
        vm.prank(STRANGER);
        (bool ok,) = address(token).call(abi.encodeCall(token.transfer, (BOB, 0)));
        yes(!ok, "refused");
        vm.prank(STRANGER);
        token.cancelTransfers(one("none"), false);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            yes(logs[i].topics[0] != ITokenTypes.Entry.selector, "no entry");
        }
    }

    /// 11. Issue, forced transfer or recovery to the zero address; initial supply without an event.
    function test_11_nothingGoesToNobodyAndSupplyStartsAtZero() public {
        bytes memory invalid = abi.encodeWithSignature("ERC20InvalidReceiver(address)", address(0));
        vm.expectRevert(invalid);
        vm.prank(ISSUER);
        token.issue(issueRow(address(0), 1, "x"), true);
        vm.expectRevert(invalid);
        vm.prank(ENFORCER);
        acts().forcedTransfer(ALICE, address(0), 1);
        vm.expectRevert(refused(Code.RECEIVER_INVALID));
        vm.prank(ENFORCER);
        acts().recover(ALICE, address(0), "case", new bytes32[](0));
        eq(create_("fresh", 0).totalSupply(), 0, "supply");
    }
}
