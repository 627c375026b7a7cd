// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {Fixture} from "../test/Fixture.t.sol";
import {Code} from "./Rules.sol";
import {SecurityToken} from "./SecurityToken.sol";

/// @dev A wallet that accepts what its owner announced.
contract Wallet1271 is IERC1271 {
    bytes32 private _announced;

    function announce(bytes32 digest) external {
        _announced = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == _announced ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

contract OrdersTest is Fixture {
    uint256 internal constant KEY = 0xA11CE;
    uint64 internal constant DEADLINE = uint64(START + 1 hours);
    bytes32 internal constant ORDER_TYPE = keccak256(
        "Order(uint8 action,address account,address to,uint96 units,uint32 expiryMinutes,address controller,bytes32 ref,bytes32 data,uint256 nonce,uint64 deadline)"
    );
    address internal constant BOB = address(0x201);
    address internal alice;
    IOrders internal orders;

    function setUp() public override {
        super.setUp();
        alice = vm.addr(KEY);
        register(alice, 1, 0);
        register(BOB, 2, 2);
        issue(token, alice, 100);
        orders = IOrders(address(token));
    }

    function order(uint8 action, uint96 units, bytes32 ref, uint256 nonce) private view returns (IOrders.Order memory) {
        return IOrders.Order(action, alice, BOB, units, 0, STRANGER, ref, 0, nonce, DEADLINE);
    }

    function digestOf(IOrders.Order memory order_) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Genbo"),
                keccak256("1"),
                block.chainid,
                address(orders)
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, keccak256(abi.encode(ORDER_TYPE, order_))));
    }

    function signed(IOrders.Order memory order_) private returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(order_));
        return abi.encodePacked(r, s, v);
    }

    function test_anyoneRelaysATransferOnce() public {
        IOrders.Order memory sale = order(1, 10, "sale", 7);
        bytes memory signature = signed(sale);
        vm.prank(STRANGER);
        orders.relay(sale, signature);
        eq(token.balanceOf(BOB), 10, "moved");
        yes(orders.isNonceUsed(alice, 7), "used");
        vm.expectRevert(abi.encodeWithSelector(IOrders.NonceSpent.selector, 7));
        orders.relay(sale, signature);
    }

    function test_requestCancelAndHold() public {
        IOrders.Order memory request = order(2, 10, "r", 1);
        orders.relay(request, signed(request));
        eq(token.freeUnits(alice), 90, "held");
        IOrders.Order memory cancel = order(4, 0, "r", 2);
        orders.relay(cancel, signed(cancel));
        eq(token.freeUnits(alice), 100, "free");
        IOrders.Order memory hold = order(5, 10, "h", 3);
        orders.relay(hold, signed(hold));
        vm.prank(STRANGER);
        acts().releaseHolds(one("h"), true);
    }

    function test_acceptForASelfCustodyBuyer() public {
        token = create_("joint", policyOf(2, 0, 0, 0, 0, 0));
        orders = IOrders(address(token));
        issue(token, BOB, 20);
        vm.prank(BROKER_2);
        token.requestTransfers(requestRow(BOB, alice, 5, 0, "r"), true);
        IOrders.Order memory accept = order(3, 0, "r", 1);
        orders.relay(accept, signed(accept));
        eq(token.balanceOf(alice), 5, "moved");
    }

    function test_aForgedChangedLateOrForeignOrderIsRefused() public {
        IOrders.Order memory sale = order(1, 10, "sale", 1);
        bytes memory signature = signed(sale);
        sale.units = 11;
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, alice));
        orders.relay(sale, signature);
        sale.units = 10;
        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, alice));
        orders.relay(sale, signature);
        vm.chainId(31337);
        SecurityToken other = create_("other", 0);
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, alice));
        IOrders(address(other)).relay(sale, signature);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IOrders.OrderExpired.selector, DEADLINE));
        orders.relay(sale, signature);
    }

    function test_aMalleableSignatureIsRefused() public {
        IOrders.Order memory sale = order(1, 10, "sale", 1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(sale));
        uint256 n = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory mirrored = abi.encodePacked(r, bytes32(n - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, alice));
        orders.relay(sale, mirrored);
    }

    function test_nobodySignsForTheZeroAddress() public {
        IOrders.Order memory sale = order(1, 10, "sale", 1);
        sale.account = address(0);
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, address(0)));
        orders.relay(sale, new bytes(65));
    }

    function test_revokedOrders() public {
        IOrders.Order memory sale = order(1, 10, "sale", 1);
        bytes memory signature = signed(sale);
        IOrders.Order memory revocation = order(6, 0, 0, 1);
        orders.relay(revocation, signed(revocation));
        vm.expectRevert(abi.encodeWithSelector(IOrders.NonceSpent.selector, 1));
        orders.relay(sale, signature);
        vm.prank(alice);
        orders.revoke(2);
        yes(orders.isNonceUsed(alice, 2), "revoked");
    }

    function test_aCustodiedAccountCannotOrder() public {
        address[] memory wallets = new address[](1);
        wallets[0] = alice;
        vm.prank(alice);
        registry.consentToMove(wallets, 1, true, true);
        vm.prank(BROKER_1);
        registry.consentToMove(wallets, 1, true, true);
        register(alice, recordOf_(1, RETAIL, 0, VALID, 1));
        IOrders.Order memory sale = order(1, 10, "sale", 1);
        bytes memory signature = signed(sale);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        orders.relay(sale, signature);
    }

    function test_contractWalletsSign() public {
        Wallet1271 wallet = new Wallet1271();
        register(address(wallet), 9, 0);
        issue(token, address(wallet), 10);
        IOrders.Order memory sale = order(1, 10, "sale", 1);
        sale.account = address(wallet);
        vm.expectRevert(abi.encodeWithSelector(IOrders.SignatureInvalid.selector, address(wallet)));
        orders.relay(sale, "");
        wallet.announce(digestOf(sale));
        orders.relay(sale, "");
        eq(token.balanceOf(BOB), 10, "moved");
    }

    function test_permit() public {
        bytes32 fields = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                alice,
                STRANGER,
                5,
                0,
                DEADLINE
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", orders.DOMAIN_SEPARATOR(), fields));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        orders.permit(alice, STRANGER, 5, DEADLINE, v, r, s);
        eq(token.allowance(alice, STRANGER), 5, "allowance");
        eq(orders.nonces(alice), 1, "nonce");
        vm.expectRevert();
        orders.permit(alice, STRANGER, 5, DEADLINE, v, r, s);
        vm.prank(STRANGER);
        token.transferFrom(alice, BOB, 5);
        eq(token.balanceOf(BOB), 5, "moved");
    }
}
