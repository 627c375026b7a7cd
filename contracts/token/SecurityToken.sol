// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ISecurityToken} from "../interfaces/ISecurityToken.sol";
import {Holds} from "./Holds.sol";
import {Basis, Kind, Ledger} from "./Ledger.sol";
import {Messages} from "./Messages.sol";
import {Code, Policy, Record, Rules} from "./Rules.sol";

/// @title The token of one issue
/// @dev An immutable clone an issue: no proxy admin, no upgrade. Entry points only; the rules are in Rules, the
/// holdings and entries in Ledger, the encumbrances in Holds.
contract SecurityToken is Holds, AccessManaged, Initializable {
    /// @dev Keeps a batch of issues below 16M gas.
    uint256 private constant MOST_ROWS = 500;

    address private immutable _manager;

    string public name;
    string public symbol;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    constructor(address manager, IHolderRegistry registry_) AccessManaged(manager) Ledger(registry_) {
        _manager = manager;
        _disableInitializers();
    }

    /// @notice Called by the factory in the transaction that creates the clone.
    function initialize(Terms calldata terms) external initializer {
        _setAuthority(_manager);
        name = terms.name;
        symbol = terms.symbol;
        _supply.cap = terms.cap;
        uint256 first = terms.policy;
        if (Policy.maxUnitsPerPerson(first) | Policy.maxHolders(first) != 0) first |= Policy.TRACKED;
        if (!Policy.isValid(first)) revert PolicyInvalid(first);
        Book memory book = Book(bytes32(0), first);
        _post(book, Line(Kind.POLICY, Basis.NONE, 0, address(0), address(0), terms.ref, bytes32(first)));
        _post(book, Line(Kind.TERMS, Basis.NONE, 0, address(0), address(0), terms.ref, terms.termsHash));
        _close(book);
    }

    function decimals() external pure returns (uint8) {
        return 0;
    }

    /// @inheritdoc ISecurityToken
    function issue(IssueRow[] calldata rows, bool atomic) external restricted {
        _limit(rows.length);
        Book memory book = _open();
        for (uint256 i; i < rows.length; ++i) {
            IssueRow calldata row = rows[i];
            uint8 code = Rules.first(_failingIssue(book.word, row.to, row.units));
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, address(0), row.to, row.units);
            else _post(book, Line(Kind.ISSUE, Basis.INITIAL, row.units, address(0), row.to, row.ref, _days(row.data)));
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function redeem(RedeemRow[] calldata rows, bool atomic) external restricted {
        _limit(rows.length);
        Book memory book = _open();
        for (uint256 i; i < rows.length; ++i) {
            RedeemRow calldata row = rows[i];
            uint8 code = Rules.first(_failingRedeem(book.word, row.from, row.units));
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.from, address(0), row.units);
            else _post(book, Line(Kind.REDEEM, Basis.REDEMPTION, row.units, row.from, address(0), row.ref, _days(row.data)));
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function custodiedTransfer(TransferRow[] calldata rows, bool atomic) external restricted {
        _limit(rows.length);
        Book memory book = _open();
        uint32 custodian = registry.custodianOf(msg.sender);
        for (uint256 i; i < rows.length; ++i) {
            TransferRow calldata row = rows[i];
            (uint256 failing, uint256 fromRecord,) = _failingDirect(book.word, row.from, row.to, row.units);
            uint8 code = Rules.first(failing | _failingCustodian(fromRecord, custodian));
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.from, row.to, row.units);
            else _post(book, Line(Kind.TRANSFER, Basis.JOINT_REQUEST, row.units, row.from, row.to, row.ref, _days(row.data)));
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function requestTransfers(RequestRow[] calldata rows, bool atomic) external restricted {
        _limit(rows.length);
        Book memory book = _open();
        uint32 custodian = registry.custodianOf(msg.sender);
        for (uint256 i; i < rows.length; ++i) {
            RequestRow calldata row = rows[i];
            uint8 code = _request(book, row, custodian);
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.from, row.to, row.units);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function acceptTransfers(bytes32[] calldata holdIds, bool atomic) external restricted {
        uint32 custodian = registry.custodianOf(msg.sender);
        Book memory book = _openFor(holdIds);
        for (uint256 i; i < holdIds.length; ++i) {
            uint8 code = _accept(book, holdIds[i], custodian);
            if (code != Code.OK) _refuseHold(atomic, i, holdIds[i], code);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function approveTransfers(bytes32[] calldata holdIds, bool atomic) external restricted {
        Book memory book = _openFor(holdIds);
        for (uint256 i; i < holdIds.length; ++i) {
            uint8 code = _approve(book, holdIds[i]);
            if (code != Code.OK) _refuseHold(atomic, i, holdIds[i], code);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function rejectTransfers(bytes32[] calldata holdIds, bool atomic) external restricted {
        Book memory book = _openFor(holdIds);
        for (uint256 i; i < holdIds.length; ++i) {
            uint8 code = _reject(book, holdIds[i]);
            if (code != Code.OK) _refuseHold(atomic, i, holdIds[i], code);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function cancelTransfers(bytes32[] calldata holdIds, bool atomic) external {
        Book memory book = _openFor(holdIds);
        for (uint256 i; i < holdIds.length; ++i) {
            uint8 code = _cancel(book, holdIds[i]);
            if (code != Code.OK) _refuseHold(atomic, i, holdIds[i], code);
        }
        _close(book);
    }

    /// @notice ERC-20 for self-custody wallets: an account with a custodian moves by its custodian alone.
    function transfer(address to, uint256 units) external returns (bool) {
        _transfer(msg.sender, to, units);
        return true;
    }

    function transferFrom(address from, address to, uint256 units) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < units) revert ERC20InsufficientAllowance(msg.sender, allowed, units);
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - units;
        _transfer(from, to, units);
        return true;
    }

    function approve(address spender, uint256 units) external returns (bool) {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        allowance[msg.sender][spender] = units;
        emit Approval(msg.sender, spender, units);
        return true;
    }

    /// @inheritdoc ISecurityToken
    function canTransfer(address from, address to, uint256 units) external view returns (bool) {
        return detectTransferRestriction(from, to, units) == Code.OK;
    }

    /// @inheritdoc ISecurityToken
    function detectTransferRestriction(address from, address to, uint256 units) public view returns (uint8) {
        (uint256 failing,,) = _failingDirect(policy(), from, to, units);
        return Rules.first(failing);
    }

    /// @inheritdoc ISecurityToken
    function messageForTransferRestriction(uint8 code) external pure returns (string memory) {
        return Messages.nameOf(code);
    }

    /// @inheritdoc ISecurityToken
    function failingRules(address from, address to, uint256 units) external view returns (uint256 failing) {
        (failing,,) = _failing(policy(), from, to, units, false);
    }

    function _transfer(address from, address to, uint256 units) private {
        Book memory book = _open();
        (uint256 failing, uint256 fromRecord,) = _failingDirect(book.word, from, to, units);
        if (Record.custodianOf(fromRecord) != 0) failing |= Rules.bit(Code.NOT_CUSTODIAN);
        if (failing != 0) _revert(Rules.first(failing), from, to, units);
        // No failing rule: units <= free <= type(uint96).max.
        _post(book, Line(Kind.TRANSFER, Basis.JOINT_REQUEST, uint96(units), from, to, bytes32(0), bytes32(0)));
        _close(book);
    }

    function _openFor(bytes32[] calldata holdIds) private view returns (Book memory) {
        _limit(holdIds.length);
        return _open();
    }

    function _limit(uint256 rows) private pure {
        if (rows > MOST_ROWS) revert BatchTooLong(rows, MOST_ROWS);
    }

    function _refuseHold(bool atomic, uint256 row, bytes32 id, uint8 code) private {
        Hold memory hold = _holds[id];
        _refuse(atomic, row, id, code, hold.account, hold.to, hold.units);
    }

    function _refuse(bool atomic, uint256 row, bytes32 ref, uint8 code, address from, address to, uint256 units)
        private
    {
        if (atomic) _revert(code, from, to, units);
        emit Rejected(row, ref, code);
    }

    /// @dev ERC-6093 and ERC-7943 name the errors they know; the code names the rest.
    function _revert(uint8 code, address from, address to, uint256 units) private view {
        if (code == Code.INSUFFICIENT_UNITS) {
            uint256 balance = balanceOf(from);
            if (units > balance) revert ERC20InsufficientBalance(from, balance, units);
            revert ERC7943InsufficientUnfrozenBalance(from, units, freeUnits(from));
        }
        if (code == Code.SENDER_INVALID) revert ERC20InvalidSender(from);
        if (code == Code.RECEIVER_INVALID) revert ERC20InvalidReceiver(to);
        revert Refused(code);
    }
}
