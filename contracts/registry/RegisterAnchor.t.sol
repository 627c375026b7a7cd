// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Fixture, Vm} from "../test/Fixture.t.sol";
import {RegisterAnchor} from "./RegisterAnchor.sol";

contract RegisterAnchorTest is Fixture {
    RegisterAnchor internal anchors;

    function setUp() public override {
        super.setUp();
        anchors = new RegisterAnchor(address(manager));
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = RegisterAnchor.anchor.selector;
        manager.setTargetFunctionRole(address(anchors), selectors, 1);
    }

    function test_aRootIsSupersededByNameAndNeverOverwritten() public {
        vm.startPrank(REGISTRAR);
        anchors.anchor(ISSUE, 1, 19_000, "first", 0);
        vm.expectRevert(abi.encodeWithSelector(RegisterAnchor.RootStands.selector, bytes32("first")));
        anchors.anchor(ISSUE, 1, 19_000, "second", 0);
        anchors.anchor(ISSUE, 1, 19_000, "second", "first");
        RegisterAnchor.Anchor[] memory versions = anchors.anchorsOf(ISSUE, 1, 19_000);
        eq(versions.length, 2, "both stay");
        eq(versions[1].supersedes, "first", "named");
    }

    function test_onlyTheRegistrarAnchors() public {
        vm.expectRevert(unauthorized(STRANGER));
        vm.prank(STRANGER);
        anchors.anchor(ISSUE, 1, 19_000, "first", 0);
        vm.expectRevert(abi.encodeWithSelector(RegisterAnchor.AnchorInvalid.selector));
        vm.prank(REGISTRAR);
        anchors.anchor(ISSUE, 4, 19_000, "first", 0);
    }

    function anchor(uint8 kind, bytes32 root, bytes32 supersedes) private {
        vm.prank(REGISTRAR);
        anchors.anchor(ISSUE, kind, 19_000, root, supersedes);
    }

    function test_onlyTheThreeKindsOfRootsAreAnchored() public {
        bytes memory invalid = abi.encodeWithSelector(RegisterAnchor.AnchorInvalid.selector);
        vm.expectRevert(invalid);
        anchor(0, "first", 0);
        vm.expectRevert(invalid);
        anchor(4, "first", 0);
        vm.expectRevert(invalid);
        anchor(1, 0, 0);
        for (uint8 kind = 1; kind <= 3; ++kind) {
            anchor(kind, "first", 0);
            eq(anchors.anchorsOf(ISSUE, kind, 19_000).length, 1, "each kind by itself");
        }
    }

    function test_aRootIsSupersededByAnotherThatNamesTheLast() public {
        vm.expectRevert(abi.encodeWithSelector(RegisterAnchor.RootStands.selector, bytes32(0)));
        anchor(1, "first", "none");
        anchor(1, "first", 0);
        vm.expectRevert(abi.encodeWithSelector(RegisterAnchor.RootStands.selector, bytes32("first")));
        anchor(1, "first", "first");
        anchor(1, "second", "first");
        vm.expectRevert(abi.encodeWithSelector(RegisterAnchor.RootStands.selector, bytes32("second")));
        anchor(1, "third", "first");
        anchor(1, "third", "second");
        RegisterAnchor.Anchor[] memory versions = anchors.anchorsOf(ISSUE, 1, 19_000);
        eq(versions[2].root, "third", "root");
        eq(versions[2].anchoredAt, START, "when");
        eq(anchors.anchorsOf(ISSUE, 1, 19_001).length, 0, "no other day");
    }

    function test_aRootIsAnnounced() public {
        vm.recordLogs();
        anchor(2, "first", 0);
        Vm.Log memory log = vm.getRecordedLogs()[0];
        eq(log.topics[0], RegisterAnchor.Anchored.selector, "event");
        eq(log.topics[1], ISSUE, "subject");
        eq(uint256(log.topics[2]), 2, "kind");
        (uint16 day, bytes32 root, bytes32 supersedes) = abi.decode(log.data, (uint16, bytes32, bytes32));
        eq(day, 19_000, "day");
        eq(root, "first", "root");
        eq(supersedes, 0, "supersedes");
    }
}
