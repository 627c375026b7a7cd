// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Fixture, Vm} from "../Fixture.t.sol";

/// @dev A self-custody holder with units, whose token is asked what a standard promises.
abstract contract Standard is Fixture {
    uint256 internal constant HOLDER_KEY = 0xA11CE;
    address internal constant RECEIVER = address(0x201);
    address internal constant SPENDER = address(0x501);
    address internal constant NOBODY = address(0);
    uint96 internal constant UNITS = 100;
    address internal holder;

    function setUp() public virtual override {
        super.setUp();
        holder = vm.addr(HOLDER_KEY);
        register(holder, 1, 0);
        register(RECEIVER, 2, 0);
        issue(token, holder, UNITS);
    }

    function transfer(address from, address to, uint256 units) internal returns (bool) {
        vm.prank(from);
        return token.transfer(to, units);
    }

    function approve(address spender, uint256 units) internal returns (bool) {
        vm.prank(holder);
        return token.approve(spender, units);
    }

    function transferFrom(address from, address to, uint256 units) internal returns (bool) {
        vm.prank(SPENDER);
        return token.transferFrom(from, to, units);
    }

    /// @dev The places of the recorded logs with a topic.
    function placesOf(Vm.Log[] memory logs, bytes32 topic) internal pure returns (uint256[] memory places) {
        places = new uint256[](logs.length);
        uint256 found;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) places[found++] = i;
        }
        assembly ("memory-safe") {
            mstore(places, found)
        }
    }

    /// @dev The one recorded event with two indexed addresses and an amount is this one.
    function emittedOnce(bytes32 topic, address first, address second, uint256 amount) internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256[] memory places = placesOf(logs, topic);
        eq(places.length, 1, "emitted once");
        Vm.Log memory log = logs[places[0]];
        eq(log.topics[1], bytes32(uint256(uint160(first))), "its first address");
        eq(log.topics[2], bytes32(uint256(uint160(second))), "its second address");
        eq(abi.decode(log.data, (uint256)), amount, "its amount");
    }
}
