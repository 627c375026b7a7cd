// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {Fixture} from "../test/Fixture.t.sol";
import {CashToken} from "./CashToken.sol";
import {Settlement} from "./Settlement.sol";

/// @dev Ten units of the seller against 500 of the buyer's cash.
abstract contract SettlementFixture is Fixture {
    address internal constant SELLER = address(0x101);
    address internal constant BUYER = address(0x201);
    uint64 internal constant DEADLINE = uint64(START + 1 days);
    Settlement internal settlement;
    CashToken internal cash;

    function setUp() public virtual override {
        super.setUp();
        settlement = new Settlement(address(manager));
        cash = new CashToken(address(manager));
        bind(address(settlement), Settlement.attest.selector);
        bind(address(cash), CashToken.admit.selector);
        bind(address(cash), CashToken.mint.selector);
        vm.startPrank(AGENT);
        cash.admit(SELLER, true);
        cash.admit(BUYER, true);
        cash.admit(address(settlement), true);
        cash.mint(BUYER, 1000);
        vm.stopPrank();
        register(SELLER, 1, 1);
        register(BUYER, 2, 2);
        issue(token, SELLER, 100);
    }

    function bind(address target, bytes4 selector) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, 4);
    }

    function instruction(uint8 kind, address asset) internal view returns (ISettlement.Instruction memory) {
        ISettlement.Leg[] memory legs = new ISettlement.Leg[](2);
        legs[0] = ISettlement.Leg(1, address(token), SELLER, BUYER, 10);
        legs[1] = ISettlement.Leg(kind, asset, BUYER, SELLER, 500);
        return ISettlement.Instruction("deal", DEADLINE, legs);
    }

    function hold(ISettlement.Instruction memory deal, uint96 units) internal {
        bytes32 id = settlement.legIdOf(settlement.idOf(deal), 0);
        vm.prank(BROKER_1);
        acts().createDvpHolds(
            holdRow(SELLER, BUYER, address(settlement), units, 2, 0, id), true
        );
    }

    function pay(ISettlement.Instruction memory deal) internal {
        vm.startPrank(BUYER);
        ERC20(deal.legs[1].asset).approve(address(settlement), 500);
        settlement.fund(deal, 1);
        vm.stopPrank();
    }
}
