// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IOrders} from "../interfaces/IOrders.sol";
import {Encumbrances} from "./Encumbrances.sol";
import {HoldKind} from "./Holds.sol";
import {Code} from "./Rules.sol";

/// @title Signed orders of self-custody wallets and ERC-2612 permits
abstract contract Orders is Encumbrances, EIP712, IOrders {
    uint8 private constant TRANSFER = 1;
    uint8 private constant REQUEST = 2;
    uint8 private constant ACCEPT = 3;
    uint8 private constant CANCEL = 4;
    uint8 private constant HOLD = 5;
    uint8 private constant REVOKE = 6;

    bytes32 private constant ORDER_TYPE = keccak256(
        "Order(uint8 action,address account,address to,uint96 units,uint32 expiryMinutes,address controller,bytes32 ref,bytes32 data,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant PERMIT_TYPE =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @inheritdoc IOrders
    function relay(Order calldata order, bytes calldata signature) external {
        if (block.timestamp > order.deadline) revert OrderExpired(order.deadline);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ORDER_TYPE, order)));
        if (!SignatureChecker.isValidSignatureNow(order.account, digest, signature)) {
            revert SignatureInvalid(order.account);
        }
        _useNonce(order.account, order.nonce);
        if (order.action == REVOKE) return;
        Book memory book = _openToMove();
        book.self = order.account;
        uint8 code = _carryOut(book, order);
        if (code != Code.OK) _revert(code, order.account, order.to, order.units);
        _close(book);
    }

    /// @inheritdoc IOrders
    function revoke(uint256 nonce) external {
        _useNonce(msg.sender, nonce);
    }

    /// @inheritdoc IOrders
    function isNonceUsed(address account, uint256 nonce) external view returns (bool) {
        return _usedNonces[account][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @notice ERC-2612.
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 fields = keccak256(abi.encode(PERMIT_TYPE, owner, spender, value, _permits[owner]++, deadline));
        address signer = ECDSA.recover(_hashTypedDataV4(fields), v, r, s);
        if (signer != owner) revert ERC2612InvalidSigner(signer, owner);
        _approveAllowance(owner, spender, value);
    }

    /// @notice ERC-2612: the next permit's nonce.
    function nonces(address owner) external view returns (uint256) {
        return _permits[owner];
    }

    /// @notice ERC-2612.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _carryOut(Book memory book, Order calldata order) private returns (uint8) {
        if (order.action == TRANSFER) {
            return _direct(book, order.account, order.to, order.units, order.ref, order.data);
        }
        if (order.action == REQUEST) {
            return _request(
                book,
                RequestRow(order.account, order.to, order.units, order.expiryMinutes, order.ref, order.data)
            );
        }
        if (order.action == ACCEPT) return _accept(book, order.ref);
        if (order.action == CANCEL) return _cancel(book, order.ref);
        if (order.action != HOLD) revert OrderUnknown(order.action);
        uint8 kind = uint8(HoldKind.DVP);
        return _createDvp(
            book,
            HoldRow(
                order.account,
                order.to,
                order.controller,
                order.units,
                kind,
                order.expiryMinutes,
                order.ref,
                order.data,
                0
            )
        );
    }

    function _useNonce(address account, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 page = _usedNonces[account][nonce >> 8];
        if (page & bit != 0) revert NonceSpent(nonce);
        _usedNonces[account][nonce >> 8] = page | bit;
        emit NonceUsed(account, nonce);
    }
}
