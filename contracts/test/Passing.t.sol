// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Auditor} from "./Auditor.t.sol";

/// @dev Acts that carry an account's holds along, drawn so that there is something to carry.
abstract contract Passing is Auditor {
    uint256 private _nonce;
    /// @dev How often an act of this name carried a hold that waits, or a part of one.
    mapping(bytes32 act => uint256) public waited;
    mapping(bytes32 act => uint256) public parted;

    /// @dev A pledge, one behind it and an attachment of everything, which waits.
    function encumber(uint256 which, uint256 to, uint96 amount) external {
        address account = holderFrom(which);
        uint256 free_ = token.freeUnits(account);
        if (free_ == 0) return;
        ITokenTypes.HoldRow[] memory rows = new ITokenTypes.HoldRow[](3);
        uint96 pledged = uint96(1 + amount % free_);
        rows[0] = holdRow(account, walletOf(to), AGENT, pledged, 3, 0, next())[0];
        rows[1] = holdRow(account, walletOf(to / 7), AGENT, pledged, 3, 0, next())[0];
        rows[1].behind = rows[0].ref;
        rows[2] = holdRow(account, address(0), AGENT, uint96(units[account]), 4, 0, next())[0];
        vm.prank(REGISTRAR);
        acts().createHolds(rows, false);
        fold();
    }

    function recover(bool back) external {
        (address lost, address fresh) = back ? (walletOf(1), walletOf(0)) : (walletOf(0), walletOf(1));
        bytes32[] memory open = openHolds(lost, true);
        bool full = waitingOf(lost) != 0 && waitingOf(lost) + waitingOf(fresh) > 8;
        vm.prank(ENFORCER);
        (bool ok,) = address(token).call(abi.encodeCall(ILegalActs.recover, (lost, fresh, next(), open)));
        if (!ok && units[lost] != 0 && !full) fault = "a recovery got stuck";
        if (ok) reach("recover", open);
        foldIf(ok);
    }

    /// @dev All of an account to one or two successors, its trades mostly ended before; a hold's units between them as
    /// it comes.
    function succeed(uint256 from, uint256 to, uint8 share, bool sole) external {
        address account = holderFrom(from);
        if (share & 3 != 0) endTrades(account);
        bytes32[] memory ids = openHolds(account, true);
        ISuccessions.SuccessorRow[] memory rows = new ISuccessions.SuccessorRow[](sole ? 1 : 2);
        address heir;
        for (uint256 i; i < rows.length; ++i) {
            heir = heirFrom(to, account, heir);
            rows[i] = rowOf(account, heir, ids, sole ? 255 : share, i == rows.length - 1);
        }
        _forced = true;
        vm.prank(ENFORCER);
        (bool ok,) = address(token).call(abi.encodeCall(ISuccessions.succeed, (account, rows, ids)));
        if (ok && token.balanceOf(account) != 0) fault = "something stays behind";
        if (ok) reach(sole ? bytes32("succeed") : bytes32("divide"), ids);
        foldIf(ok);
        _forced = false;
    }

    /// @dev What a refused call had begun to say was taken back with it.
    function foldIf(bool done) private {
        if (done) fold();
        else vm.getRecordedLogs();
    }

    function rowOf(address account, address heir, bytes32[] memory ids, uint8 share, bool last)
        private
        returns (ISuccessions.SuccessorRow memory)
    {
        ISuccessions.Part[] memory parts = new ISuccessions.Part[](ids.length);
        for (uint256 j; j < ids.length; ++j) {
            uint256 lacking = claimed[ids[j]] == 0 ? 0 : claimed[ids[j]] - held[ids[j]];
            parts[j].units = divided(held[ids[j]], share, last);
            parts[j].claim = parts[j].units + divided(lacking, share, last);
        }
        uint96 unheld = divided(units[account] - encumbered[account], share, last);
        return ISuccessions.SuccessorRow(heir, unheld, next(), 0, parts);
    }

    function divided(uint256 all, uint8 share, bool last) private pure returns (uint96) {
        uint256 first = all * share / 255;
        if (share == 255) return uint96(all);
        return uint96(last ? all - first : first);
    }

    /// @dev A trade names its seller, and frozen units do not pass.
    function endTrades(address account) private {
        bytes32[] memory ids = openHolds(account, true);
        vm.startPrank(ENFORCER);
        for (uint256 i; i < ids.length; ++i) {
            if (uint256(token.holdOf(ids[i]).data) >> 252 < 3) acts().releaseByOrder(one(ids[i]), 3, true);
        }
        if (frozen[account] != 0) acts().setFrozenTokens(account, 0);
        vm.stopPrank();
        fold();
    }

    /// @dev The first wallet from the given one on that has units, if any.
    function holderFrom(uint256 which) private view returns (address account) {
        for (uint256 i; i < WALLETS; ++i) {
            account = walletOf(which % WALLETS + i);
            if (units[account] != 0) return account;
        }
    }

    /// @dev The first wallet from the given one on that is somebody's and neither of these.
    function heirFrom(uint256 which, address account, address before) private pure returns (address heir) {
        for (uint256 i; i < WALLETS; ++i) {
            heir = walletOf(which % WALLETS + i);
            if (heir != account && heir != before && heir != walletOf(WALLETS - 1)) return heir;
        }
    }

    function reach(bytes32 act, bytes32[] memory ids) internal {
        for (uint256 i; i < ids.length; ++i) {
            if (claimed[ids[i]] != 0) ++waited[act];
            if (uint256(ids[i]) >> 160 == type(uint96).max - 1) ++parted[act];
        }
    }

    function waitingOf(address account) private view returns (uint256) {
        return openHolds(account, true).length - openHolds(account, false).length;
    }

    /// @param waiting those that wait for units too
    function openHolds(address account, bool waiting) internal view returns (bytes32[] memory open) {
        open = new bytes32[](holdIds.length);
        uint256 count;
        for (uint256 i; i < holdIds.length; ++i) {
            bytes32 id = holdIds[i];
            uint8 state = token.holdOf(id).state;
            bool listed = accountOf[id] == account && (state == 1 || state == 2) && (waiting || claimed[id] == 0);
            if (listed) open[count++] = id;
        }
        assembly ("memory-safe") {
            mstore(open, count)
        }
    }

    function next() internal returns (bytes32) {
        return keccak256(abi.encode("ref", ++_nonce));
    }
}
