// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ISecurityToken} from "../interfaces/ISecurityToken.sol";
import {Delegation} from "./Delegation.sol";
import {Basis, Entries, Kind, Line} from "./Entries.sol";
import {Memory} from "./Memory.sol";
import {Messages} from "./Messages.sol";
import {Rows} from "./Rows.sol";
import {Code, Rules} from "./Rules.sol";
import {TokenBase} from "./TokenBase.sol";
import {Policy, Supply} from "./Words.sol";

/// @title The token of one issue
/// @dev A full copy of this code an issue: no proxy, no admin, no upgrade. Entry points only; the rules are in Rules, the
/// holdings and entries in Ledger, the encumbrances in Holds. What does not fit below 24,576 bytes is in
/// LegalActs, to which unknown selectors are delegated; its address is as immutable as this code.
contract SecurityToken is TokenBase, Delegation, Initializable, ISecurityToken {
    using Entries for Line;

    address private immutable _manager;
    /// @inheritdoc ISecurityToken
    address public immutable legalActs;

    constructor(address manager, IHolderRegistry registry_, address legalActs_) TokenBase(manager, registry_) {
        _manager = manager;
        legalActs = legalActs_;
        _disableInitializers();
    }

    /// @notice Called by the factory in the transaction that creates the token.
    function initialize(Terms calldata terms) external initializer {
        _setAuthority(_manager);
        _name = terms.name;
        _symbol = terms.symbol;
        if (terms.cap > Supply.MOST) revert Refused(Code.SUPPLY_CAP);
        _supply = uint256(terms.cap) << 96;
        uint256 first = terms.policy;
        if (Policy.maxUnitsPerPerson(first) | Policy.maxHolders(first) != 0) first |= Policy.TRACKED;
        Book memory book;
        _putInForce(book, first, terms.ref);
        _postNote(book, Kind.TERMS, Basis.NONE, terms.ref, terms.termsHash);
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function issue(IssueRow[] calldata rows, bool atomic) external restricted {
        Book memory book = _openFor(rows.length);
        Line memory line;
        uint256 count = rows.length;
        (uint256 at, uint256 stride) = Rows.receivers(rows);
        uint256 found = _recordsOf(at, stride, count);
        for (uint256 i; i < count; ++i) {
            Rows.readIssue(line, rows, i);
            uint256 failing = _issueUnlessFailing(book, line, _recordAt(found, i));
            if (failing != 0) _refuseLine(atomic, i, line, failing);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function redeem(RedeemRow[] calldata rows, bool atomic) external restricted {
        Book memory book = _openFor(rows.length);
        uint256 free = Memory.mark();
        for (uint256 i; i < rows.length; ++i) {
            RedeemRow memory row = rows[i];
            uint8 code = Rules.first(_failingRedeem(book.policy, row.from, row.units));
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.from, address(0), row.units);
            else _redeem(book, row);
            Memory.reuse(free);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function custodiedTransfer(TransferRow[] calldata rows, bool atomic) external restricted {
        Book memory book = _openForCustodian(rows.length);
        Line memory line;
        uint256 count = rows.length;
        (uint256 at, uint256 stride) = Rows.receivers(rows);
        uint256 found = _recordsOf(at, stride, count);
        for (uint256 i; i < count; ++i) {
            Rows.readTransfer(line, rows, i);
            uint256 failing = _transferUnlessFailing(book, line, _senderRecord(book, line), _recordAt(found, i));
            if (failing != 0) _refuseLine(atomic, i, line, failing);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function requestTransfers(RequestRow[] calldata rows, bool atomic) external restricted {
        Book memory book = _openForCustodian(rows.length);
        uint256 free = Memory.mark();
        for (uint256 i; i < rows.length; ++i) {
            RequestRow memory row = rows[i];
            uint8 code = _request(book, row);
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.from, row.to, row.units);
            Memory.reuse(free);
        }
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function acceptTransfers(bytes32[] calldata holdIds, bool atomic) external restricted {
        _each(_openForCustodian(holdIds.length), holdIds, atomic, _accept);
    }

    /// @inheritdoc ISecurityToken
    function approveTransfers(bytes32[] calldata holdIds, bool atomic) external restricted {
        _each(_openFor(holdIds.length), holdIds, atomic, _approve);
    }

    /// @inheritdoc ISecurityToken
    function rejectTransfers(bytes32[] calldata holdIds, bool atomic) external restricted {
        _each(_openFor(holdIds.length), holdIds, atomic, _reject);
    }

    /// @inheritdoc ISecurityToken
    function cancelTransfers(bytes32[] calldata holdIds, bool atomic) external {
        Book memory book = _openForCustodian(holdIds.length);
        book.self = msg.sender;
        _each(book, holdIds, atomic, _cancel);
    }

    /// @notice ERC-20 for self-custody wallets: an account with a custodian moves by its custodian alone.
    function transfer(address to, uint256 units) external returns (bool) {
        _transfer(msg.sender, to, units);
        return true;
    }

    /// @notice ERC-20, from self-custody wallets only.
    function transferFrom(address from, address to, uint256 units) external returns (bool) {
        uint256 allowed = _allowances[from][msg.sender];
        if (allowed < units) revert ERC20InsufficientAllowance(msg.sender, allowed, units);
        if (allowed != type(uint256).max) _allowances[from][msg.sender] = allowed - units;
        _transfer(from, to, units);
        return true;
    }

    function approve(address spender, uint256 units) external returns (bool) {
        _approveAllowance(msg.sender, spender, units);
        return true;
    }

    function _refuseLine(bool atomic, uint256 row, Line memory line, uint256 failing) private {
        _refuse(atomic, row, line.ref, Rules.first(failing), line.fromOf(), line.toOf(), line.unitsOf());
    }

    function _redeem(Book memory book, RedeemRow memory row) private {
        bytes32 data = _days(row.data);
        _post(book, Entries.line(Kind.REDEEM, Basis.REDEMPTION, row.from, address(0), row.units, row.ref, data));
    }

    function _transfer(address from, address to, uint256 units) private {
        // No account has as much, and no refusal comes before that one.
        if (units > type(uint96).max) _revert(Code.INSUFFICIENT_UNITS, from, to, units);
        Book memory book = _open();
        book.self = from;
        uint8 code = _direct(book, from, to, uint96(units), 0, 0);
        if (code != Code.OK) _revert(code, from, to, units);
        _close(book);
    }

    /// @inheritdoc ISecurityToken
    function canTransfer(address from, address to, uint256 units) external view returns (bool) {
        return detectTransferRestriction(from, to, units) == Code.OK;
    }

    /// @inheritdoc ISecurityToken
    function detectTransferRestriction(address from, address to, uint256 units) public view returns (uint8) {
        Book memory book = _open();
        (uint256 failing,,) = _failing(book, from, to, units, false);
        return Rules.first(failing | _failingAtOnce(book.policy));
    }

    /// @inheritdoc ISecurityToken
    function messageForTransferRestriction(uint8 code) external pure returns (string memory) {
        return Messages.nameOf(code);
    }

    /// @inheritdoc ISecurityToken
    function failingRules(address from, address to, uint256 units) external view returns (uint256 failing) {
        (failing,,) = _failing(_open(), from, to, units, false);
    }

    /// @inheritdoc ISecurityToken
    function canSend(address account) external view returns (bool) {
        (uint256 record,) = _pair(account, address(0));
        return Rules.ofSender(record) == 0;
    }

    /// @inheritdoc ISecurityToken
    function canReceive(address account) external view returns (bool) {
        (, uint256 record) = _pair(address(0), account);
        return Rules.ofReceiver(record) | Rules.ofClass(record, _policy) == 0;
    }

    /// @inheritdoc ISecurityToken
    function getFrozenTokens(address account) external view returns (uint256) {
        return _frozen[account];
    }

    /// @inheritdoc ISecurityToken
    function freeUnits(address account) external view returns (uint256) {
        return _freeUnits(account);
    }

    /// @inheritdoc ISecurityToken
    function holdOf(bytes32 id) external view returns (Hold memory) {
        return _holds[id];
    }

    /// @inheritdoc ISecurityToken
    function claimOf(bytes32 holdId) external view returns (uint256) {
        return _claims[holdId];
    }

    /// @inheritdoc ISecurityToken
    function policy() public view returns (uint256) {
        return _policy;
    }

    /// @inheritdoc ISecurityToken
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc ISecurityToken
    function seq() external view returns (uint64) {
        return uint32(uint256(_head));
    }

    /// @inheritdoc ISecurityToken
    function holderCount() external view returns (uint256) {
        return Supply.holders(_supply);
    }

    /// @inheritdoc ISecurityToken
    function unitsOfPerson(uint96 personId) external view returns (uint256) {
        return _persons[personId];
    }

    /// @inheritdoc ISecurityToken
    function cap() external view returns (uint96) {
        return Supply.cap(_supply);
    }

    function totalSupply() external view returns (uint256) {
        return Supply.total(_supply);
    }

    function balanceOf(address account) external view returns (uint256) {
        return _balance(account);
    }

    function allowance(address owner, address spender) external view returns (uint256) {
        return _allowances[owner][spender];
    }

    function name() external view returns (string memory) {
        return _name;
    }

    function symbol() external view returns (string memory) {
        return _symbol;
    }

    function decimals() external pure returns (uint8) {
        return 0;
    }

    /// @notice ERC-165, ERC-20 with its metadata, ERC-7943 (fungible), ERC-2612.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x36372b07 || id == 0xa219a025 || id == 0x3edbb4c4
            || id == 0x9d8ff7da;
    }

    fallback() external {
        _delegate(legalActs);
    }
}
