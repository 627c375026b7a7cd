// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IRefusals} from "./IRefusals.sol";

/// @title One issue of a security, its holdings, and the chain of entries from which its register is folded
/// @notice Every change that the register must know is one {Entry}. Whoever replays the entries and reaches
/// {head} has missed none and changed none. Units are whole (`decimals` 0).
///
/// The `data` word of an entry ends in four uint16 days since 1970-01-01 (JST): trade, acquisition, settlement
/// and the acquisition day of the one lot that is consumed (0: first in, first out). A HOLD_CREATED word is
/// kind 4 bits | expiry 28 (minutes since the epoch, 0: never) | controller 160 | the four days, and comes
/// again with each later entry of the hold.
interface ISecurityToken is IERC20Metadata, IERC20Errors, IRefusals {
    /// @param ref the issue's id off chain, and the salt of the token's address
    /// @param cap approved units; no issue goes beyond
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
    /// head' = keccak256(abi.encode(head, seq, kind, basis, units, from, to, ref, data)), from zero and seq 1.
    /// @param kind 1 ISSUE, 2 REDEEM, 3 TRANSFER, 4 FORCED_TRANSFER, 5 RECOVERY, 6 HOLD_CREATED,
    /// 7 HOLD_ACCEPTED, 8 HOLD_EXECUTED, 9 HOLD_RELEASED, 10 HOLD_CHANGED, 11 POLICY, 12 RATIO, 13 MARK, 14 TERMS
    /// @param basis the legal basis, see {Basis}
    /// @param ref id of the operation, transfer or case off chain; of a hold, from its creation to its end
    event Entry(
        uint64 seq,
        uint8 kind,
        uint16 basis,
        uint96 units,
        address from,
        address to,
        bytes32 indexed ref,
        bytes32 data,
        bytes32 head
    );

    /// @notice ERC-7943: the balance would do, but part of it is encumbered.
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);

    /// @notice Spare bits of a policy word are set, or a limit by person where persons are not tracked.
    error PolicyInvalid(uint256 policy);

    /// @notice The issue has had 2^32 entries.
    error RegisterFull();

    /// @notice Issues units, each row on its own. The issue's issuer role; Trust Act 186.
    /// Codes: 3, 4, 10, 13, 16, 17, 30 to 33, 50.
    function issue(IssueRow[] calldata rows, bool atomic) external;

    /// @notice Redeems free units. The issue's issuer role. Codes: 1, 2, 4, 10, 20, 21.
    function redeem(RedeemRow[] calldata rows, bool atomic) external;

    /// @notice Moves units between accounts on the word of the seller's custodian, where the policy demands
    /// neither acceptance nor approval. Broker role and custodian of `from`. Codes: 1 to 5, 10 to 17, 20 to 33, 40.
    function custodiedTransfer(TransferRow[] calldata rows, bool atomic) external;

    /// @notice Opens transfer requests (joint request, Trust Act 198(2)): the units are held until the request
    /// ends. Broker role and custodian of `from`. Codes: 1 to 5, 10 to 14, 16, 17, 20 to 33, 40, 43, 44.
    function requestTransfers(RequestRow[] calldata rows, bool atomic) external;

    /// @notice The buyer's side joins the request; without required approval this moves the units at once.
    /// Broker role and custodian of the receiver. Codes: 40, 41, 43, 45 and those of a move.
    function acceptTransfers(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice Approves requests and moves their units; every rule is checked again. Registrar only.
    /// Codes: 41, 42, 43 and those of a move.
    function approveTransfers(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice Ends requests without a move. Registrar only. Code: 41.
    function rejectTransfers(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice Withdraws requests: whoever acts for the seller, or anyone once they expired. Codes: 40, 41.
    function cancelTransfers(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice ERC-7943: true exactly when whoever acts for `from` can make this transfer now.
    function canTransfer(address from, address to, uint256 units) external view returns (bool);

    /// @notice ERC-1404: code of the first rule that says no, 0 when none does.
    function detectTransferRestriction(address from, address to, uint256 units) external view returns (uint8);

    /// @notice ERC-1404: the code's name in the one table of refusals.
    function messageForTransferRestriction(uint8 code) external view returns (string memory);

    /// @notice Every failing rule at once: bit i is set when the rule of code i says no. NEEDS_REQUEST (15) is
    /// left out, since it says how to transfer and not whether.
    function failingRules(address from, address to, uint256 units) external view returns (uint256);

    function holdOf(bytes32 id) external view returns (Hold memory);

    /// @notice The transfer policy, from the top: flags 8 | class mask 16 | lot 32 | locked up until 40 (seconds) |
    /// most units a person 96 | most holders 32 | spare 32. Flags: 1 paused, 2 acceptance required, 4 approval
    /// required, 8 whole holding only, 16 transfers forbidden, 32 persons tracked. Persons are tracked from the
    /// start or never; an issue that starts with a limit by person is tracked.
    function policy() external view returns (uint256);

    /// @notice Units of an account that no hold encumbers.
    function freeUnits(address account) external view returns (uint256);

    /// @notice Persons (not wallets) with units; only where persons are tracked, else 0.
    function holderCount() external view returns (uint256);

    /// @notice Units of a person over all wallets; only where persons are tracked, else 0.
    function unitsOfPerson(uint96 personId) external view returns (uint256);

    /// @notice Approved units.
    function cap() external view returns (uint96);

    function head() external view returns (bytes32);

    function seq() external view returns (uint64);
}
