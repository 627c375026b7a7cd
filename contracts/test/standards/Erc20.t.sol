// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ITokenTypes} from "../../interfaces/ITokenTypes.sol";
import {Code} from "../../token/Rules.sol";
import {Standard} from "./Standard.t.sol";

/// @dev ERC-20 with ERC-6093's errors: the behaviours of OpenZeppelin's own ERC-20 tests, between self-custody wallets.
/// Two differ on purpose: a transfer of nothing and one to oneself are refused, since no register has such a line.
contract Erc20Test is Standard {
    function test_totalSupplyIsTheSumOfWhatWasIssued() public view {
        eq(token.totalSupply(), UNITS, "supply");
    }

    function test_balanceOfAnAccountWithoutUnitsIsZero() public view {
        eq(token.balanceOf(RECEIVER), 0, "no units");
        eq(token.balanceOf(NOBODY), 0, "nobody's");
    }

    function test_balanceOfAnAccountWithUnits() public view {
        eq(token.balanceOf(holder), UNITS, "units");
    }

    function test_nameSymbolAndWholeUnits() public view {
        eq(keccak256(bytes(token.name())), keccak256("Issue"), "name");
        eq(keccak256(bytes(token.symbol())), keccak256("ST"), "symbol");
        eq(token.decimals(), 0, "decimals");
    }

    function test_transferMovesAllUnits() public {
        yes(transfer(holder, RECEIVER, UNITS), "answers true");
        eq(token.balanceOf(holder), 0, "giver");
        eq(token.balanceOf(RECEIVER), UNITS, "receiver");
        eq(token.totalSupply(), UNITS, "supply");
    }

    function test_transferEmitsTransfer() public {
        vm.recordLogs();
        transfer(holder, RECEIVER, UNITS);
        emittedOnce(IERC20.Transfer.selector, holder, RECEIVER, UNITS);
    }

    function test_transferOfMoreThanTheBalanceReverts() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, UNITS, UNITS + 1));
        transfer(holder, RECEIVER, UNITS + 1);
    }

    function test_transferOfMoreThanAnyBalanceReverts() public {
        uint256 most = type(uint256).max;
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, UNITS, most));
        transfer(holder, RECEIVER, most);
        uint256 wraps = (1 << 96) + 1;
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, UNITS, wraps));
        transfer(holder, RECEIVER, wraps);
    }

    function test_transferOfExactlyTheWidestAmountReverts() public {
        uint256 widest = type(uint96).max;
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, UNITS, widest));
        transfer(holder, RECEIVER, widest);
    }

    function test_transferToTheZeroAddressReverts() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, NOBODY));
        transfer(holder, NOBODY, 1);
    }

    /// Departs from ERC-20 ("transfers of 0 values MUST be treated as normal transfers").
    function test_transferOfNothingIsRefused() public {
        vm.expectRevert(refused(Code.UNITS_ZERO));
        transfer(holder, RECEIVER, 0);
    }

    function test_transferToOneselfIsRefused() public {
        vm.expectRevert(refused(Code.SAME_ACCOUNT));
        transfer(holder, holder, 1);
    }

    function test_transferFromMovesAndSpendsTheAllowance() public {
        approve(SPENDER, UNITS);
        yes(transferFrom(holder, RECEIVER, UNITS), "answers true");
        eq(token.balanceOf(holder), 0, "giver");
        eq(token.balanceOf(RECEIVER), UNITS, "receiver");
        eq(token.allowance(holder, SPENDER), 0, "allowance");
    }

    function test_transferFromSpendsNoMoreThanItMoves() public {
        approve(SPENDER, UNITS);
        transferFrom(holder, RECEIVER, 30);
        eq(token.allowance(holder, SPENDER), UNITS - 30, "what is left");
    }

    function test_transferFromEmitsTransferAndNoApproval() public {
        approve(SPENDER, UNITS);
        vm.recordLogs();
        transferFrom(holder, RECEIVER, UNITS);
        eq(placesOf(vm.getRecordedLogs(), IERC20.Approval.selector).length, 0, "no approval");
        approve(SPENDER, UNITS);
        transfer(RECEIVER, holder, UNITS);
        vm.recordLogs();
        transferFrom(holder, RECEIVER, UNITS);
        emittedOnce(IERC20.Transfer.selector, holder, RECEIVER, UNITS);
    }

    function test_transferFromOfMoreThanTheBalanceRevertsAndKeepsTheAllowance() public {
        approve(SPENDER, UNITS);
        transfer(holder, RECEIVER, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, UNITS - 1, UNITS));
        transferFrom(holder, RECEIVER, UNITS);
        eq(token.allowance(holder, SPENDER), UNITS, "allowance");
    }

    function test_transferFromBeyondTheAllowanceReverts() public {
        approve(SPENDER, UNITS - 1);
        bytes memory short =
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, SPENDER, UNITS - 1, UNITS);
        vm.expectRevert(short);
        transferFrom(holder, RECEIVER, UNITS);
        transfer(holder, RECEIVER, 2);
        vm.expectRevert(short);
        transferFrom(holder, RECEIVER, UNITS);
    }

    function test_anUnlimitedAllowanceIsNotSpentAndEmitsNoApproval() public {
        approve(SPENDER, type(uint256).max);
        vm.recordLogs();
        transferFrom(holder, RECEIVER, 1);
        eq(placesOf(vm.getRecordedLogs(), IERC20.Approval.selector).length, 0, "no approval");
        eq(token.allowance(holder, SPENDER), type(uint256).max, "allowance");
    }

    function test_transferFromToTheZeroAddressReverts() public {
        approve(SPENDER, UNITS);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, NOBODY));
        transferFrom(holder, NOBODY, UNITS);
    }

    function test_transferFromTheZeroAddressReverts() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSender.selector, NOBODY));
        transferFrom(NOBODY, RECEIVER, 0);
    }

    function test_approveSetsReplacesAndEmits() public {
        vm.recordLogs();
        yes(approve(SPENDER, UNITS), "answers true");
        emittedOnce(IERC20.Approval.selector, holder, SPENDER, UNITS);
        eq(token.allowance(holder, SPENDER), UNITS, "allowance");
        approve(SPENDER, 1);
        eq(token.allowance(holder, SPENDER), 1, "replaced");
        eq(token.allowance(SPENDER, holder), 0, "of this owner alone");
    }

    function test_approveOfMoreThanTheBalance() public {
        vm.recordLogs();
        approve(SPENDER, UNITS + 1);
        emittedOnce(IERC20.Approval.selector, holder, SPENDER, UNITS + 1);
        eq(token.allowance(holder, SPENDER), UNITS + 1, "allowance");
    }

    function test_approveOfTheZeroAddressReverts() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, NOBODY));
        approve(NOBODY, UNITS);
    }

    function test_mintingGoesByIssueAndEmitsATransferFromZero() public {
        vm.recordLogs();
        issue(token, RECEIVER, 7);
        emittedOnce(IERC20.Transfer.selector, NOBODY, RECEIVER, 7);
        eq(token.totalSupply(), UNITS + 7, "supply");
        eq(token.balanceOf(RECEIVER), 7, "balance");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, NOBODY));
        vm.prank(ISSUER);
        token.issue(issueRow(NOBODY, 1, "op"), true);
    }

    function test_burningGoesByRedeemAndEmitsATransferToZero() public {
        vm.recordLogs();
        redeem(holder, 40);
        emittedOnce(IERC20.Transfer.selector, holder, NOBODY, 40);
        eq(token.totalSupply(), UNITS - 40, "supply");
        eq(token.balanceOf(holder), UNITS - 40, "balance");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 60, 61));
        redeem(holder, 61);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSender.selector, NOBODY));
        redeem(NOBODY, 0);
    }

    function redeem(address from, uint96 units) private {
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(from, units, "redeem", 0);
        vm.prank(ISSUER);
        token.redeem(rows, true);
    }
}
