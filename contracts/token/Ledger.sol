// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Code, Policy, Record, Rules} from "./Rules.sol";

/// @dev Entry kinds, see ITokenTypes.Entry.
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
    uint8 internal constant MARK = 13;
    uint8 internal constant TERMS = 14;
}

/// @dev Legal bases of entries (Trust Act articles; TAR: its ordinance).
library Basis {
    uint16 internal constant NONE = 0;
    uint16 internal constant INITIAL = 1; // 186
    uint16 internal constant JOINT_REQUEST = 2; // 198(2)
    uint16 internal constant JUDGMENT = 3; // TAR 21(2)(i)
    uint16 internal constant TRUSTEE_ACQUIRED = 7; // 197(1)(i)
    uint16 internal constant TRUSTEE_DISPOSED = 8; // 197(1)(ii)
    uint16 internal constant PLEDGE_SET = 11; // 201
    uint16 internal constant PLEDGE_RELEASE = 12;
    uint16 internal constant TRUST_PROPERTY_MARK = 13; // 206
    uint16 internal constant REDEMPTION = 15;
    uint16 internal constant ATTACHMENT = 16;
    uint16 internal constant ATTACHMENT_RELEASE = 17;
    uint16 internal constant RECTIFICATION = 18;
    uint16 internal constant WALLET_RECOVERY = 19;
    uint16 internal constant TERMS_CHANGE = 20;

    /// @dev The bases on which units move or holds end without their holder: TAR 21(2), 197(1), rectification.
    function isOrder(uint16 basis) internal pure returns (bool) {
        return (basis >= JUDGMENT && basis <= TRUSTEE_DISPOSED) || basis == RECTIFICATION;
    }
}

