// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @title ERC-1643: the documents of an issue, by name
/// @notice Each change is an entry of kind TERMS too (ref: the name, data: the hash, zero when removed), so that the
/// register knows when which document applied.
interface IDocuments {
    event DocumentUpdated(bytes32 indexed name, string uri, bytes32 documentHash);
    event DocumentRemoved(bytes32 indexed name, string uri, bytes32 documentHash);

    error DocumentUnknown(bytes32 name);
    error TooManyDocuments(uint256 most);

    /// @notice Adds or replaces a document. Registrar only.
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external;

    /// @notice Registrar only.
    function removeDocument(bytes32 name) external;

    /// @notice A document's place, hash and last change (unix seconds); zeros when there is none.
    function getDocument(bytes32 name) external view returns (string memory uri, bytes32 hash, uint256 modifiedAt);

    /// @notice The names of all documents, in no promised order; at most 64.
    function getAllDocuments() external view returns (bytes32[] memory);
}
