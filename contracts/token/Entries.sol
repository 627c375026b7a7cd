// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @dev Entry kinds, see ITokenTypes.Entry.
library Kind {
    uint8 internal constant ISSUE = 1;
    uint8 internal constant REDEEM = 2;
    uint8 internal constant TRANSFER = 3;
    uint8 internal constant FORCED_TRANSFER = 4;
    uint8 internal constant RECOVERY = 5;
    uint8 internal constant HOLD_CREATED = 6;
    uint8 internal constant HOLD_ACCEPTED = 7;
    uint8 internal constant HOLD_EXECUTED = 8;
    uint8 internal constant HOLD_RELEASED = 9;
    uint8 internal constant HOLD_CHANGED = 10;
    uint8 internal constant POLICY = 11;
    uint8 internal constant RATIO = 12;
    uint8 internal constant MARK = 13;
    uint8 internal constant TERMS = 14;
    uint8 internal constant HOLD_RANKED = 15;
    uint8 internal constant HOLD_ASSIGNED = 16;
    uint8 internal constant HOLD_SUCCEEDED = 17;
}

/// @dev Legal bases of entries (Trust Act articles; TAR: its ordinance).
library Basis {
    uint16 internal constant NONE = 0;
    uint16 internal constant INITIAL = 1; // 186
    uint16 internal constant JOINT_REQUEST = 2; // 198(2)
    uint16 internal constant JUDGMENT = 3; // TAR 21(2)(i)
    uint16 internal constant GENERAL_SUCCESSION = 5; // TAR 21(2)(iii)
    uint16 internal constant TRUSTEE_ACQUIRED = 7; // 197(1)(i)
    uint16 internal constant TRUSTEE_DISPOSED = 8; // 197(1)(ii)
    uint16 internal constant CONSOLIDATION = 9; // 197(1)(iii)
    uint16 internal constant SPLIT = 10;
    uint16 internal constant PLEDGE_SET = 11; // 201
    uint16 internal constant PLEDGE_RELEASE = 12;
    uint16 internal constant TRUST_PROPERTY_MARK = 13; // 206
    uint16 internal constant REDEMPTION = 15;
    uint16 internal constant ATTACHMENT = 16;
    uint16 internal constant ATTACHMENT_RELEASE = 17;
    uint16 internal constant RECTIFICATION = 18;
    uint16 internal constant WALLET_RECOVERY = 19;
    uint16 internal constant TERMS_CHANGE = 20;

    /// @dev A rectification names the entry that it corrects, 0: none, in these bits of its data word.
    uint256 internal constant CORRECTS = uint256(type(uint32).max) << 64;

    /// @dev Whether a data word names no entry beyond the last one.
    function correctsOneBefore(bytes32 data, bytes32 head) internal pure returns (bool) {
        return uint32(uint256(data) >> 64) <= uint32(uint256(head));
    }

    /// @dev The bases on which units move or holds end without their holder: TAR 21(2), 197(1), rectification.
    function isOrder(uint16 basis) internal pure returns (bool) {
        return (basis >= JUDGMENT && basis <= TRUSTEE_DISPOSED) || basis == RECTIFICATION;
    }
}

/// @dev An entry in memory, as its preimage lies: see ITokenTypes.Entry for the two packed words.
/// @param head the head before it, filled in when it is posted
struct Line {
    bytes32 head;
    uint256 fromUnits;
    uint256 toLine;
    bytes32 ref;
    bytes32 data;
}

/// @dev Packs and reads lines.
library Entries {
    function line(uint8 kind, uint16 basis, address from, address to, uint96 units, bytes32 ref, bytes32 data)
        internal
        pure
        returns (Line memory)
    {
        return Line(0, fromUnits(from, units), toLine(to, basis, kind), ref, data);
    }

    function fromUnits(address from, uint96 units) internal pure returns (uint256) {
        return uint256(uint160(from)) << 96 | units;
    }

    function toLine(address to, uint16 basis, uint8 kind) internal pure returns (uint256) {
        return uint256(uint160(to)) << 96 | uint256(basis) << 8 | kind;
    }

    function fromOf(Line memory entry) internal pure returns (address) {
        return address(uint160(entry.fromUnits >> 96));
    }

    function toOf(Line memory entry) internal pure returns (address) {
        return address(uint160(entry.toLine >> 96));
    }

    function unitsOf(Line memory entry) internal pure returns (uint256) {
        return uint96(entry.fromUnits);
    }

    function kindOf(Line memory entry) internal pure returns (uint8) {
        return uint8(entry.toLine);
    }
}
