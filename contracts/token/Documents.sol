// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IDocuments} from "../interfaces/IDocuments.sol";
import {Basis, Kind} from "./Entries.sol";
import {TokenBase} from "./TokenBase.sol";

/// @title ERC-1643
abstract contract Documents is TokenBase, IDocuments {
    /// @dev A list that anyone may read in one call, and removal that walks it.
    uint256 private constant MOST_DOCUMENTS = 64;

    /// @inheritdoc IDocuments
    function setDocument(bytes32 name_, string calldata uri, bytes32 documentHash) external restricted {
        Document storage document = _documents[name_];
        if (document.modifiedAt == 0) {
            if (_documentNames.length == MOST_DOCUMENTS) revert TooManyDocuments(MOST_DOCUMENTS);
            _documentNames.push(name_);
        }
        (document.uri, document.hash, document.modifiedAt) = (uri, documentHash, block.timestamp);
        emit DocumentUpdated(name_, uri, documentHash);
        _noteDocument(name_, documentHash);
    }

    /// @inheritdoc IDocuments
    function removeDocument(bytes32 name_) external restricted {
        Document memory document = _documents[name_];
        if (document.modifiedAt == 0) revert DocumentUnknown(name_);
        delete _documents[name_];
        uint256 last = _documentNames.length - 1;
        for (uint256 i; i < last; ++i) {
            if (_documentNames[i] == name_) _documentNames[i] = _documentNames[last];
        }
        _documentNames.pop();
        emit DocumentRemoved(name_, document.uri, document.hash);
        _noteDocument(name_, bytes32(0));
    }

    /// @inheritdoc IDocuments
    function getDocument(bytes32 name_) external view returns (string memory, bytes32, uint256) {
        Document memory document = _documents[name_];
        return (document.uri, document.hash, document.modifiedAt);
    }

    /// @inheritdoc IDocuments
    function getAllDocuments() external view returns (bytes32[] memory) {
        return _documentNames;
    }

    function _noteDocument(bytes32 name_, bytes32 documentHash) private {
        Book memory book = _open();
        _postNote(book, Kind.TERMS, Basis.TERMS_CHANGE, name_, documentHash);
        _close(book);
    }
}
