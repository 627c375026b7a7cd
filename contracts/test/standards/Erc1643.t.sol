// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IDocuments} from "../../interfaces/IDocuments.sol";
import {ITokenTypes} from "../../interfaces/ITokenTypes.sol";
import {Vm} from "../Fixture.t.sol";
import {Standard} from "./Standard.t.sol";

/// @dev ERC-1643's clauses, one a test.
contract Erc1643Test is Standard {
    uint256 private constant MOST = 64;
    IDocuments private documents;

    function setUp() public override {
        super.setUp();
        documents = IDocuments(address(token));
    }

    function set(bytes32 name, string memory uri, bytes32 hash) private {
        vm.prank(REGISTRAR);
        documents.setDocument(name, uri, hash);
    }

    function remove(bytes32 name) private {
        vm.prank(REGISTRAR);
        documents.removeDocument(name);
    }

    function expectDocument(bytes32 name, string memory uri, bytes32 hash, uint256 modifiedAt) private view {
        (string memory storedUri, bytes32 storedHash, uint256 storedAt) = documents.getDocument(name);
        eq(keccak256(bytes(storedUri)), keccak256(bytes(uri)), "uri");
        eq(storedHash, hash, "hash");
        eq(storedAt, modifiedAt, "last modified");
    }

    /// @dev The data of the one recorded event of a document.
    function documentEvent(bytes32 topic, bytes32 name) private returns (string memory uri, bytes32 hash) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256[] memory places = placesOf(logs, topic);
        eq(places.length, 1, "emitted once");
        eq(logs[places[0]].topics[1], name, "its name");
        eq(placesOf(logs, ITokenTypes.Entry.selector).length, 1, "and one entry");
        return abi.decode(logs[places[0]].data, (string, bytes32));
    }

    function test_setDocumentStoresUriHashAndTime() public {
        vm.warp(START + 7);
        set("deed", "https://example.test/deed", "hash 1");
        expectDocument("deed", "https://example.test/deed", "hash 1", START + 7);
        eq(documents.getAllDocuments().length, 1, "listed");
        eq(documents.getAllDocuments()[0], "deed", "by name");
    }

    function test_setDocumentReplacesAndListsOnce() public {
        set("deed", "https://example.test/deed", "hash 1");
        vm.warp(START + 9);
        set("deed", "https://example.test/deed2", "hash 2");
        expectDocument("deed", "https://example.test/deed2", "hash 2", START + 9);
        eq(documents.getAllDocuments().length, 1, "listed once");
    }

    function test_setDocumentEmitsDocumentUpdated() public {
        vm.recordLogs();
        set("deed", "https://example.test/deed", "hash 1");
        (string memory uri, bytes32 hash) = documentEvent(IDocuments.DocumentUpdated.selector, "deed");
        eq(keccak256(bytes(uri)), keccak256("https://example.test/deed"), "uri");
        eq(hash, "hash 1", "hash");
    }

    function test_removeDocumentForgetsAndUnlists() public {
        bytes32[4] memory names = [bytes32("a"), "b", "c", "d"];
        for (uint256 i; i < names.length; ++i) {
            set(names[i], "uri", bytes32(i + 1));
        }
        remove("b");
        expectDocument("b", "", 0, 0);
        bytes32[] memory rest = documents.getAllDocuments();
        eq(rest.length, 3, "three are left");
        yes(rest[0] == "a" && rest[1] == "d" && rest[2] == "c", "the others are");
        remove("c");
        remove("a");
        eq(documents.getAllDocuments()[0], "d", "the last one");
        remove("d");
        eq(documents.getAllDocuments().length, 0, "none");
    }

    function test_removeDocumentEmitsDocumentRemoved() public {
        set("deed", "https://example.test/deed", "hash 1");
        vm.recordLogs();
        remove("deed");
        (string memory uri, bytes32 hash) = documentEvent(IDocuments.DocumentRemoved.selector, "deed");
        eq(keccak256(bytes(uri)), keccak256("https://example.test/deed"), "uri");
        eq(hash, "hash 1", "hash");
    }

    function test_removeDocumentOfAnUnknownNameReverts() public {
        vm.expectRevert(abi.encodeWithSelector(IDocuments.DocumentUnknown.selector, bytes32("deed")));
        remove("deed");
    }

    function test_aRemovedDocumentMayComeBack() public {
        set("deed", "uri", "hash 1");
        remove("deed");
        set("deed", "uri", "hash 1");
        eq(documents.getAllDocuments().length, 1, "listed once");
    }

    function test_changesAreTheRegistrars() public {
        vm.expectRevert(unauthorized(holder));
        vm.prank(holder);
        documents.setDocument("deed", "uri", "hash");
        set("deed", "uri", "hash");
        vm.expectRevert(unauthorized(holder));
        vm.prank(holder);
        documents.removeDocument("deed");
    }

    function test_theListHasALimitThatReplacingDoesNotReach() public {
        for (uint256 i = 1; i <= MOST; ++i) {
            set(bytes32(i), "uri", bytes32(i));
        }
        vm.expectRevert(abi.encodeWithSelector(IDocuments.TooManyDocuments.selector, MOST));
        set(bytes32(MOST + 1), "uri", "one more");
        set(bytes32(MOST), "uri", "replaced");
        eq(documents.getAllDocuments().length, MOST, "as many");
    }
}
