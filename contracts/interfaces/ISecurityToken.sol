// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ITokenTypes} from "./ITokenTypes.sol";

/// @title One issue of a security, its holdings, and the chain of entries from which its register is folded
/// @notice Every change that the register must know is one {Entry}. Whoever replays the entries and reaches
/// {head} has missed none and changed none. Units are whole (`decimals` 0).
///
/// The `data` word of an entry ends in four uint16 days since 1970-01-01 (JST): trade, acquisition, settlement
/// and the acquisition day of the one lot that is consumed (0: first in, first out). A HOLD_CREATED word is
/// kind 4 bits | expiry 28 (minutes since the epoch, 0: never) | controller 160 | the four days, and comes
/// again with each later entry of the hold. A move by order may set the top nibble 1: the lots keep their days.
///
/// What each kind does to the holdings (an auditor's fold):
/// ISSUE, REDEEM, TRANSFER, FORCED_TRANSFER, RECOVERY move `units` from `from` to `to` (zero: out of or into nothing).
/// HOLD_CREATED encumbers `units` of `from`; where `from` = `to` it encumbers nothing yet: an attachment that ranks
/// behind others, or the frozen units of ERC-7943 (kind FREEZE, which never counts as encumbered but lowers what is free).
/// HOLD_EXECUTED moves `units` and lowers the hold by them. HOLD_RELEASED ends the hold and its `units`.
/// HOLD_RANKED: a pledge that was just created with no units claims `units` of another's: `data` is the id of the first
/// pledge on them, and those on the same units rank by the order of these lines. HOLD_ASSIGNED: `to` is the pledgee now.
/// HOLD_SUCCEEDED: `units` under hold `ref` go with it from `from` to its successor `to`; the word is flags 4 bits (1: the
/// lots keep their days, 2: to one of several) | zero 92 | what it claims there 96 | the four days. With flag 2 the hold loses
/// these units and this claim to a part of it, whose id is 0xff..fe (12 bytes) and the end of keccak256(abi.encode(ref, to)).
/// HOLD_CHANGED: the hold has `units` and reads `data` from now on; where `from` differs from `to` the account behind
/// it changed, and the units move with their encumbrance.
interface ISecurityToken is IERC20Metadata, ITokenTypes {
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

    /// @notice Ends requests and DvP holds without a move. Registrar only. Code: 41.
    function rejectTransfers(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice Withdraws requests: whoever acts for the seller (a custodian with the broker role), or anyone once they expired. Codes: 40, 41.
    function cancelTransfers(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice Units that an attachment or a pledge behind another claims, those it still waits for included; 0 when it
    /// waits for none.
    function claimOf(bytes32 holdId) external view returns (uint256);

    /// @notice ERC-1404: code of the first rule that says no, 0 when none does.
    function detectTransferRestriction(address from, address to, uint256 units) external view returns (uint8);

    /// @notice ERC-1404: the code's name in the one table of refusals.
    function messageForTransferRestriction(uint8 code) external view returns (string memory);

    /// @notice Every failing rule at once: bit i is set when the rule of code i says no. NEEDS_REQUEST (15) is
    /// left out, since it says how to transfer and not whether.
    function failingRules(address from, address to, uint256 units) external view returns (uint256);

    /// @notice A hold as it stands; of a closed one its state alone.
    function holdOf(bytes32 id) external view returns (Hold memory);

    /// @notice The transfer policy, from the top: flags 8 | class mask 16 | lot 32 | locked up until 40 (seconds) |
    /// most units a person 96 | most holders 32 | spare 32. Flags: 1 paused, 2 acceptance required, 4 approval
    /// required, 8 whole holding only, 16 transfers forbidden, 32 persons tracked. Persons are tracked from the
    /// start or never; an issue that starts with a limit by person is tracked. Where acceptance or approval is required, a
    /// DvP hold executes once the registrar has approved it.
    function policy() external view returns (uint256);

    /// @notice Units of an account that no hold encumbers.
    function freeUnits(address account) external view returns (uint256);

    /// @notice Persons (not wallets) with units; only where persons are tracked, else 0.
    function holderCount() external view returns (uint256);

    /// @notice Units of a person over all wallets; only where persons are tracked, else 0.
    function unitsOfPerson(uint96 personId) external view returns (uint256);

    /// @notice Approved units.
    function cap() external view returns (uint96);

    /// @notice The hash over every entry so far, see {Entry}; zero before the first.
    function head() external view returns (bytes32);

    /// @notice Number of the last entry: the last 32 bits of {head}.
    function seq() external view returns (uint64);

    /// @notice ERC-7943: true exactly when whoever acts for `from` can make this transfer now.
    function canTransfer(address from, address to, uint256 units) external view returns (bool);

    /// @notice ERC-7943: registered and not frozen; a lapsed check does not keep anybody from selling.
    function canSend(address account) external view returns (bool);

    /// @notice ERC-7943: registered, checked, not frozen and of an admitted class.
    function canReceive(address account) external view returns (bool);

    /// @notice ERC-7943: units frozen by the enforcer, which may exceed the balance.
    function getFrozenTokens(address account) external view returns (uint256);

    /// @notice Where the functions of ILegalActs live; this token delegates to it, for good.
    function legalActs() external view returns (address);
}
