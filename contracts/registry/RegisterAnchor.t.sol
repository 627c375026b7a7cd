// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Fixture} from "../test/Fixture.t.sol";
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
}
