// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IDocuments} from "./IDocuments.sol";
import {ITokenTypes} from "./ITokenTypes.sol";

/// @title What issuer and registrar do to an issue as a whole
/// @notice Called on the token itself, which has these functions beside those of ISecurityToken and ILegalActs.
interface ICorporateActs is ITokenTypes, IDocuments {
    /// @notice The issue's issuer role asks for another policy; a later proposal replaces it.
    function proposePolicy(uint256 policy) external;

    /// @notice Puts the issuer's proposal in force after its delay. Registrar only. A paused issue stays paused.
    function executePolicy(uint256 policy, bytes32 ref) external;

    /// @notice Stops or resumes everything but holds by law, orders and recovery. Registrar only.
    function setPaused(bool paused, bytes32 ref) external;

    /// @notice Records a mark: trust property (Trust Act 206), the trustee's capacity (197(1)). Registrar only.
    /// Units beyond the issue's cap: 50.
    /// @param basis 7, 8 or 13; 18 rectifies the mark whose entry bits 64 to 95 of `data` name
    function mark(address account, uint96 units, uint16 basis, bytes32 ref, bytes32 data) external;

    /// @notice Records changed terms by their hash. Registrar only.
    function changeTerms(bytes32 termsHash, bytes32 ref) external;

    /// @notice The policy that the issuer asked for, and from when (seconds) it may be put in force.
    function proposedPolicy() external view returns (uint256 policy, uint256 executableAt);
}
