// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title Merkle roots of what the register said: record dates, day closes, documents
/// @notice A root is never overwritten. A later one for the same subject, kind and day names the one it supersedes,
/// so a stranger sees that, when and what was corrected.
contract RegisterAnchor is AccessManaged {
    struct Anchor {
        bytes32 root;
        bytes32 supersedes;
        uint64 anchoredAt;
    }

    /// @param subject the issue's id
    /// @param kind 1 record date, 2 day close, 3 document
    /// @param day days since 1970-01-01 (JST)
    event Anchored(bytes32 indexed subject, uint8 indexed kind, uint16 day, bytes32 root, bytes32 supersedes);

    /// @notice `present` stands; name it to supersede it.
    error RootStands(bytes32 present);
    error AnchorInvalid();

    mapping(bytes32 key => Anchor[]) private _anchors;

    constructor(address manager) AccessManaged(manager) {}

    /// @notice Publishes a root. Registrar only.
    /// @param supersedes zero for the first root of its subject, kind and day, else the root that stands
    function anchor(bytes32 subject, uint8 kind, uint16 day, bytes32 root, bytes32 supersedes) external restricted {
        if (root == bytes32(0) || kind == 0 || kind > 3) revert AnchorInvalid();
        Anchor[] storage versions = _anchors[_keyOf(subject, kind, day)];
        bytes32 present = versions.length == 0 ? bytes32(0) : versions[versions.length - 1].root;
        if (present != supersedes || present == root) revert RootStands(present);
        versions.push(Anchor(root, supersedes, uint64(block.timestamp)));
        emit Anchored(subject, kind, day, root, supersedes);
    }

    /// @notice Every version of a root, the first one first.
    function anchorsOf(bytes32 subject, uint8 kind, uint16 day) external view returns (Anchor[] memory) {
        return _anchors[_keyOf(subject, kind, day)];
    }

    function _keyOf(bytes32 subject, uint8 kind, uint16 day) private pure returns (bytes32) {
        return keccak256(abi.encode(subject, kind, day));
    }
}
