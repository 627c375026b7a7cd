// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IRefusals} from "./IRefusals.sol";

/// @title Who stands behind each wallet
/// @notice One 32-byte record a wallet, from the top: personId 96 | class bits 16 | flags 8 | valid until 40
/// (seconds) | country 16 (ISO 3166 numeric) | custodian 32 | spare 48 (zero). No personal data and no bare
/// hash of it: the particulars are an HMAC whose key never leaves the vault (Trust Act 186(iii), APPI).
interface IHolderRegistry is IRefusals {
    struct Row {
        address wallet;
        bytes32 record;
        bytes32 particulars;
    }

    /// @notice A wallet's record was written. Folded into {head} as entry number {seq}.
    event Recorded(address indexed wallet, bytes32 record, bytes32 particulars);

    /// @notice The head after a batch, once per batch.
    event HeadMoved(uint64 seq, bytes32 head);

    /// @notice `signer` acts for the accounts of custodian `custodianId` from now on (0: for nobody).
    event CustodianSet(address indexed signer, uint32 custodianId);

    /// @notice A side agreed, until `until` (seconds), that `wallet` moves to another custodian; 0: it took that back.
    event MoveConsented(
        address indexed wallet,
        uint32 indexed fromCustodian,
        uint32 indexed toCustodian,
        bool leaving,
        bool arriving,
        uint40 until
    );

    /// @notice Writes records, each row on its own. The registrar may write any wallet; a custodian's signer
    /// with the broker role only its own customers', whose flags it may raise but never lower.
    /// @param atomic revert everything on the first bad row instead of skipping it
    /// Codes: 40, 46, 60, 61, 62, 63, 64. A wallet never moves to another person, and to another custodian only by
    /// the registrar with the consent of both sides ({consentToMove}), which the move uses up.
    function setRecords(Row[] calldata rows, bool atomic) external;

    /// @notice Names the custodian a signer acts for; 0 ends it. Admin only.
    function setCustodian(address signer, uint32 custodianId) external;

    /// @notice Agrees, for 30 days, that each wallet moves from its present custodian to `toCustodian`, or takes that
    /// back. A side speaks by its custodian's signer with the broker role; the side without a custodian (0) by the
    /// wallet's own key. Each row on its own. Codes: 40 the caller is neither side, 60 no record or no change.
    function consentToMove(address[] calldata wallets, uint32 toCustodian, bool consents, bool atomic) external;

    /// @notice Until when (seconds) each side's consent to the wallet's move to `toCustodian` holds; 0: none.
    function consentsTo(address wallet, uint32 toCustodian) external view returns (uint40 leaving, uint40 arriving);

    /// @notice The custodian that a signer acts for, while it has the broker role; 0: none.
    function custodianOf(address signer) external view returns (uint32);

    /// @notice The record of a wallet; zero when there is none, which never counts as registered.
    function recordOf(address wallet) external view returns (bytes32);

    /// @notice Both parties of a move in one call.
    function pair(address from, address to) external view returns (bytes32, bytes32);

    /// @notice The records of many wallets, for a batch to ask once.
    function records(address[] calldata wallets) external view returns (bytes32[] memory);

    /// @notice head' = keccak256(abi.encode(head, wallet, record, particulars)) with its last 32 bits replaced by the
    /// record's number, from zero over all records.
    function head() external view returns (bytes32);

    /// @notice Number of the last record: the last 32 bits of {head}.
    function seq() external view returns (uint64);
}
