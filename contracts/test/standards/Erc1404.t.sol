// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Code} from "../../token/Rules.sol";
import {Standard} from "./Standard.t.sol";

/// @dev ERC-1404: one code a rule, the same for the view, transfer and transferFrom.
contract Erc1404Test is Standard {
    /// @dev Each way in which transfer says no.
    function codeOfTransfer(address from, address to, uint256 units) private returns (uint8) {
        uint8 code = token.detectTransferRestriction(from, to, units);
        vm.prank(from);
        (bool moved,) = address(token).call(abi.encodeCall(token.transfer, (to, units)));
        if (moved) transfer(to, from, units);
        vm.prank(from);
        token.approve(SPENDER, units);
        vm.prank(SPENDER);
        (bool spent,) = address(token).call(abi.encodeCall(token.transferFrom, (from, to, units)));
        yes(moved == (code == Code.OK) && spent == moved, "the view and both transfers agree");
        return code;
    }

    function withPolicy(uint256 policy) private {
        token = create_(bytes32(policy), policy);
        vm.prank(ISSUER);
        token.issue(issueRow(holder, 100, "op"), true);
    }

    function test_zeroMeansNoRestriction() public {
        eq(codeOfTransfer(holder, RECEIVER, 10), 0, "reserved for success");
    }

    function test_everyRuleOfAMoveIsEvaluatedInsideTransferAndTransferFrom() public {
        eq(codeOfTransfer(holder, RECEIVER, 101), Code.INSUFFICIENT_UNITS, "too many");
        eq(codeOfTransfer(holder, NOBODY, 1), Code.RECEIVER_INVALID, "to nobody");
        eq(codeOfTransfer(holder, RECEIVER, 0), Code.UNITS_ZERO, "nothing");
        eq(codeOfTransfer(holder, holder, 1), Code.SAME_ACCOUNT, "to oneself");
        eq(codeOfTransfer(holder, STRANGER, 1), Code.RECEIVER_NOT_REGISTERED, "to a stranger");
    }

    function test_everyRuleOfThePartiesIsEvaluatedInside() public {
        register(RECEIVER, recordOf_(2, RETAIL, 1, VALID, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.RECEIVER_FROZEN, "frozen receiver");
        register(RECEIVER, recordOf_(2, RETAIL, 0, VALID, 0));
        register(holder, recordOf_(1, RETAIL, 1, VALID, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.SENDER_FROZEN, "frozen sender");
        vm.warp(VALID + 1);
        register(holder, recordOf_(1, RETAIL, 0, VALID + 10, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.RECEIVER_CHECK_LAPSED, "lapsed receiver");
    }

    function test_everyRuleOfThePolicyIsEvaluatedInside() public {
        withPolicy(policyOf(16, 0, 0, 0, 0, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.TRANSFERS_FORBIDDEN, "forbidden");
        withPolicy(policyOf(0, 0, 0, START + 10, 0, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.LOCKED_UP, "locked up");
        withPolicy(policyOf(0, 0, 10, 0, 0, 0));
        eq(codeOfTransfer(holder, RECEIVER, 5), Code.LOT_SIZE, "half a lot");
        withPolicy(policyOf(8, 0, 0, 0, 0, 0));
        eq(codeOfTransfer(holder, RECEIVER, 99), Code.WHOLE_HOLDING_ONLY, "a part");
        withPolicy(policyOf(2, 0, 0, 0, 0, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.NEEDS_REQUEST, "by request, accepted");
        withPolicy(policyOf(4, 0, 0, 0, 0, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.NEEDS_REQUEST, "by request, approved");
        withPolicy(policyOf(0, 0, 0, 0, 100, 0));
        issue(token, RECEIVER, 50);
        eq(codeOfTransfer(holder, RECEIVER, 51), Code.MAX_UNITS_PER_PERSON, "too many for one");
        withPolicy(policyOf(0, 0, 0, 0, 0, 1));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.MAX_HOLDERS, "too many persons");
        vm.prank(REGISTRAR);
        (bool ok,) = address(token).call(abi.encodeWithSignature("setPaused(bool,bytes32)", true, bytes32("p")));
        yes(ok, "pause");
        eq(codeOfTransfer(holder, RECEIVER, 100), Code.PAUSED, "paused");
        withPolicy(policyOf(0, RETAIL, 0, 0, 0, 0));
        register(RECEIVER, recordOf_(2, 1, 0, VALID, 0));
        eq(codeOfTransfer(holder, RECEIVER, 1), Code.RECEIVER_CLASS, "of another class");
    }

    function test_eachCodeHasItsMessage() public view {
        eq(keccak256(bytes(token.messageForTransferRestriction(0))), keccak256("OK"), "success");
        eq(keccak256(bytes(token.messageForTransferRestriction(10))), keccak256("PAUSED"), "a rule");
        eq(keccak256(bytes(token.messageForTransferRestriction(200))), keccak256("UNKNOWN"), "no rule");
    }
}
