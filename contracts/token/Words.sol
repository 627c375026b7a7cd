// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @dev Reads a registry record, see IHolderRegistry.
library Record {
    uint256 internal constant FLAGS = 0xff << 136;

    function personOf(uint256 record) internal pure returns (uint96) {
        return uint96(record >> 160);
    }

    function classesOf(uint256 record) internal pure returns (uint256) {
        return (record >> 144) & 0xffff;
    }

    function flagsOf(uint256 record) internal pure returns (uint256) {
        return (record >> 136) & 0xff;
    }

    function validUntilOf(uint256 record) internal pure returns (uint256) {
        return (record >> 96) & type(uint40).max;
    }

    function custodianOf(uint256 record) internal pure returns (uint32) {
        return uint32(record >> 48);
    }
}

/// @dev Reads a policy word, see ISecurityToken.policy.
library Policy {
    uint256 internal constant PAUSED = 1 << 248;
    uint256 internal constant ACCEPTANCE = 2 << 248;
    uint256 internal constant APPROVAL = 4 << 248;
    uint256 internal constant WHOLE_HOLDING = 8 << 248;
    uint256 internal constant FORBIDDEN = 16 << 248;
    uint256 internal constant TRACKED = 32 << 248;
    /// @dev A consolidation or split is being carried out: units stand still. Nobody proposes this flag.
    uint256 internal constant RATIO = 64 << 248;
    uint256 internal constant KNOWN_FLAGS = 63 << 248;

    function has(uint256 policy, uint256 flag) internal pure returns (bool) {
        return policy & flag != 0;
    }

    /// @dev Whether a policy says anything: limits by person need the TRACKED flag, and all else stands as high.
    function sets(uint256 policy) internal pure returns (bool) {
        return policy >> 160 != 0;
    }

    function classMask(uint256 policy) internal pure returns (uint256) {
        return (policy >> 232) & 0xffff;
    }

    function lot(uint256 policy) internal pure returns (uint256) {
        return (policy >> 200) & type(uint32).max;
    }

    function lockedUntil(uint256 policy) internal pure returns (uint256) {
        return (policy >> 160) & type(uint40).max;
    }

    function maxUnitsPerPerson(uint256 policy) internal pure returns (uint256) {
        return (policy >> 64) & type(uint96).max;
    }

    function maxHolders(uint256 policy) internal pure returns (uint256) {
        return (policy >> 32) & type(uint32).max;
    }

    /// @dev No bits without a meaning, and no limit by person where persons are not tracked.
    function isValid(uint256 policy) internal pure returns (bool) {
        bool limitsPersons = maxUnitsPerPerson(policy) | maxHolders(policy) != 0;
        return (policy & (0xff << 248)) & ~KNOWN_FLAGS == 0 && uint32(policy) == 0
            && (has(policy, TRACKED) || !limitsPersons);
    }
}

/// @dev Reads an issue's supply: holders 32 | approved units 96 | units 96. The units never exceed the approved ones.
library Supply {
    uint256 internal constant ONE_HOLDER = 1 << 192;
    /// @dev The register counts no further, so no issue may be larger.
    uint256 internal constant MOST = uint64(type(int64).max);

    function total(uint256 supply) internal pure returns (uint256) {
        return uint96(supply);
    }

    function cap(uint256 supply) internal pure returns (uint96) {
        return uint96(supply >> 96);
    }

    function holders(uint256 supply) internal pure returns (uint256) {
        return supply >> 192;
    }

    /// @dev How many units may still be issued.
    function left(uint256 supply) internal pure returns (uint256) {
        unchecked {
            return cap(supply) - total(supply);
        }
    }
}

/// @dev Reads an account's word: spare 24 | last ratio 32 | waiting 7 | frozen 1 | encumbered 96 | units 96.
/// Invariant: encumbered <= units, and encumbered = the sum of the account's open holds.
library Holding {
    uint256 internal constant FROZEN = 1 << 192;
    uint256 internal constant ONE_WAITS = 1 << 193;
    uint256 internal constant WAITING = 0x7f << 193;

    /// @dev Number of the last consolidation or split that carried the account.
    function ratioOf(uint256 account) internal pure returns (uint32) {
        return uint32(account >> 200);
    }

    function units(uint256 account) internal pure returns (uint256) {
        return uint96(account);
    }

    function encumbered(uint256 account) internal pure returns (uint256) {
        return uint96(account >> 96);
    }

    /// @dev Units outside every hold, frozen ones included.
    function unheld(uint256 account) internal pure returns (uint256) {
        unchecked {
            return uint96(account) - uint96(account >> 96);
        }
    }
}
