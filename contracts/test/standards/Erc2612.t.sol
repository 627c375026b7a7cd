// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IOrders} from "../../interfaces/IOrders.sol";
import {Standard} from "./Standard.t.sol";

/// @dev ERC-2612's clauses, one a test.
contract Erc2612Test is Standard {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 private constant STRANGERS_KEY = 0xBAD;
    uint256 private constant VALUE = 42;
    uint256 private constant DEADLINE = START + 1 hours;
    IOrders private permits;

    function setUp() public override {
        super.setUp();
        permits = IOrders(address(token));
    }

    function signed(uint256 key, uint256 nonce, uint256 deadline) private returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 fields = keccak256(abi.encode(PERMIT, holder, SPENDER, VALUE, nonce, deadline));
        return vm.sign(key, keccak256(abi.encodePacked("\x19\x01", permits.DOMAIN_SEPARATOR(), fields)));
    }

    function unchanged() private view {
        eq(token.allowance(holder, SPENDER), 0, "no allowance");
        eq(permits.nonces(holder), 0, "the nonce stands");
    }

    function test_theFirstNonceIsZero() public view {
        eq(permits.nonces(holder), 0, "nonce");
    }

    function test_theDomainIsThisTokenOnThisChain() public {
        bytes32 hashed = keccak256(abi.encode(DOMAIN, keccak256("Genbo"), keccak256("1"), block.chainid, address(token)));
        eq(permits.DOMAIN_SEPARATOR(), hashed, "EIP-712");
        address other = address(create_("other", 0));
        yes(IOrders(other).DOMAIN_SEPARATOR() != hashed, "each token has its own");
    }

    function test_aPermitApprovesEmitsAndUsesItsNonce() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(HOLDER_KEY, 0, DEADLINE);
        vm.recordLogs();
        vm.prank(STRANGER);
        permits.permit(holder, SPENDER, VALUE, DEADLINE, v, r, s);
        emittedOnce(IERC20.Approval.selector, holder, SPENDER, VALUE);
        eq(token.allowance(holder, SPENDER), VALUE, "allowance");
        eq(permits.nonces(holder), 1, "nonce");
    }

    function test_aReusedSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(HOLDER_KEY, 0, DEADLINE);
        permits.permit(holder, SPENDER, VALUE, DEADLINE, v, r, s);
        (bool ok, bytes memory answer) =
            address(token).call(abi.encodeCall(permits.permit, (holder, SPENDER, VALUE, DEADLINE, v, r, s)));
        yes(!ok && bytes4(answer) == IOrders.ERC2612InvalidSigner.selector, "another digest, another signer");
        eq(permits.nonces(holder), 1, "nonce");
    }

    function test_anothersSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(STRANGERS_KEY, 0, DEADLINE);
        vm.expectRevert(
            abi.encodeWithSelector(IOrders.ERC2612InvalidSigner.selector, vm.addr(STRANGERS_KEY), holder)
        );
        permits.permit(holder, SPENDER, VALUE, DEADLINE, v, r, s);
        unchanged();
    }

    function test_anExpiredPermitIsRefusedAndItsLastSecondCounts() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(HOLDER_KEY, 0, DEADLINE);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IOrders.ERC2612ExpiredSignature.selector, DEADLINE));
        permits.permit(holder, SPENDER, VALUE, DEADLINE, v, r, s);
        unchanged();
        vm.warp(DEADLINE);
        permits.permit(holder, SPENDER, VALUE, DEADLINE, v, r, s);
        eq(token.allowance(holder, SPENDER), VALUE, "allowance");
    }

    function test_aMalleableSignatureIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(HOLDER_KEY, 0, DEADLINE);
        bytes32 mirrored = bytes32(CURVE_ORDER - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, mirrored));
        permits.permit(holder, SPENDER, VALUE, DEADLINE, v == 27 ? 28 : 27, r, mirrored);
        unchanged();
    }

    function test_theZeroAddressSignsNothing() public {
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
        permits.permit(NOBODY, SPENDER, VALUE, DEADLINE, 27, 0, 0);
    }

    function test_aPermitForTheZeroAddressIsRefused() public {
        bytes32 fields = keccak256(abi.encode(PERMIT, holder, NOBODY, VALUE, 0, DEADLINE));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(HOLDER_KEY, keccak256(abi.encodePacked("\x19\x01", permits.DOMAIN_SEPARATOR(), fields)));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, NOBODY));
        permits.permit(holder, NOBODY, VALUE, DEADLINE, v, r, s);
        unchanged();
    }

    function test_aPermitOfAnotherChainOrTokenIsRefused() public {
        (uint8 v, bytes32 r, bytes32 s) = signed(HOLDER_KEY, 0, DEADLINE);
        refusedAt(address(create_("other", 0)), v, r, s);
        vm.chainId(1);
        refusedAt(address(token), v, r, s);
        unchanged();
    }

    function refusedAt(address target, uint8 v, bytes32 r, bytes32 s) private {
        (bool ok, bytes memory answer) =
            target.call(abi.encodeCall(permits.permit, (holder, SPENDER, VALUE, DEADLINE, v, r, s)));
        yes(!ok && bytes4(answer) == IOrders.ERC2612InvalidSigner.selector, "another digest, another signer");
    }
}
