// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {SettlementFixture} from "./Settlement.Fixture.t.sol";
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

/// @dev Answers nothing at all, as some older tokens do.
contract SilentCash {
    mapping(address => uint256) public balanceOf;

    constructor(address to) {
        balanceOf[to] = 1000;
    }

    function transfer(address to, uint256 value) external {
        move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        move(from, to, value);
    }

    function move(address from, address to, uint256 value) private {
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// @dev Takes a fee from what it moves.
contract ShortCash is ERC20("Short", "SHORT") {
    uint256 private _fee;

    constructor(address to) {
        _mint(to, 1000);
        _approve(to, msg.sender, 1000);
    }

    function shorten() external {
        _fee = 1;
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        _transfer(from, to, value - _fee);
        return true;
    }
}

/// @dev Cash tokens that lie, take a fee or call back.
contract SettlementCashTest is SettlementFixture {
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

    /// @dev What the contract holds for another deal pays for none but that.
    function test_othersCashDoesNotCount() public {
        ISettlement.Instruction memory deal = instruction(2, address(new ShortCash(BUYER)));
        pay(deal);
        deal.ref = "second";
        ShortCash(deal.legs[1].asset).shorten();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.CashShort.selector, 500, 499));
        vm.prank(BUYER);
        settlement.fund(deal, 1);
    }

    function test_cashThatAnswersNothing() public {
        SilentCash silent = new SilentCash(BUYER);
        ISettlement.Instruction memory deal = instruction(2, address(silent));
        hold(deal, 10);
        vm.prank(BUYER);
        settlement.fund(deal, 1);
        settlement.settle(deal);
        eq(silent.balanceOf(SELLER), 500, "paid");
        deal = instruction(2, address(0xCA5));
        vm.expectRevert();
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

    function test_reentrantCashIsNotGivenBackTwice() public {
        ReentrantCash again = new ReentrantCash(settlement, BUYER);
        ISettlement.Instruction memory deal = instruction(2, address(again));
        pay(deal);
        vm.warp(DEADLINE + 1);
        again.arm(abi.encodeCall(settlement.giveBack, (deal, 1)));
        settlement.giveBack(deal, 1);
        eq(again.balanceOf(BUYER), 1000, "back once");
    }

    function test_sandboxCashIsTheAgentsAndOfAdmittedAccounts() public {
        vm.expectRevert(unauthorized(STRANGER));
        vm.prank(STRANGER);
        cash.mint(BUYER, 1);
        vm.expectRevert(unauthorized(STRANGER));
        vm.prank(STRANGER);
        cash.admit(STRANGER, true);
        vm.expectRevert(abi.encodeWithSelector(CashToken.NotAdmitted.selector, STRANGER));
        vm.prank(BUYER);
        cash.transfer(STRANGER, 1);
        vm.recordLogs();
        vm.prank(AGENT);
        cash.admit(SELLER, false);
        eq(vm.getRecordedLogs()[0].topics[0], CashToken.Admitted.selector, "announced");
        eq(cash.decimals(), 0, "whole yen");
    }
}
