// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Policy, Record} from "./Words.sol";

/// @dev Refusal codes; `packages/domain/src/refusals.ts` is the table with texts and remedies.
library Code {
    uint8 internal constant OK = 0;
    uint8 internal constant INSUFFICIENT_UNITS = 1;
    uint8 internal constant SENDER_INVALID = 2;
    uint8 internal constant RECEIVER_INVALID = 3;
    uint8 internal constant UNITS_ZERO = 4;
    uint8 internal constant SAME_ACCOUNT = 5;
    uint8 internal constant PAUSED = 10;
    uint8 internal constant TRANSFERS_FORBIDDEN = 11;
    uint8 internal constant LOCKED_UP = 12;
    uint8 internal constant LOT_SIZE = 13;
    uint8 internal constant WHOLE_HOLDING_ONLY = 14;
    uint8 internal constant NEEDS_REQUEST = 15;
    uint8 internal constant MAX_UNITS_PER_PERSON = 16;
    uint8 internal constant MAX_HOLDERS = 17;
    uint8 internal constant RATIO_IN_PROGRESS = 18;
    uint8 internal constant SENDER_NOT_REGISTERED = 20;
    uint8 internal constant SENDER_FROZEN = 21;
    uint8 internal constant RECEIVER_NOT_REGISTERED = 30;
    uint8 internal constant RECEIVER_CHECK_LAPSED = 31;
    uint8 internal constant RECEIVER_FROZEN = 32;
    uint8 internal constant RECEIVER_CLASS = 33;
    uint8 internal constant NOT_CUSTODIAN = 40;
    uint8 internal constant HOLD_UNKNOWN = 41;
    uint8 internal constant HOLD_NOT_ACCEPTED = 42;
    uint8 internal constant HOLD_EXPIRED = 43;
    uint8 internal constant REF_USED = 44;
    uint8 internal constant HOLD_ALREADY_ACCEPTED = 45;
    uint8 internal constant NOT_CONTROLLER = 46;
    uint8 internal constant NOT_SAME_PERSON = 47;
    uint8 internal constant HOLDS_MISSING = 48;
    uint8 internal constant FLAGS_LOST = 49;
    uint8 internal constant SUPPLY_CAP = 50;
    uint8 internal constant HOLD_KIND = 51;
    uint8 internal constant BASIS_INVALID = 52;
    uint8 internal constant TOO_MANY_WAITING = 53;
    uint8 internal constant ALREADY_CARRIED = 54;
    uint8 internal constant RATIO_INVALID = 55;
    uint8 internal constant ATTACHMENT_AHEAD = 56;
    uint8 internal constant RECORD_INVALID = 60;
    uint8 internal constant WALLET_OF_ANOTHER_PERSON = 61;
    uint8 internal constant WALLET_OF_ANOTHER_CUSTODIAN = 62;
    uint8 internal constant VALIDITY_PAST = 63;
    uint8 internal constant CUSTODIAN_CONSENT_MISSING = 64;
}

/// @title The transfer rules, each a pure function from facts to a set of failing codes (bit i: code i)
/// @dev The lowest code is the first reason, so ERC-20's errors come before the policy's, and those before
/// the parties'. Views and moves read the same set: a pre-check cannot differ from the outcome.
library Rules {
    function bit(uint8 code) internal pure returns (uint256) {
        return 1 << code;
    }

    function first(uint256 failing) internal pure returns (uint8 code) {
        if (failing == 0) return Code.OK;
        while (failing & 1 == 0) {
            failing >>= 1;
            ++code;
        }
    }

    /// @dev What ERC-20 itself refuses.
    function ofMove(address from, address to, uint256 units, uint256 available) internal pure returns (uint256 f) {
        if (units > available) f = bit(Code.INSUFFICIENT_UNITS);
        if (from == address(0)) f |= bit(Code.SENDER_INVALID);
        if (to == address(0)) f |= bit(Code.RECEIVER_INVALID);
        if (units == 0) f |= bit(Code.UNITS_ZERO);
        if (from == to) f |= bit(Code.SAME_ACCOUNT);
    }

    /// @param balance units of the sender, encumbered ones too
    function ofPolicy(uint256 policy, uint256 units, uint256 balance) internal view returns (uint256 f) {
        if (Policy.has(policy, Policy.PAUSED)) f = bit(Code.PAUSED);
        if (Policy.has(policy, Policy.FORBIDDEN)) f |= bit(Code.TRANSFERS_FORBIDDEN);
        if (Policy.has(policy, Policy.RATIO)) f |= bit(Code.RATIO_IN_PROGRESS);
        if (block.timestamp < Policy.lockedUntil(policy)) f |= bit(Code.LOCKED_UP);
        f |= ofLot(policy, units);
        if (Policy.has(policy, Policy.WHOLE_HOLDING) && units != balance) f |= bit(Code.WHOLE_HOLDING_ONLY);
    }

    function ofLot(uint256 policy, uint256 units) internal pure returns (uint256) {
        uint256 lot = Policy.lot(policy);
        return lot > 1 && units % lot != 0 ? bit(Code.LOT_SIZE) : 0;
    }

    /// @dev A sender whose check lapsed may still sell; a frozen, deceased or sanctioned one may not.
    function ofSender(uint256 record) internal pure returns (uint256) {
        if (record == 0) return bit(Code.SENDER_NOT_REGISTERED);
        return record & Record.FLAGS != 0 ? bit(Code.SENDER_FROZEN) : 0;
    }

    function ofReceiver(uint256 record) internal view returns (uint256 f) {
        if (record == 0) return bit(Code.RECEIVER_NOT_REGISTERED);
        if (block.timestamp > Record.validUntilOf(record)) f = bit(Code.RECEIVER_CHECK_LAPSED);
        if (record & Record.FLAGS != 0) f |= bit(Code.RECEIVER_FROZEN);
    }

    function ofClass(uint256 record, uint256 policy) internal pure returns (uint256) {
        uint256 mask = Policy.classMask(policy);
        return record != 0 && mask != 0 && Record.classesOf(record) & mask == 0 ? bit(Code.RECEIVER_CLASS) : 0;
    }
}
