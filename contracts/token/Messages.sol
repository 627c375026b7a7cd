// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @dev The codes' names of `packages/domain/src/refusals.ts`, for ERC-1404 readers.
library Messages {
    function nameOf(uint8 code) internal pure returns (string memory) {
        if (code == 0) return "OK";
        if (code == 1) return "INSUFFICIENT_UNITS";
        if (code == 2) return "SENDER_INVALID";
        if (code == 3) return "RECEIVER_INVALID";
        if (code == 4) return "UNITS_ZERO";
        if (code == 5) return "SAME_ACCOUNT";
        if (code == 10) return "PAUSED";
        if (code == 11) return "TRANSFERS_FORBIDDEN";
        if (code == 12) return "LOCKED_UP";
        if (code == 13) return "LOT_SIZE";
        if (code == 14) return "WHOLE_HOLDING_ONLY";
        if (code == 15) return "NEEDS_REQUEST";
        if (code == 16) return "MAX_UNITS_PER_PERSON";
        if (code == 17) return "MAX_HOLDERS";
        if (code == 18) return "RATIO_IN_PROGRESS";
        if (code == 20) return "SENDER_NOT_REGISTERED";
        if (code == 21) return "SENDER_FROZEN";
        if (code == 30) return "RECEIVER_NOT_REGISTERED";
        if (code == 31) return "RECEIVER_CHECK_LAPSED";
        if (code == 32) return "RECEIVER_FROZEN";
        if (code == 33) return "RECEIVER_CLASS";
        return "UNKNOWN";
    }
}
