// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "./ITokenTypes.sol";

/// @title Creates one immutable token an issue
interface ITokenFactory {
    /// @notice An issue's token stands at `token`, with the cap, policy and issuer's role that the registrar asked for.
    /// Emitted before the token's own first entries.
    event IssueCreated(
        bytes32 indexed ref, address token, bytes32 termsHash, uint96 cap, uint256 policy, uint64 issuerRole
    );

    /// @notice The reference was used before, or is zero.
    error IssueExists(bytes32 ref);

    /// @notice Issuer roles lie above the platform's own, and below the one that everybody has.
    error IssuerRoleInvalid(uint64 role);

    /// @notice Creates the token of one issue and binds its functions to their roles. Registrar only.
    /// The address depends on nothing but this factory and `terms.ref`.
    function createIssue(ITokenTypes.Terms calldata terms) external returns (address token);

    /// @notice The token of an issue, or zero.
    function tokenOf(bytes32 ref) external view returns (address);

    /// @notice Where the token of an issue stands or will stand.
    function predict(bytes32 ref) external view returns (address);
}
