// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Roles} from "../token/Roles.sol";
import {Code} from "../token/Rules.sol";
import {Holders} from "./Holders.t.sol";

/// @dev What one who holds a single role, and means harm, does not get. BROKER_1 has ALICE, BROKER_2 has BOB.
contract InsidersTest is Holders {
    function policed(uint256 flags) private {
        token = create_("policed", policyOf(flags, 0, 0, 0, 0, 0));
        issue(token, ALICE, 100);
    }

    function dvp(address controller, uint96 units, uint32 expiry, bytes32 ref) private {
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, controller, units, 2, expiry, ref), true);
    }

    /// @dev Whatever the policy demands, a seller's broker with a hold in his own hands does not go around it.
    function test_aBrokersOwnDvpHoldPutsNothingOnABuyerWhoMustAccept() public {
        uint256[3] memory flags = [uint256(2), 4, 6];
        for (uint256 i; i < 3; ++i) {
            token = create_(bytes32(i + 1), policyOf(flags[i], 0, 0, 0, 0, 0));
            issue(token, ALICE, 100);
            dvp(BROKER_1, 10, 0, "dvp");
            vm.expectRevert(refused(Code.HOLD_NOT_ACCEPTED));
            vm.prank(BROKER_1);
            acts().executeHolds(executeRow("dvp", 10), true);
            vm.prank(REGISTRAR);
            token.approveTransfers(one("dvp"), true);
            vm.prank(BROKER_1);
            acts().executeHolds(executeRow("dvp", 10), true);
            eq(token.balanceOf(BOB), 10, "by the registrar's word");
        }
    }

    function test_aBrokerWithoutTheRoleCancelsNothing() public {
        policed(2);
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 10, 0, "sale"), true);
        manager.revokeRole(Roles.BROKER, BROKER_1);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        vm.prank(BROKER_1);
        token.cancelTransfers(one("sale"), true);
        manager.grantRole(Roles.BROKER, BROKER_1, 0);
        vm.prank(BROKER_1);
        token.cancelTransfers(one("sale"), true);
        eq(token.freeUnits(ALICE), 100, "and with it does");
    }

    /// @dev A request outlives the custody of both its sides: who has them now speaks for them.
    function test_whoHadAWalletSpeaksForItNoMore() public {
        policed(2);
        vm.startPrank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 10, 0, "a"), true);
        token.requestTransfers(requestRow(ALICE, CAROL, 10, 0, "b"), true);
        vm.stopPrank();
        moveTo(ALICE, 2);
        moveTo(CAROL, 2);
        vm.prank(BROKER_1);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        token.cancelTransfers(one("a"), true);
        vm.prank(BROKER_1);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        token.acceptTransfers(one("b"), true);
        vm.prank(BROKER_2);
        token.acceptTransfers(one("b"), true);
        vm.prank(BROKER_2);
        token.cancelTransfers(one("a"), true);
        eq(token.balanceOf(CAROL), 10, "accepted");
        eq(token.freeUnits(ALICE), 90, "and withdrawn");
    }

    function moveTo(address wallet, uint32 custodian) private {
        address[] memory wallets = new address[](1);
        wallets[0] = wallet;
        vm.prank(BROKER_1);
        registry.consentToMove(wallets, custodian, true, true);
        vm.prank(BROKER_2);
        registry.consentToMove(wallets, custodian, true, true);
        register(wallet, recordOf_(wallet == ALICE ? 1 : 3, RETAIL, 0, VALID, custodian));
    }

    function test_aHoldIsExecutedOnceInABatch() public {
        dvp(BROKER_1, 10, 0, "dvp");
        ITokenTypes.ExecuteRow[] memory rows = new ITokenTypes.ExecuteRow[](3);
        rows[0] = ITokenTypes.ExecuteRow("dvp", 6);
        rows[1] = ITokenTypes.ExecuteRow("dvp", 6);
        rows[2] = ITokenTypes.ExecuteRow("dvp", 4);
        vm.recordLogs();
        vm.prank(BROKER_1);
        acts().executeHolds(rows, false);
        (uint256 row,, uint8 code) = rejection();
        eq(row, 1, "the second asks for more than is left");
        eq(code, Code.INSUFFICIENT_UNITS, "code");
        eq(token.balanceOf(BOB), 10, "no more than was held");
        vm.expectRevert(refused(Code.HOLD_UNKNOWN));
        vm.prank(BROKER_1);
        acts().executeHolds(executeRow("dvp", 1), true);
    }

    /// @dev From its minute on a hold only ends: there is no second in which both could happen, or neither.
    function test_aHoldEndsInTheSecondInWhichItCanNoLongerExecute() public {
        uint32 minute = uint32(START / 60 + 5);
        dvp(BROKER_1, 10, minute, "dvp");
        vm.warp(uint256(minute) * 60 - 1);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        vm.prank(STRANGER);
        acts().releaseHolds(one("dvp"), true);
        vm.prank(BROKER_1);
        acts().executeHolds(executeRow("dvp", 1), true);
        vm.warp(uint256(minute) * 60);
        vm.expectRevert(refused(Code.HOLD_EXPIRED));
        vm.prank(BROKER_1);
        acts().executeHolds(executeRow("dvp", 1), true);
        vm.prank(STRANGER);
        acts().releaseHolds(one("dvp"), true);
        eq(token.freeUnits(ALICE), 99, "free");
    }

    function test_aPledgeesControllerSendsTheUnitsNowhereElse() public {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, BOB, STRANGER, 50, 3, 0, "pledge"), true);
        vm.startPrank(STRANGER);
        vm.expectRevert(refused(Code.RECEIVER_NOT_REGISTERED));
        acts().assignPledge("pledge", STRANGER, STRANGER);
        vm.expectRevert(refused(Code.SAME_ACCOUNT));
        acts().assignPledge("pledge", ALICE, STRANGER);
        acts().changeController("pledge", CAROL);
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        acts().executeHolds(executeRow("pledge", 50), true);
        vm.stopPrank();
        vm.prank(CAROL);
        acts().executeHolds(executeRow("pledge", 50), true);
        eq(token.balanceOf(BOB), 50, "to the pledgee alone");
    }

    /// @dev An issuer's agent sees its redemptions stop where somebody has a right in the units.
    function test_anIssuerRedeemsNoUnitThatIsHeld() public {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, BOB, STRANGER, 99, 3, 0, "pledge"), true);
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(ALICE, 2, "redemption", 0);
        vm.prank(ISSUER);
        vm.expectRevert(abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 2, 1));
        token.redeem(rows, true);
    }
}
