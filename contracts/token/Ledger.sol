// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ISecurityToken} from "../interfaces/ISecurityToken.sol";
import {Code, Policy, Record, Rules} from "./Rules.sol";

/// @dev Entry kinds, see ISecurityToken.Entry.
library Kind {
    uint8 internal constant ISSUE = 1;
    uint8 internal constant REDEEM = 2;
    uint8 internal constant TRANSFER = 3;
    uint8 internal constant FORCED_TRANSFER = 4;
    uint8 internal constant RECOVERY = 5;
    uint8 internal constant HOLD_CREATED = 6;
    uint8 internal constant HOLD_ACCEPTED = 7;
    uint8 internal constant HOLD_EXECUTED = 8;
    uint8 internal constant HOLD_RELEASED = 9;
    uint8 internal constant HOLD_CHANGED = 10;
    uint8 internal constant POLICY = 11;
    uint8 internal constant RATIO = 12;
    uint8 internal constant MARK = 13;
    uint8 internal constant TERMS = 14;
}

/// @dev Legal bases of entries (Trust Act articles; TAR: its ordinance).
library Basis {
    uint16 internal constant NONE = 0;
    uint16 internal constant INITIAL = 1; // 186
    uint16 internal constant JOINT_REQUEST = 2; // 198(2)
    uint16 internal constant REDEMPTION = 15;
    uint16 internal constant TERMS_CHANGE = 20;
}

