// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IRefusals} from "./IRefusals.sol";

/// @title Rows, entries and errors of a token
interface ITokenTypes is IERC20Errors, IRefusals {
    /// @param ref the issue's id off chain, and the salt of the token's address
    /// @param cap approved units, 2^63 - 1 at most; no issue goes beyond
    /// @param policy the first transfer policy, see {policy}
    /// @param termsHash hash of the issue's terms
    /// @param issuerRole the role that may issue and redeem
    struct Terms {
        bytes32 ref;
        string name;
        string symbol;
        uint96 cap;
        uint256 policy;
        bytes32 termsHash;
        uint64 issuerRole;
    }

    struct IssueRow {
        address to;
        uint96 units;
        bytes32 ref;
        bytes32 data;
    }

    struct RedeemRow {
        address from;
        uint96 units;
        bytes32 ref;
        bytes32 data;
    }

    struct TransferRow {
        address from;
        address to;
        uint96 units;
        bytes32 ref;
        bytes32 data;
    }

    struct RequestRow {
        address from;
        address to;
        uint96 units;
        uint32 expiryMinutes;
        bytes32 ref;
        bytes32 data;
    }

    /// @param kind 2 DVP, 3 PLEDGE, 4 ATTACHMENT, 5 LOCKUP
    /// @param to who receives the units when the hold executes; zero, as for every attachment: it only ever ends
    /// @param controller who alone executes, releases or hands on the hold
    /// @param behind of a pledge: another pledge on the account, on whose units it ranks after all that stand there; else zero
    struct HoldRow {
        address account;
        address to;
        address controller;
        uint96 units;
        uint8 kind;
        uint32 expiryMinutes;
        bytes32 ref;
        bytes32 data;
        bytes32 behind;
    }

    struct ExecuteRow {
        bytes32 holdId;
        uint96 units;
    }

    /// @param basis 3 to 8 or 18: the law's order that stands in for the holder's will
    /// @param data days; bit 252: the lots keep theirs; with basis 18 bits 64 to 95 name the entry that it corrects
    /// @param ref the case, whose evidence is kept off chain
    /// @param breaks the holds on `from` that the order ends, and no others
    struct OrderedRow {
        address from;
        address to;
        uint96 units;
        uint16 basis;
        bytes32 ref;
        bytes32 data;
        bytes32[] breaks;
    }

    /// @param units what the hold encumbers now
    /// @param state 0 unknown, 1 open, 2 accepted, 3 closed
    struct Hold {
        address account;
        uint96 units;
        address to;
        uint8 state;
        uint16 basis;
        bytes32 data;
    }

    /// @notice One line of the register.
    /// head' = keccak256(abi.encode(head, fromUnits, toLine, ref, data)) with its last 32 bits replaced by the line's
    /// number, which counts from 1 without a gap: a head names its own place. The first head is zero.
    /// @param ref id of the operation, transfer or case off chain; of a hold, from its creation to its end
    /// @param fromUnits from 160 bits | units 96
    /// @param toLine to 160 bits | zero 72 | basis 16, see {Basis} | kind 8: 1 ISSUE, 2 REDEEM, 3 TRANSFER, 4 FORCED_TRANSFER, 5 RECOVERY, 6 HOLD_CREATED,
    /// 7 HOLD_ACCEPTED, 8 HOLD_EXECUTED, 9 HOLD_RELEASED, 10 HOLD_CHANGED, 11 POLICY, 12 RATIO, 13 MARK, 14 TERMS, 15 HOLD_RANKED,
    /// 16 HOLD_ASSIGNED, 17 HOLD_SUCCEEDED
    event Entry(bytes32 indexed ref, uint256 fromUnits, uint256 toLine, bytes32 data, bytes32 head);

    /// @notice The issuer asks for a policy; the registrar may put it in force from `executableAt` (seconds) on.
    event PolicyProposed(uint256 policy, uint256 executableAt);

    /// @notice Spare bits of a policy word are set, or a limit by person where persons are not tracked.
    error PolicyInvalid(uint256 policy);

    /// @notice ERC-7943: units moved by order; units frozen.
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);
    event Frozen(address indexed account, uint256 amount);

    /// @notice ERC-7943: the balance would do, but part of it is encumbered or frozen.
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);
}
