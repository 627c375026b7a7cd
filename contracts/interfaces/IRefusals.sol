// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @title How every contract of the platform says no
/// @notice A batch either skips a bad row and names it by {Rejected}, or, when it is atomic, reverts with the
/// error of its first bad row. The codes stand in the one table `packages/domain/src/refusals.ts`.
interface IRefusals {
    /// @notice Row `row` (its index in the batch) was skipped; nothing changed for it.
    /// @param ref the row's operation, transfer or hold id; a registry row gives its wallet, left-padded
    event Rejected(uint256 row, bytes32 indexed ref, uint8 code);

    /// @notice A rule without an error of its own in ERC-6093 or ERC-7943 says no.
    error Refused(uint8 code);

    /// @notice More rows than one transaction may carry.
    error BatchTooLong(uint256 rows, uint256 most);

    /// @notice The chain of entries, or of records, has had its 2^32 lines.
    error RegisterFull();
}
