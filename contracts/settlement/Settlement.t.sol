// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {Fixture, IActs} from "../test/Fixture.t.sol";
import {Code} from "../token/Rules.sol";
import {CashToken} from "./CashToken.sol";
import {Settlement} from "./Settlement.sol";

/// @dev Says that it paid and does not.
contract LyingCash is ERC20("Lie", "LIE") {
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return true;
    }
}

/// @dev Answers false instead of reverting.
contract RefusingCash is ERC20("No", "NO") {
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @dev Tries to settle or take back again while it is paid out.
contract ReentrantCash is ERC20("Again", "AGAIN") {
    Settlement private immutable _settlement;
    bytes private _attack;

    constructor(Settlement settlement, address to) {
        _settlement = settlement;
        _mint(to, 1000);
    }

    function arm(bytes calldata attack) external {
        _attack = attack;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        (bool ok,) = address(_settlement).call(_attack);
        require(!ok, "re-entered");
        return super.transfer(to, value);
    }
}

contract SettlementTest is Fixture {
    address internal constant SELLER = address(0x101);
    address internal constant BUYER = address(0x201);
    uint64 internal constant DEADLINE = uint64(START + 1 days);
    Settlement internal settlement;
    CashToken internal cash;

    function setUp() public override {
        super.setUp();
        settlement = new Settlement(address(manager));
        cash = new CashToken(address(manager));
        bind(address(settlement), Settlement.attest.selector);
        bind(address(cash), CashToken.admit.selector);
        bind(address(cash), CashToken.mint.selector);
        vm.startPrank(AGENT);
        cash.admit(SELLER, true);
        cash.admit(BUYER, true);
        cash.admit(address(settlement), true);
        cash.mint(BUYER, 1000);
        vm.stopPrank();
        register(SELLER, 1, 1);
        register(BUYER, 2, 2);
        issue(token, SELLER, 100);
    }

    function bind(address target, bytes4 selector) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, 4);
    }

    function instruction(uint8 kind, address asset) private view returns (ISettlement.Instruction memory) {
        ISettlement.Leg[] memory legs = new ISettlement.Leg[](2);
        legs[0] = ISettlement.Leg(1, address(token), SELLER, BUYER, 10);
        legs[1] = ISettlement.Leg(kind, asset, BUYER, SELLER, 500);
        return ISettlement.Instruction("deal", DEADLINE, legs);
    }

    function hold(ISettlement.Instruction memory deal, uint96 units) private {
        bytes32 id = settlement.legIdOf(settlement.idOf(deal), 0);
        vm.prank(BROKER_1);
        IActs(address(token)).createDvpHolds(
            holdRow(SELLER, BUYER, address(settlement), units, 2, 0, id), true
        );
    }

    function pay(ISettlement.Instruction memory deal) private {
        vm.startPrank(BUYER);
        ERC20(deal.legs[1].asset).approve(address(settlement), 500);
        settlement.fund(deal, 1);
        vm.stopPrank();
    }

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
        IActs(address(token)).setPaused(true, "incident");
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

    function test_cashThatDoesNotArrive() public {
        ISettlement.Instruction memory deal = instruction(2, address(new LyingCash()));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.CashShort.selector, 500, 0));
        vm.prank(BUYER);
        settlement.fund(deal, 1);
        address refusing = address(new RefusingCash());
        deal = instruction(2, refusing);
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", refusing));
        vm.prank(BUYER);
        settlement.fund(deal, 1);
    }

    function test_reentrantCashFindsNothing() public {
        ReentrantCash again = new ReentrantCash(settlement, BUYER);
        ISettlement.Instruction memory deal = instruction(2, address(again));
        hold(deal, 10);
        pay(deal);
        again.arm(abi.encodeCall(settlement.settle, (deal)));
        settlement.settle(deal);
        eq(again.balanceOf(SELLER), 500, "paid once");
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
}
