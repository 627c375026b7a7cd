// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title Signed orders of self-custody wallets, which anyone may relay
/// @notice EIP-712 over the domain {name: "Genbo", version: "1", chainId, verifyingContract: the token}; ERC-1271
/// wallets sign too. Nonces need no order: each is used once, by an order or by its revocation.
/// Called on the token itself. Accounts with a custodian cannot order (code 40).
interface IOrders is IERC20Permit {
    /// @param action 1 transfer, 2 request a transfer, 3 accept a request, 4 cancel a request, 5 open a DvP hold,
    /// 6 revoke the order of the same nonce
    /// @param account the wallet that signs
    /// @param ref id of the new hold, or for 3 and 4 of the request
    /// @param deadline last second (unix) at which it may be relayed
    struct Order {
        uint8 action;
        address account;
        address to;
        uint96 units;
        uint32 expiryMinutes;
        address controller;
        bytes32 ref;
        bytes32 data;
        uint256 nonce;
        uint64 deadline;
    }

    /// @notice The nonce is used up.
    event NonceUsed(address indexed account, uint256 nonce);

    error OrderExpired(uint64 deadline);
    error OrderUnknown(uint8 action);
    error NonceSpent(uint256 nonce);
    error SignatureInvalid(address account);
    /// @notice ERC-2612.
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);

    /// @notice Does what the order says, or reverts with the rule's error.
    function relay(Order calldata order, bytes calldata signature) external;

    /// @notice Uses up a nonce of the caller, so that no order with it can be relayed.
    function revoke(uint256 nonce) external;

    /// @notice Whether an order with this nonce was carried out or revoked.
    function isNonceUsed(address account, uint256 nonce) external view returns (bool);
}
