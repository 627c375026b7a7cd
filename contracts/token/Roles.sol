// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @dev Role ids in the AccessManager. An issuer has a role of its own, from FIRST_ISSUER.
library Roles {
    uint64 internal constant ADMIN = 0;
    uint64 internal constant REGISTRAR = 1;
    uint64 internal constant BROKER = 2;
    uint64 internal constant ENFORCER = 3;
    uint64 internal constant SETTLEMENT_AGENT = 4;
    uint64 internal constant FIRST_ISSUER = 1000;
    /// @dev AccessManager's PUBLIC_ROLE: every account has it.
    uint64 internal constant EVERYBODY = type(uint64).max;
}
