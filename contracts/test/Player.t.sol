// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {SecurityToken} from "../token/SecurityToken.sol";
import {Fixture} from "./Fixture.t.sol";
import {Passing} from "./Passing.t.sol";

/// @dev Plays acts of every role against one token, each folded by the auditor.
contract Player is Passing {
    uint256 private _now;

    constructor() {
        Fixture.setUp();
        for (uint256 i; i < WALLETS - 1; ++i) {
            register(walletOf(i), personOf(i), i % 3 == 2 ? 2 : 1);
        }
        vm.recordLogs();
        token = create_("invariant", policyOf(0, 0, 0, 0, 0, PLACES));
        fold();
    }

    function tokenOf() external view returns (SecurityToken) {
        return token;
    }

    function issue(uint256 to, uint96 amount) external {
        vm.prank(ISSUER);
        token.issue(issueRow(walletOf(to), amount % 200, next()), false);
        fold();
    }

    function redeem(uint256 from, uint96 amount) external {
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(walletOf(from), amount % 200, next(), 0);
        vm.prank(ISSUER);
        token.redeem(rows, false);
        fold();
    }

    function transfer(uint256 from, uint256 to, uint96 amount, bool whole) external {
        (address a, address b) = (walletOf(from), walletOf(to));
        uint96 moved = whole ? uint96(token.freeUnits(a)) : amount % 200;
        bool can = token.canTransfer(a, b, moved);
        bool all = token.failingRules(a, b, moved) == 0;
        uint8 first = token.detectTransferRestriction(a, b, moved);
        bool needsRequest = token.policy() >> 248 & 6 != 0;
        uint256 before = token.seq();
        vm.prank(from % WALLETS % 3 == 2 ? BROKER_2 : BROKER_1);
        token.custodiedTransfer(transferRow(a, b, moved), false);
        bool done = token.seq() != before;
        if (done != can || can != (all && !needsRequest)) fault = "pre-check and outcome differ";
        if (can != (first == 0)) fault = "the first failing rule and the outcome differ";
        fold();
    }

    function request(uint256 from, uint256 to, uint96 amount) external {
        vm.prank(from % WALLETS % 3 == 2 ? BROKER_2 : BROKER_1);
        token.requestTransfers(requestRow(walletOf(from), walletOf(to), amount % 200, 0, next()), false);
        fold();
    }

    function decide(uint256 which, uint8 how) external {
        if (holdIds.length == 0) return;
        bytes32 id = holdIds[which % holdIds.length];
        if (how % 4 == 0) {
            vm.prank(REGISTRAR);
            token.approveTransfers(one(id), false);
        } else if (how % 4 == 1) {
            vm.prank(BROKER_1);
            token.acceptTransfers(one(id), false);
        } else if (how % 4 == 2) {
            vm.prank(BROKER_2);
            token.cancelTransfers(one(id), false);
        } else {
            vm.prank(AGENT);
            acts().releaseHolds(one(id), false);
        }
        fold();
    }

    function createHold(uint256 account, uint256 to, uint96 amount, uint8 kind) external {
        kind = 3 + kind % 3;
        address receiver = kind == 4 ? address(0) : walletOf(to);
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(walletOf(account), receiver, AGENT, amount % 200, kind, 0, next()), false);
        fold();
    }

    /// @dev A pledge behind another, mostly on the right account.
    function pledgeBehind(uint256 which, uint256 to, uint96 amount, bool astray) external {
        if (holdIds.length == 0) return;
        bytes32 behind = holdIds[which % holdIds.length];
        address account = astray ? walletOf(which) : accountOf[behind];
        ITokenTypes.HoldRow[] memory rows = holdRow(account, walletOf(to), AGENT, amount % 200, 3, 0, next());
        rows[0].behind = behind;
        vm.prank(REGISTRAR);
        acts().createHolds(rows, false);
        fold();
    }

    function assign(uint256 which, uint256 to) external {
        if (holdIds.length == 0) return;
        bytes32 id = holdIds[which % holdIds.length];
        vm.prank(AGENT);
        (bool ok,) = address(token).call(abi.encodeCall(ILegalActs.assignPledge, (id, walletOf(to), AGENT)));
        if (ok && token.holdOf(id).to != walletOf(to)) fault = "another pledgee";
        fold();
    }

    function execute(uint256 which, uint96 amount) external {
        if (holdIds.length == 0) return;
        ITokenTypes.ExecuteRow[] memory rows = new ITokenTypes.ExecuteRow[](1);
        rows[0] = ITokenTypes.ExecuteRow(holdIds[which % holdIds.length], amount % 200);
        vm.prank(AGENT);
        acts().executeHolds(rows, false);
        fold();
    }

    function enforce(uint256 from, uint256 to, uint96 amount, uint256 breaks) external {
        ITokenTypes.OrderedRow[] memory rows = new ITokenTypes.OrderedRow[](1);
        bytes32[] memory ids = holdIds.length == 0 ? new bytes32[](0) : one(holdIds[breaks % holdIds.length]);
        rows[0] = ITokenTypes.OrderedRow(walletOf(from), walletOf(to), amount % 200, 3, next(), 0, ids);
        _forced = true;
        vm.prank(ENFORCER);
        acts().enforceTransfers(rows, false);
        fold();
        _forced = false;
    }

    function pause(bool paused) external {
        vm.prank(REGISTRAR);
        acts().setPaused(paused, next());
        fold();
    }

    function freeze(uint256 account, uint96 amount) external {
        vm.prank(ENFORCER);
        acts().setFrozenTokens(walletOf(account), amount % 300);
        fold();
    }

    /// @dev Mostly back to the first policy, else no act would be done.
    function changePolicy(uint8 how) external {
        uint256[4] memory flags = [uint256(32), 32, 32 | 2, 32 | 4];
        uint256 policy = policyOf(flags[how & 3], 0, 0, 0, 0, how & 4 == 0 ? PLACES : PLACES - 1);
        vm.prank(ISSUER);
        acts().proposePolicy(policy);
        waitADay();
        vm.prank(REGISTRAR);
        acts().executePolicy(policy, next());
        fold();
    }

    /// @dev A whole consolidation or split, 1:2 or 2:1.
    function scale(bool splits) external {
        (uint64 n, uint64 d) = splits ? (2, 1) : (1, 2);
        vm.prank(ISSUER);
        acts().proposeRatio(n, d);
        waitADay();
        bytes32 ref = next();
        vm.prank(REGISTRAR);
        (bool begun,) = address(token).call(abi.encodeCall(ICorporateActs.beginRatio, (n, d, ref)));
        if (!begun) return;
        ICorporateActs.CarriedRow[] memory rows = new ICorporateActs.CarriedRow[](WALLETS);
        for (uint256 i; i < WALLETS; ++i) {
            reach("ratio", openHolds(walletOf(i), true));
            rows[i] = ICorporateActs.CarriedRow(walletOf(i), ascending(openHolds(walletOf(i), false)));
        }
        vm.startPrank(REGISTRAR);
        acts().carry(rows);
        acts().endRatio(ref);
        vm.stopPrank();
        fold();
    }

    function waitADay() private {
        _now = (_now == 0 ? START : _now) + 1 days;
        vm.warp(_now);
    }

    function ascending(bytes32[] memory ids) private pure returns (bytes32[] memory) {
        for (uint256 i = 1; i < ids.length; ++i) {
            for (uint256 j = i; j > 0 && ids[j - 1] > ids[j]; --j) {
                (ids[j - 1], ids[j]) = (ids[j], ids[j - 1]);
            }
        }
        return ids;
    }
}
