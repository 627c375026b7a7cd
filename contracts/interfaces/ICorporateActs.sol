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

    /// @notice The issuer asks for `n` new units in the place of `d` old ones; it may begin from `executableAt` (seconds) on.
    event RatioProposed(uint64 n, uint64 d, uint256 executableAt);

    /// @param holdIds the account's open holds that wait for no units, in ascending order
    struct CarriedRow {
        address account;
        bytes32[] holdIds;
    }

    /// @notice Consolidation or split (Trust Act 197(1)(iii)): the issuer's issuer role asks for it, a later proposal
    /// replaces it. Codes: 55.
    function proposeRatio(uint64 n, uint64 d) external;

    /// @notice Begins what the issuer asked for, after its notice: from now on no unit and no hold moves (18) until
    /// {endRatio}. Registrar only. Entries: POLICY with flag 64, RATIO with the units of the issue. Codes: 18, 44, 55.
    function beginRatio(uint64 n, uint64 d, bytes32 ref) external;

    /// @notice Carries accounts, each once: floor(units * n / d), and the same for each of its holds, for what its
    /// waiting attachments claim and for its frozen units. Registrar only; skips a row that cannot be, with its reason.
    /// A RATIO entry an account (from = to, ref: the ratio's) and one a hold (to: zero, ref: the hold's), data
    /// n << 128 | dropped << 64 | d: `dropped` d-ths of a unit fell away. Holds go before their account where it loses
    /// units, else after it. Codes: 4, 41, 48, 54; 55 for the whole call when nothing has begun.
    function carry(CarriedRow[] calldata rows) external;

    /// @notice Ends it once every unit was carried. Registrar only. Entries: RATIO with the units of the issue, POLICY.
    /// Codes: 55.
    function endRatio(bytes32 ref) external;

    /// @notice The ratio that is being carried out (n = 0: none), and how many of the old units were carried.
    function ratio() external view returns (uint64 n, uint64 d, bytes32 ref, uint96 total, uint96 carried);

    /// @notice Whether the ratio that is being carried out was carried over an account.
    function isCarried(address account) external view returns (bool);

    /// @notice The ratio that the issuer asked for (n = 0: none), and from when (seconds) it may begin.
    function proposedRatio() external view returns (uint64 n, uint64 d, uint256 executableAt);

    /// @notice The policy that the issuer asked for, and from when (seconds) it may be put in force.
    function proposedPolicy() external view returns (uint256 policy, uint256 executableAt);
}