/// @title Holdings, entries and the rules that guard them
/// @dev {_post} is the only code that changes a holding, the supply or the head.
abstract contract Ledger is ITokenTypes {
    /// @dev The chain of entries while a call runs: read once, written once, however many rows it posts.
    /// `word` is the policy with the number of the last entry in its spare 32 bits. The caller acts for the
    /// accounts of `custodian`, and for `self` where that has none.
    struct Book {
        bytes32 head;
        uint256 word;
        uint32 custodian;
        address self;
    }

    /// @dev An entry in memory, in the order of its preimage: its nine first words are hashed where they stand.
    /// `head` and `seq` are filled in when it is posted. Made where it is posted: a function that returned it would
    /// clear its memory first.
    /// @param was HOLD_CHANGED: what the hold encumbered before; no part of the entry
    struct Line {
        bytes32 head;
        uint64 seq;
        uint8 kind;
        uint16 basis;
        uint96 units;
        address from;
        address to;
        bytes32 ref;
        bytes32 data;
        uint96 was;
    }

    struct Supply {
        uint96 total;
        uint96 cap;
        uint32 holders;
    }

    /// @dev An account's word: spare 56 | waiting 7 | frozen 1 | encumbered 96 | units 96.
    /// Invariant: encumbered <= units, and encumbered = the sum of its open holds.
    uint256 private constant FROZEN = 1 << 192;
    uint256 private constant ONE_WAITS = 1 << 193;

    IHolderRegistry public immutable registry;

    bytes32 internal _head;
    uint256 internal _word;
    Supply internal _supply;
    mapping(address account => uint256) private _accounts;
    /// @dev Units of a person over all wallets; kept only where the policy tracks persons.
    mapping(uint96 personId => uint256) internal _persons;
    /// @dev ERC-7943's frozen units; read only where the account's FROZEN bit is set.
    mapping(address account => uint256) internal _frozen;

    constructor(IHolderRegistry registry_) {
        registry = registry_;
    }

    function _open() internal view returns (Book memory book) {
        (book.head, book.word) = (_head, _word);
    }

    function _close(Book memory book) internal {
        (_head, _word) = (book.head, book.word);
    }

    /// @dev Codes of a move from one account to another. `held`: the units are already encumbered by the hold
    /// that executes. NEEDS_REQUEST is the caller's to add.
    function _failing(uint256 policy_, address from, address to, uint256 units, bool held)
        internal
        view
        returns (uint256 failing, uint256 fromRecord, uint256 toRecord)
    {
        failing = _ofAccount(policy_, from, to, units, held);
        (fromRecord, toRecord) = _pair(from, to);
        failing |= Rules.ofSender(fromRecord) | Rules.ofReceiver(toRecord, policy_)
            | _ofPersons(policy_, fromRecord, toRecord, units);
    }

    function _ofAccount(uint256 policy_, address from, address to, uint256 units, bool held)
        private
        view
        returns (uint256)
    {
        uint256 account = _accounts[from];
        uint256 available = held ? uint96(account) : _free(from, account);
        return Rules.ofMove(from, to, units, available) | Rules.ofPolicy(policy_, units, uint96(account));
    }

    /// @dev Codes of an issue of units.
    function _failingIssue(uint256 policy_, address to, uint256 units) internal view returns (uint256 failing) {
        (, uint256 toRecord) = _pair(address(0), to);
        if (to == address(0)) failing = Rules.bit(Code.RECEIVER_INVALID);
        if (units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (Policy.has(policy_, Policy.PAUSED)) failing |= Rules.bit(Code.PAUSED);
        if (_supply.total + units > _supply.cap) failing |= Rules.bit(Code.SUPPLY_CAP);
        failing |= Rules.ofLot(policy_, units) | Rules.ofReceiver(toRecord, policy_)
            | _ofPersons(policy_, 0, toRecord, units);
    }

    /// @dev Codes of a redemption.
    function _failingRedeem(uint256 policy_, address from, uint256 units) internal view returns (uint256 failing) {
        (uint256 fromRecord,) = _pair(from, address(0));
        if (units > _freeUnits(from)) failing = Rules.bit(Code.INSUFFICIENT_UNITS);
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
        uint256 number = uint32(book.word);
        if (number == type(uint32).max) revert RegisterFull();
        _apply(book.word, line);
        line.head = book.head;
        unchecked {
            line.seq = uint64(number + 1);
            ++book.word;
        }
        book.head = _emit(line);
    }

    /// @dev keccak256(abi.encode(head, seq, kind, basis, units, from, to, ref, data)) and the event Entry, without
    /// a copy: a struct of static members lies in memory as abi.encode would write it. The line is used up.
    function _emit(Line memory line) private returns (bytes32 next) {
        bytes32 topic = Entry.selector;
        assembly ("memory-safe") {
            next := keccak256(line, 0x120)
            let ref := mload(add(line, 0xe0))
            // The event's words: seq to `to` as they stand, then data and head; ref is a topic.
            mstore(add(line, 0xe0), mload(add(line, 0x100)))
            mstore(add(line, 0x100), next)
            log2(add(line, 0x20), 0x100, topic, ref)
        }
    }

    function _apply(uint256 policy_, Line memory line) private {
        (uint8 kind, address from, address to, uint256 units) = (line.kind, line.from, line.to, line.units);
        if (kind <= Kind.RECOVERY || kind == Kind.HOLD_EXECUTED) {
            _move(from, to, units, kind == Kind.HOLD_EXECUTED ? units << 96 : 0);
            if (Policy.has(policy_, Policy.TRACKED)) _track(from, to, units);
            emit IERC20.Transfer(from, to, units);
        } else if (kind == Kind.HOLD_CREATED) {
            if (from == to) return;
            uint256 account = _accounts[from];
            assert(units <= _unheld(account));
            _accounts[from] = account + (units << 96);
        } else if (kind == Kind.HOLD_RELEASED) {
            _accounts[from] -= units << 96;
        } else if (kind == Kind.HOLD_CHANGED) {
            if (from == to) {
                _accounts[to] = _accounts[to] + (units << 96) - (uint256(line.was) << 96);
            } else {
                // One person's wallets: the hold and its units move together, so no person's total changes.
                _move(from, to, units, units << 96);
                _accounts[to] += units << 96;
                emit IERC20.Transfer(from, to, units);
            }
        }
    }

    /// @dev Sums cannot overflow: no balance exceeds the supply, and that stays below 2^96 by the cap.
    function _move(address from, address to, uint256 units, uint256 encumbrance) private {
        if (from == address(0)) {
            _supply.total += uint96(units);
        } else {
            uint256 account = _accounts[from];
            assert(units <= (encumbrance != 0 ? _encumbered(account) : _unheld(account)));
            unchecked {
                _accounts[from] = account - encumbrance - units;
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

    function _setFrozenUnits(address account, uint256 units) internal {
        uint256 word = _accounts[account];
        _accounts[account] = units == 0 ? word & ~FROZEN : word | FROZEN;
        _frozen[account] = units;
    }

    function _addWaiting(address account) internal {
        _accounts[account] += ONE_WAITS;
    }

    function _dropWaiting(address account) internal {
        _accounts[account] -= ONE_WAITS;
    }

    function _someWait(address account) internal view returns (bool) {
        return _accounts[account] >= ONE_WAITS;
    }

    function _balance(address account) internal view returns (uint256) {
        return uint96(_accounts[account]);
    }

    /// @dev Units that neither a hold nor ERC-7943's freezing keeps.
    function _freeUnits(address account) internal view returns (uint256) {
        return _free(account, _accounts[account]);
    }

    /// @dev Units outside every hold, frozen ones included.
    function _unheldUnits(address account) internal view returns (uint256) {
        return _unheld(_accounts[account]);
    }

    function _pair(address from, address to) internal view returns (uint256 fromRecord, uint256 toRecord) {
        address target = address(registry);
        bytes4 selector = IHolderRegistry.pair.selector;
        bool ok;
        // registry.pair(from, to) without the copies of abi.encode, which each row of a batch would pay.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), from)
            mstore(add(free, 0x24), to)
            ok := staticcall(gas(), target, free, 0x44, 0x00, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
            fromRecord := mload(0x00)
            toRecord := mload(0x20)
        }
        assert(ok);
    }

    /// @dev Where a row's memory begins. Rows leave nothing behind that a later one reads, so a batch gives each
    /// row the same memory; its cost would else grow with the square of the batch.
    function _memory() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    function _reuse(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    function _free(address account, uint256 word) private view returns (uint256) {
        uint256 unheld = _unheld(word);
        if (word & FROZEN == 0) return unheld;
        uint256 frozen = _frozen[account];
        return frozen < unheld ? unheld - frozen : 0;
    }

    function _unheld(uint256 word) private pure returns (uint256) {
        return uint96(word) - _encumbered(word);
    }

    function _encumbered(uint256 word) private pure returns (uint256) {
        return uint96(word >> 96);
    }
}
