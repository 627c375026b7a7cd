// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Fixture} from "./Fixture.t.sol";

/// @dev Registered holders, the first of whom has 100 units.
abstract contract Holders is Fixture {
    address internal constant ALICE = address(0x101);
    address internal constant ALICE_2 = address(0x102);
    address internal constant BOB = address(0x201);
    address internal constant CAROL = address(0x301);

    function setUp() public virtual override {
        super.setUp();
        register(ALICE, 1, 1);
        register(ALICE_2, 1, 2);
        register(BOB, 2, 2);
        register(CAROL, 3, 1);
        issue(token, ALICE, 100);
    }
}
