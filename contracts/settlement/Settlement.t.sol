// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Vm} from "../test/Fixture.t.sol";
import {SettlementFixture} from "./Settlement.Fixture.t.sol";
import {Code} from "../token/Rules.sol";

contract SettlementTest is SettlementFixture {
    function test_bothLegsMoveOrNone() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        hold(deal, 10);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 1));
        settlement.settle(deal);
        pay(deal);
        vm.prank(STRANGER);
        settlement.settle(deal);
        eq(token.balanceOf(BUYER), 10, "units");
        eq(cash.balanceOf(SELLER), 500, "cash");
        bytes32 id = settlement.idOf(deal);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AlreadySettled.selector, id));
        settlement.settle(deal);
    }

    function test_bankTransferByAttestation() public {
        ISettlement.Instruction memory deal = instruction(3, address(0));
        hold(deal, 10);
        vm.expectRevert(unauthorized(STRANGER));
        vm.prank(STRANGER);
        settlement.attest(deal, 1, "swift");
        vm.prank(AGENT);
        settlement.attest(deal, 1, "swift");
        settlement.settle(deal);
        eq(token.balanceOf(BUYER), 10, "units");
    }

    function test_theHoldMustBeTheLegs() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        hold(deal, 9);
        pay(deal);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 0));
        settlement.settle(deal);
    }

    function test_anotherPriceIsAnotherInstruction() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        hold(deal, 10);
        deal.legs[1].amount = 1;
        pay(deal);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 0));
        settlement.settle(deal);
    }

    function test_theReceiversRulesAreCheckedAtExecution() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        hold(deal, 10);
        pay(deal);
        register(BUYER, recordOf_(2, RETAIL, 1, VALID, 2));
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        settlement.settle(deal);
        eq(cash.balanceOf(SELLER), 0, "no cash moved");
    }

    function test_eachSideGetsItsOwnBackAfterTheDeadlineWhateverThePolicy() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        hold(deal, 10);
        pay(deal);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.DeadlineAhead.selector, DEADLINE));
        settlement.giveBack(deal, 0);
        vm.prank(REGISTRAR);
        acts().setPaused(true, "incident");
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.DeadlinePassed.selector, DEADLINE));
        settlement.settle(deal);
        settlement.giveBack(deal, 0);
        settlement.giveBack(deal, 1);
        eq(token.freeUnits(SELLER), 100, "units free");
        eq(cash.balanceOf(BUYER), 1000, "cash back");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 1));
        settlement.giveBack(deal, 1);
    }

    function test_malformedInstructions() public {
        ISettlement.Instruction memory deal = instruction(4, address(cash));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.InstructionInvalid.selector));
        settlement.settle(deal);
        deal = instruction(2, address(cash));
        deal.legs[1].amount = 0;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.InstructionInvalid.selector));
        settlement.settle(deal);
        deal.legs = new ISettlement.Leg[](1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.InstructionInvalid.selector));
        settlement.settle(deal);
    }

    function test_onlyThePayerFundsAndOnlyOnce() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NotPayer.selector, BUYER));
        vm.prank(STRANGER);
        settlement.fund(deal, 1);
        pay(deal);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegReady.selector, 1));
        vm.prank(BUYER);
        settlement.fund(deal, 1);
    }

    function invalid(ISettlement.Instruction memory deal) private {
        vm.expectRevert(abi.encodeWithSelector(ISettlement.InstructionInvalid.selector));
        settlement.settle(deal);
    }

    /// @dev The only log of the settlement itself since recording began.
    function announced(bytes32 topic, bytes32 id) private returns (Vm.Log memory log) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 found;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(settlement)) (log, found) = (logs[i], found + 1);
        }
        eq(found, 1, "one event");
        eq(log.topics[0], topic, "event");
        eq(log.topics[1], id, "instruction");
    }

    function test_eachStepIsAnnounced() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        bytes32 id = settlement.idOf(deal);
        vm.recordLogs();
        pay(deal);
        eq(abi.decode(announced(ISettlement.Funded.selector, id).data, (uint256)), 1, "leg");
        eq(settlement.stateOf(id), 2, "bit 1");
        hold(deal, 10);
        vm.recordLogs();
        settlement.settle(deal);
        eq(announced(ISettlement.Settled.selector, id).topics[2], "deal", "ref");
        deal.ref = "second";
        id = settlement.idOf(deal);
        pay(deal);
        vm.warp(DEADLINE + 1);
        vm.recordLogs();
        settlement.giveBack(deal, 1);
        eq(abi.decode(announced(ISettlement.Returned.selector, id).data, (uint256)), 1, "leg");
        eq(settlement.stateOf(id), 0, "not in any more");
    }

    function test_anAttestationIsAnnouncedOnce() public {
        ISettlement.Instruction memory deal = instruction(3, address(0));
        vm.recordLogs();
        vm.startPrank(AGENT);
        settlement.attest(deal, 1, "swift");
        Vm.Log memory log = announced(ISettlement.Attested.selector, settlement.idOf(deal));
        (uint256 leg, bytes32 evidence) = abi.decode(log.data, (uint256, bytes32));
        eq(leg, 1, "leg");
        eq(evidence, "swift", "evidence");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegReady.selector, 1));
        settlement.attest(deal, 1, "swift");
        vm.stopPrank();
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 1));
        settlement.giveBack(deal, 1);
    }

    function test_eachLegIsBroughtInItsOwnWay() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        bytes memory wrong = abi.encodeWithSelector(ISettlement.InstructionInvalid.selector);
        vm.expectRevert(wrong);
        vm.prank(AGENT);
        settlement.attest(deal, 1, "swift");
        vm.expectRevert(wrong);
        vm.prank(SELLER);
        settlement.fund(deal, 0);
    }

    function test_theDeadlinesLastSecondSettles() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        hold(deal, 10);
        pay(deal);
        vm.warp(DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.DeadlineAhead.selector, DEADLINE));
        settlement.giveBack(deal, 1);
        settlement.settle(deal);
        eq(token.balanceOf(BUYER), 10, "units");
    }

    function test_theHoldMustNameTheLegsParties() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        pay(deal);
        register(STRANGER, 3, 1);
        bytes32 id = settlement.legIdOf(settlement.idOf(deal), 0);
        vm.prank(BROKER_1);
        acts().createDvpHolds(
            holdRow(SELLER, STRANGER, address(settlement), 10, 2, 0, id), true
        );
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 0));
        settlement.settle(deal);
        deal.ref = "from another";
        id = settlement.legIdOf(settlement.idOf(deal), 0);
        issue(token, STRANGER, 10);
        vm.prank(BROKER_1);
        acts().createDvpHolds(
            holdRow(STRANGER, BUYER, address(settlement), 10, 2, 0, id), true
        );
        pay(deal);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 0));
        settlement.settle(deal);
    }

    function test_twoToSixteenLegsOfKnownKinds() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        ISettlement.Leg memory leg = deal.legs[1];
        deal.legs = new ISettlement.Leg[](17);
        for (uint256 i; i < 17; ++i) {
            deal.legs[i] = leg;
        }
        invalid(deal);
        deal.legs = new ISettlement.Leg[](16);
        for (uint256 i; i < 16; ++i) {
            deal.legs[i] = leg;
        }
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 0));
        settlement.settle(deal);
        deal = instruction(0, address(cash));
        invalid(deal);
        deal = instruction(2, address(cash));
        deal.legs[1].to = BUYER;
        invalid(deal);
        deal = instruction(3, address(0));
        hold(deal, 10);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 1));
        settlement.settle(deal);
    }

    /// @dev A leg's bit is its place, also where the cash stands first or third.
    function test_cashStandsAtAnyPlace() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        ISettlement.Leg[] memory legs = new ISettlement.Leg[](3);
        (legs[0], legs[1], legs[2]) = (deal.legs[1], deal.legs[0], deal.legs[1]);
        deal.legs = legs;
        bytes32 id = settlement.idOf(deal);
        bytes32 held = settlement.legIdOf(id, 1);
        vm.prank(BROKER_1);
        acts().createDvpHolds(
            holdRow(SELLER, BUYER, address(settlement), 10, 2, 0, held), true
        );
        vm.startPrank(BUYER);
        cash.approve(address(settlement), 1000);
        settlement.fund(deal, 2);
        eq(settlement.stateOf(id), 4, "bit 2");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 0));
        settlement.settle(deal);
        settlement.fund(deal, 0);
        eq(settlement.stateOf(id), 5, "and bit 0");
        vm.stopPrank();
        settlement.settle(deal);
        eq(cash.balanceOf(SELLER), 1000, "both");
        deal.ref = "again";
        vm.prank(AGENT);
        cash.mint(BUYER, 500);
        vm.startPrank(BUYER);
        cash.approve(address(settlement), 500);
        settlement.fund(deal, 0);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegReady.selector, 0));
        settlement.fund(deal, 0);
        vm.stopPrank();
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.LegNotReady.selector, 2));
        settlement.giveBack(deal, 2);
        settlement.giveBack(deal, 0);
        eq(settlement.stateOf(settlement.idOf(deal)), 0, "given back");
    }

    function test_aLegThatIsNotHeldIsNotGivenBack() public {
        ISettlement.Instruction memory deal = instruction(2, address(cash));
        vm.warp(DEADLINE + 1);
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        settlement.giveBack(deal, 0);
    }
}