/// @title Holdings, entries and the rules that guard them
/// @dev {_post} is the only code that changes a holding, the supply or the head.
abstract contract Ledger is ISecurityToken {
    /// @dev The chain of entries while a call runs: read once, written once, however many rows it posts.
    /// `word` is the policy with the number of the last entry in its spare 32 bits.
    struct Book {
        bytes32 head;
        uint256 word;
    }

    struct Line {
        uint8 kind;
        uint16 basis;
        uint96 units;
        address from;
        address to;
        bytes32 ref;
        bytes32 data;
    }

    struct Supply {
        uint96 total;
        uint96 cap;
        uint32 holders;
    }

    IHolderRegistry public immutable registry;

    bytes32 private _head;
    uint256 private _word;
    Supply internal _supply;
    /// @dev encumbered 96 | units 96. Invariant: encumbered <= units, and encumbered = the sum of open holds.
    mapping(address account => uint256) private _accounts;
    /// @dev Units of a person over all wallets; kept only where the policy tracks persons.
    mapping(uint96 personId => uint256) private _persons;

    constructor(IHolderRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc ISecurityToken
    function head() external view returns (bytes32) {
        return _head;
    }

    /// @inheritdoc ISecurityToken
    function seq() external view returns (uint64) {
        return uint32(_word);
    }

    /// @inheritdoc ISecurityToken
    function policy() public view returns (uint256) {
        return (_word >> 32) << 32;
    }

    /// @inheritdoc ISecurityToken
    function freeUnits(address account) public view returns (uint256) {
        return _free(_accounts[account]);
    }

    /// @inheritdoc ISecurityToken
    function holderCount() external view returns (uint256) {
        return _supply.holders;
    }

    /// @inheritdoc ISecurityToken
    function unitsOfPerson(uint96 personId) external view returns (uint256) {
        return _persons[personId];
    }

    /// @inheritdoc ISecurityToken
    function cap() external view returns (uint96) {
        return _supply.cap;
    }

    function totalSupply() external view returns (uint256) {
        return _supply.total;
    }

    function balanceOf(address account) public view returns (uint256) {
        return uint96(_accounts[account]);
    }

    function _open() internal view returns (Book memory) {
        return Book(_head, _word);
    }

    function _close(Book memory book) internal {
        _head = book.head;
        _word = book.word;
    }

    /// @dev Codes of a move from one account to another. `held`: the units are already encumbered by the hold
    /// that executes. NEEDS_REQUEST is the caller's to add.
    function _failing(uint256 policy_, address from, address to, uint256 units, bool held)
        internal
        view
        returns (uint256 failing, uint256 fromRecord, uint256 toRecord)
    {
        (fromRecord, toRecord) = _pair(from, to);
        uint256 account = _accounts[from];
        failing = Rules.ofMove(from, to, units, held ? uint96(account) : _free(account))
            | Rules.ofPolicy(policy_, units, uint96(account)) | Rules.ofSender(fromRecord)
            | Rules.ofReceiver(toRecord, policy_) | _ofPersons(policy_, fromRecord, toRecord, units);
    }

    /// @dev Codes of an issue of units.
    function _failingIssue(uint256 policy_, address to, uint256 units) internal view returns (uint256 failing) {
        (, uint256 toRecord) = _pair(address(0), to);
        Supply memory supply = _supply;
        if (to == address(0)) failing = Rules.bit(Code.RECEIVER_INVALID);
        if (units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (Policy.has(policy_, Policy.PAUSED)) failing |= Rules.bit(Code.PAUSED);
        if (supply.total + units > supply.cap) failing |= Rules.bit(Code.SUPPLY_CAP);
        failing |= Rules.ofLot(policy_, units) | Rules.ofReceiver(toRecord, policy_)
            | _ofPersons(policy_, 0, toRecord, units);
    }

    /// @dev Codes of a redemption.
    function _failingRedeem(uint256 policy_, address from, uint256 units) internal view returns (uint256 failing) {
        (uint256 fromRecord,) = _pair(from, address(0));
        if (units > freeUnits(from)) failing = Rules.bit(Code.INSUFFICIENT_UNITS);
        if (from == address(0)) failing |= Rules.bit(Code.SENDER_INVALID);
        if (units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (Policy.has(policy_, Policy.PAUSED)) failing |= Rules.bit(Code.PAUSED);
        failing |= Rules.ofSender(fromRecord);
    }

    /// @dev Limits by person. A move between two wallets of one person changes neither; a full sale at the
    /// cap frees the place it takes; a cap below the count lets nobody new in.
    function _ofPersons(uint256 policy_, uint256 fromRecord, uint256 toRecord, uint256 units)
        private
        view
        returns (uint256 failing)
    {
        if (toRecord == 0 || !Policy.has(policy_, Policy.TRACKED)) return 0;
        uint96 seller = Record.personOf(fromRecord);
        uint96 buyer = Record.personOf(toRecord);
        if (seller == buyer) return 0;
        uint256 held = _persons[buyer];
        uint256 most = Policy.maxUnitsPerPerson(policy_);
        if (most != 0 && held + units > most) failing = Rules.bit(Code.MAX_UNITS_PER_PERSON);
        uint256 places = Policy.maxHolders(policy_);
        if (places != 0 && held == 0) {
            uint256 freed = seller != 0 && _persons[seller] == units ? 1 : 0;
            if (_supply.holders + 1 - freed > places) failing |= Rules.bit(Code.MAX_HOLDERS);
        }
    }

    /// @dev Writes one line: changes the holdings as its kind says, folds it into the head, emits it.
    function _post(Book memory book, Line memory line) internal {
        if (uint32(book.word) == type(uint32).max) revert RegisterFull();
        _apply(book.word, line.kind, line.from, line.to, line.units);
        uint64 number = uint32(++book.word);
        bytes32 next = keccak256(
            abi.encode(
                book.head, number, line.kind, line.basis, line.units, line.from, line.to, line.ref, line.data
            )
        );
        book.head = next;
        emit Entry(number, line.kind, line.basis, line.units, line.from, line.to, line.ref, line.data, next);
    }

    function _apply(uint256 policy_, uint8 kind, address from, address to, uint96 units) private {
        if (kind <= Kind.RECOVERY || kind == Kind.HOLD_EXECUTED) {
            _move(from, to, units, kind == Kind.HOLD_EXECUTED);
            if (Policy.has(policy_, Policy.TRACKED)) _track(from, to, units);
            emit Transfer(from, to, units);
        } else if (kind == Kind.HOLD_CREATED) {
            uint256 account = _accounts[from];
            assert(units <= _free(account));
            _accounts[from] = account + (uint256(units) << 96);
        } else if (kind == Kind.HOLD_RELEASED) {
            _accounts[from] -= uint256(units) << 96;
        }
    }

    /// @dev Sums cannot overflow: no balance exceeds the supply, and that stays below 2^96 by the cap.
    function _move(address from, address to, uint256 units, bool held) private {
        if (from == address(0)) {
            _supply.total += uint96(units);
        } else {
            uint256 account = _accounts[from];
            assert(units <= (held ? account >> 96 : _free(account)));
            unchecked {
                _accounts[from] = account - (held ? units << 96 | units : units);
            }
        }
        if (to == address(0)) {
            _supply.total -= uint96(units);
        } else {
            unchecked {
                _accounts[to] += units;
            }
        }
    }

    function _track(address from, address to, uint256 units) private {
        (uint256 fromRecord, uint256 toRecord) = _pair(from, to);
        uint96 seller = Record.personOf(fromRecord);
        uint96 buyer = Record.personOf(toRecord);
        if (seller == buyer) return;
        if (seller != 0 && (_persons[seller] -= units) == 0) --_supply.holders;
        if (buyer != 0) {
            if (_persons[buyer] == 0) ++_supply.holders;
            _persons[buyer] += units;
        }
    }

    function _pair(address from, address to) internal view returns (uint256, uint256) {
        (bytes32 a, bytes32 b) = registry.pair(from, to);
        return (uint256(a), uint256(b));
    }

    function _free(uint256 account) private pure returns (uint256) {
        return uint96(account) - (account >> 96);
    }
}
