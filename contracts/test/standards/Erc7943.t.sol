// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICorporateActs} from "../../interfaces/ICorporateActs.sol";
import {ITokenTypes} from "../../interfaces/ITokenTypes.sol";
import {Code} from "../../token/Rules.sol";
import {Vm} from "../Fixture.t.sol";
import {Standard} from "./Standard.t.sol";

/// @dev ERC-7943 (fungible): each MUST of its specification is one test.
contract Erc7943Test is Standard {
    uint256 private constant LIMITS = 8;

    function freeze(address account, uint256 units) private returns (bool) {
        vm.prank(ENFORCER);
        return acts().setFrozenTokens(account, units);
    }

    function force(address from, address to, uint256 units) private returns (bool) {
        vm.prank(ENFORCER);
        return acts().forcedTransfer(from, to, units);
    }

    function flag(address wallet, uint256 person, uint256 flags) private {
        register(wallet, recordOf_(person, RETAIL, flags, VALID, 0));
    }

    function testFuzz_canSendAndCanReceiveNeverRevert(address account, uint32 later) public {
        vm.warp(START + later);
        (bool sends,) = address(token).staticcall(abi.encodeCall(token.canSend, (account)));
        (bool receives,) = address(token).staticcall(abi.encodeCall(token.canReceive, (account)));
        yes(sends && receives, "answers, without a change of state");
    }

    function test_canSendIsTheAccountsEligibility() public {
        yes(token.canSend(holder), "registered");
        yes(!token.canSend(STRANGER) && !token.canSend(NOBODY), "not registered");
        flag(holder, 1, 1);
        yes(!token.canSend(holder), "frozen");
        flag(holder, 1, 0);
        vm.warp(VALID + 1);
        yes(token.canSend(holder), "a lapsed check keeps nobody from selling");
    }

    function test_canReceiveIsTheAccountsEligibility() public {
        yes(token.canReceive(RECEIVER), "registered");
        yes(!token.canReceive(STRANGER) && !token.canReceive(NOBODY), "not registered");
        flag(RECEIVER, 2, 4);
        yes(!token.canReceive(RECEIVER), "under a sanctions hold");
        flag(RECEIVER, 2, 0);
        vm.warp(VALID);
        yes(token.canReceive(RECEIVER), "on its last second");
        vm.warp(VALID + 1);
        yes(!token.canReceive(RECEIVER), "lapsed");
        token = create_("classes", policyOf(0, 1, 0, 0, 0, 0));
        vm.warp(START);
        yes(!token.canReceive(RECEIVER), "of a class that is not admitted");
    }

    function test_canSendAndCanReceiveKnowNoQuantities() public {
        token = create_("limits", policyOf(LIMITS, 0, 10, 0, 1, 1));
        yes(token.canSend(RECEIVER) && token.canReceive(RECEIVER), "without units, over every limit");
    }

    function testFuzz_canTransferNeverReverts(address from, address to, uint256 units) public view {
        (bool ok,) = address(token).staticcall(abi.encodeCall(token.canTransfer, (from, to, units)));
        yes(ok, "answers, without a change of state");
    }

    function testFuzz_canTransferNeverRevertsUnderLimits(bool whole, uint256 away) public {
        token = create_("limits", policyOf(LIMITS, RETAIL, 10, 0, 1000, 2));
        issue(token, RECEIVER, 10);
        issue(token, holder, 100);
        uint256 units = whole ? type(uint256).max - away % 1000 : away;
        (bool ok,) = address(token).staticcall(abi.encodeCall(token.canTransfer, (holder, RECEIVER, units)));
        (bool says,) =
            address(token).staticcall(abi.encodeCall(token.detectTransferRestriction, (holder, RECEIVER, units)));
        (bool names,) = address(token).staticcall(abi.encodeCall(token.failingRules, (holder, RECEIVER, units)));
        yes(ok && says && names, "answers, whatever the units");
    }

    function test_canTransferKeepsToTheUnfrozenUnits() public {
        freeze(holder, 60);
        yes(token.canTransfer(holder, RECEIVER, 40), "what is not frozen");
        yes(!token.canTransfer(holder, RECEIVER, 41), "not a unit more");
        freeze(holder, 500);
        yes(!token.canTransfer(holder, RECEIVER, 1), "more frozen than held");
    }

    /// @dev The departure: the balance is no business of canTransfer, says one clause; what is unfrozen is the balance less
    /// what is frozen, says another. Here it is the pre-check of the transfer.
    function test_canTransferSaysNoBeyondTheBalance() public view {
        yes(token.canTransfer(holder, RECEIVER, UNITS), "all");
        yes(!token.canTransfer(holder, RECEIVER, UNITS + 1), "more than all");
    }

    function test_canTransferAsksCanSendOfTheSender() public {
        yes(token.canTransfer(holder, RECEIVER, 1), "before");
        flag(holder, 1, 2);
        yes(!token.canSend(holder) && !token.canTransfer(holder, RECEIVER, 1), "after");
    }

    function test_canTransferAsksCanReceiveOfTheReceiver() public {
        flag(RECEIVER, 2, 2);
        yes(!token.canReceive(RECEIVER) && !token.canTransfer(holder, RECEIVER, 1), "the receiver may not");
        yes(!token.canTransfer(holder, STRANGER, 1), "nor a stranger");
    }

    function test_canTransferSaysNoWhereAnyRuleWould() public {
        vm.prank(REGISTRAR);
        ICorporateActs(address(token)).setPaused(true, "p");
        yes(!token.canTransfer(holder, RECEIVER, 1), "paused");
        token = create_("request", policyOf(2, 0, 0, 0, 0, 0));
        issue(token, holder, UNITS);
        yes(!token.canTransfer(holder, RECEIVER, 1), "by request only");
    }

    function test_frozenUnitsMayExceedWhatIsHeld() public {
        yes(freeze(holder, 500), "answers true");
        eq(token.getFrozenTokens(holder), 500, "frozen");
        yes(freeze(RECEIVER, 5), "of an account without units");
        eq(token.getFrozenTokens(RECEIVER), 5, "frozen");
    }

    function test_setFrozenTokensOverwrites() public {
        freeze(holder, 60);
        freeze(holder, 10);
        eq(token.getFrozenTokens(holder), 10, "the last word");
        freeze(holder, 0);
        eq(token.getFrozenTokens(holder), 0, "none");
        yes(token.canTransfer(holder, RECEIVER, UNITS), "all free again");
    }

    function test_setFrozenTokensEmitsFrozen() public {
        vm.recordLogs();
        freeze(holder, 60);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256[] memory places = placesOf(logs, ITokenTypes.Frozen.selector);
        eq(places.length, 1, "once");
        eq(logs[places[0]].topics[1], bytes32(uint256(uint160(holder))), "account");
        eq(abi.decode(logs[places[0]].data, (uint256)), 60, "amount");
    }

    function test_setFrozenTokensIsTheEnforcers() public {
        vm.expectRevert(unauthorized(holder));
        vm.prank(holder);
        acts().setFrozenTokens(holder, 0);
    }

    function test_setFrozenTokensRevertsWhereItCannotBe() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSender.selector, NOBODY));
        freeze(NOBODY, 1);
        vm.prank(ISSUER);
        ICorporateActs(address(token)).proposeRatio(2, 1);
        vm.warp(START + 2 days);
        vm.prank(REGISTRAR);
        ICorporateActs(address(token)).beginRatio(2, 1, "split");
        vm.expectRevert(refused(Code.RATIO_IN_PROGRESS));
        freeze(holder, 1);
    }

    function test_getFrozenTokensIsTheAbsoluteAmount() public {
        freeze(holder, 500);
        vm.prank(ISSUER);
        token.issue(issueRow(holder, 100, "more"), true);
        eq(token.getFrozenTokens(holder), 500, "whatever the balance does");
        yes(!token.canTransfer(holder, RECEIVER, 1), "future units are withheld");
    }

    function test_forcedTransferIsTheEnforcers() public {
        vm.expectRevert(unauthorized(REGISTRAR));
        vm.prank(REGISTRAR);
        acts().forcedTransfer(holder, RECEIVER, 1);
    }

    function test_forcedTransferMovesAndEmitsBothEvents() public {
        vm.recordLogs();
        yes(force(holder, RECEIVER, 30), "answers true");
        eq(token.balanceOf(holder), 70, "giver");
        eq(token.balanceOf(RECEIVER), 30, "receiver");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(placesOf(logs, IERC20.Transfer.selector).length, 1, "ERC-20's own event");
        uint256[] memory forced = placesOf(logs, ITokenTypes.ForcedTransfer.selector);
        eq(forced.length, 1, "and this one");
        eq(logs[forced[0]].topics[1], bytes32(uint256(uint160(holder))), "from");
        eq(logs[forced[0]].topics[2], bytes32(uint256(uint160(RECEIVER))), "to");
        eq(abi.decode(logs[forced[0]].data, (uint256)), 30, "amount");
    }

    function test_forcedTransferChecksTheBalance() public {
        bytes memory short = abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, UNITS, UNITS + 1);
        vm.expectRevert(short);
        force(holder, RECEIVER, UNITS + 1);
        vm.expectRevert(refused(Code.UNITS_ZERO));
        force(holder, RECEIVER, 0);
        vm.expectRevert(refused(Code.SAME_ACCOUNT));
        force(holder, holder, 1);
    }

    function test_forcedTransferRevertsWhereTheReceiverMayNot() public {
        flag(RECEIVER, 2, 1);
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        force(holder, RECEIVER, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, NOBODY));
        force(holder, NOBODY, 1);
    }

    function test_forcedTransferUnfreezesFirstAndSaysSoBeforeTheTransfer() public {
        freeze(holder, 80);
        vm.recordLogs();
        force(holder, RECEIVER, 50);
        eq(token.getFrozenTokens(holder), 50, "as far as needed");
        eq(token.freeUnits(holder), 0, "nothing else is freed");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256[] memory frozen = placesOf(logs, ITokenTypes.Frozen.selector);
        eq(frozen.length, 1, "Frozen");
        eq(abi.decode(logs[frozen[0]].data, (uint256)), 50, "what is left");
        yes(frozen[0] < placesOf(logs, IERC20.Transfer.selector)[0], "before the transfer");
    }

    function test_forcedTransferOfUnfrozenUnitsLeavesTheFrozenOnes() public {
        freeze(holder, 80);
        vm.recordLogs();
        force(holder, RECEIVER, 20);
        eq(token.getFrozenTokens(holder), 80, "frozen");
        eq(placesOf(vm.getRecordedLogs(), ITokenTypes.Frozen.selector).length, 0, "no Frozen");
    }

    function testFuzz_publicTransfersNeverPassWhereAViewSaysNo(uint8 flags, uint96 frozen, uint96 units, bool paused)
        public
    {
        flag(holder, 1, flags & 3);
        flag(RECEIVER, 2, flags >> 2 & 3);
        freeze(holder, frozen % 150);
        if (paused) {
            vm.prank(REGISTRAR);
            ICorporateActs(address(token)).setPaused(true, "p");
        }
        units = units % 150;
        bool can = token.canTransfer(holder, RECEIVER, units) && token.canSend(holder) && token.canReceive(RECEIVER);
        approve(SPENDER, units);
        vm.prank(SPENDER);
        (bool spent,) = address(token).call(abi.encodeCall(token.transferFrom, (holder, RECEIVER, units)));
        if (spent) transfer(RECEIVER, holder, units);
        vm.prank(holder);
        (bool moved,) = address(token).call(abi.encodeCall(token.transfer, (RECEIVER, units)));
        yes(spent == can && moved == can, "the views and both transfers say the same");
    }

    function test_nothingIsIssuedToAnAccountThatCannotReceive() public {
        flag(RECEIVER, 2, 1);
        vm.expectRevert(refused(Code.RECEIVER_FROZEN));
        vm.prank(ISSUER);
        token.issue(issueRow(RECEIVER, 1, "op"), true);
    }

    function test_nothingFrozenIsRedeemed() public {
        freeze(holder, 60);
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(holder, 41, "redeem", 0);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, holder, 41, 40));
        vm.prank(ISSUER);
        token.redeem(rows, true);
    }

    function test_theErrorNamesTheUnfrozenUnitsWhereTheBalanceWouldDo() public {
        freeze(holder, 60);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, holder, 41, 40));
        transfer(holder, RECEIVER, 41);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, holder, 100, 40));
        transfer(holder, RECEIVER, 100);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 100, 101));
        transfer(holder, RECEIVER, 101);
    }
}
