// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Code, Policy, Record, Rules, Supply} from "./Rules.sol";

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
/// @dev {_post}, and {_postIssue} and {_postTransfer} for the many rows of a batch, are the only code that changes a
/// holding, the supply or the head.
abstract contract Ledger is ITokenTypes {
    /// @dev The chain of entries while a call runs: read once, written once, however many rows it posts.
    /// `word` is the policy with the number of the last entry in its spare 32 bits. The caller acts for the
    /// accounts of `custodian`, and for `self` where that has none. `supply` is 0 until a row
    /// needs it. `sender` is the account that a batch last moved units of, and `senderRecord` its record.
    struct Book {
        bytes32 head;
        uint256 word;
        uint256 supply;
        uint32 custodian;
        address self;
        address sender;
        uint256 senderRecord;
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

    /// @dev A struct, so that a move finds each slot once.
    struct Account {
        uint256 word;
    }

    /// @dev An account's word: spare 56 | waiting 7 | frozen 1 | encumbered 96 | units 96.
    /// Invariant: encumbered <= units, and encumbered = the sum of its open holds.
    uint256 private constant FROZEN = 1 << 192;
    uint256 private constant ONE_WAITS = 1 << 193;

    IHolderRegistry public immutable registry;

    bytes32 internal _head;
    uint256 internal _word;
    /// @dev spare 32 | holders 32 | cap 96 | total 96, see {Supply}.
    uint256 internal _supply;
    mapping(address account => Account) private _accounts;
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
        if (book.supply != 0) _supply = book.supply;
    }

    function _supplyIn(Book memory book) private view returns (uint256 supply) {
        supply = book.supply;
        if (supply == 0) book.supply = supply = _supply;
    }

    /// @dev Codes of a move from one account to another. `held`: the units are already encumbered by the hold
    /// that executes. NEEDS_REQUEST is the caller's to add.
    function _failing(Book memory book, address from, address to, uint256 units, bool held)
        internal
        view
        returns (uint256 failing, uint256 fromRecord, uint256 toRecord)
    {
        (fromRecord, toRecord) = _pair(from, to);
        failing = _failingOf(book, from, to, units, held, fromRecord, toRecord);
    }

    /// @dev {_failing} where the parties' records are at hand.
    function _failingOf(
        Book memory book,
        address from,
        address to,
        uint256 units,
        bool held,
        uint256 fromRecord,
        uint256 toRecord
    ) internal view returns (uint256 failing) {
        uint256 policy_ = book.word;
        uint256 account = _accounts[from].word;
        failing = Rules.ofMove(from, to, units, held ? uint96(account) : _free(from, account));
        failing |= Rules.ofSender(fromRecord) | Rules.ofReceiver(toRecord, policy_);
        if (policy_ >> 160 == 0) return failing; // the common issue: nothing of what follows is set
        failing |= Rules.ofPolicy(policy_, units, uint96(account));
        if (Policy.has(policy_, Policy.TRACKED)) failing |= _ofPersons(book, fromRecord, toRecord, units);
    }

    /// @dev Codes of an issue of units.
    function _failingIssue(Book memory book, address to, uint256 units, uint256 toRecord)
        internal
        view
        returns (uint256 failing)
    {
        uint256 policy_ = book.word;
        failing = Rules.ofReceiver(toRecord, policy_);
        if (to == address(0)) failing |= Rules.bit(Code.RECEIVER_INVALID);
        if (units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (units > Supply.left(_supplyIn(book))) failing |= Rules.bit(Code.SUPPLY_CAP);
        if (policy_ >> 160 == 0) return failing;
        if (Policy.has(policy_, Policy.PAUSED)) failing |= Rules.bit(Code.PAUSED);
        failing |= Rules.ofLot(policy_, units);
        if (Policy.has(policy_, Policy.TRACKED)) failing |= _ofPersons(book, 0, toRecord, units);
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
    function _ofPersons(Book memory book, uint256 fromRecord, uint256 toRecord, uint256 units)
        private
        view
        returns (uint256 failing)
    {
        if (toRecord == 0) return 0;
        uint256 policy_ = book.word;
        uint96 seller = Record.personOf(fromRecord);
        uint96 buyer = Record.personOf(toRecord);
        if (seller == buyer) return 0;
        uint256 held = _persons[buyer];
        uint256 most = Policy.maxUnitsPerPerson(policy_);
        if (most != 0 && held + units > most) failing = Rules.bit(Code.MAX_UNITS_PER_PERSON);
        uint256 places = Policy.maxHolders(policy_);
        if (places != 0 && held == 0) {
            uint256 freed = seller != 0 && _persons[seller] == units ? 1 : 0;
            if (Supply.holders(_supplyIn(book)) + 1 - freed > places) failing |= Rules.bit(Code.MAX_HOLDERS);
        }
    }

    /// @dev Writes one line: changes the holdings as its kind says, folds it into the head, emits it.
    function _post(Book memory book, Line memory line) internal {
        _apply(book, line);
        _fold(book, line);
    }

    /// @dev {_post} of an issue, by the short way.
    function _postIssue(Book memory book, Line memory line, address to, uint256 units, uint256 toRecord) internal {
        unchecked {
            book.supply += units; // read by {_failingIssue}
            _accounts[to].word += units;
        }
        if (Policy.has(book.word, Policy.TRACKED)) _trackRecords(book, 0, toRecord, units);
        emit IERC20.Transfer(address(0), to, units);
        _fold(book, line);
    }

    /// @dev {_post} of a transfer without a hold, by the short way.
    function _postTransfer(Book memory book, Line memory line, uint256 fromRecord, uint256 toRecord) internal {
        (address from, address to, uint256 units) = (line.from, line.to, line.units);
        Account storage account = _accounts[from];
        uint256 word = account.word;
        assert(units <= _unheld(word));
        unchecked {
            account.word = word - units;
            _accounts[to].word += units;
        }
        if (Policy.has(book.word, Policy.TRACKED)) _trackRecords(book, fromRecord, toRecord, units);
        emit IERC20.Transfer(from, to, units);
        _fold(book, line);
    }

    function _fold(Book memory book, Line memory line) private {
        uint256 word = book.word;
        if (uint32(word) == type(uint32).max) revert RegisterFull();
        line.head = book.head;
        unchecked {
            book.word = ++word;
        }
        line.seq = uint32(word);
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

    function _apply(Book memory book, Line memory line) private {
        (uint8 kind, address from, address to, uint256 units) = (line.kind, line.from, line.to, line.units);
        if (kind <= Kind.RECOVERY || kind == Kind.HOLD_EXECUTED) {
            _move(book, from, to, units, kind == Kind.HOLD_EXECUTED ? units << 96 : 0);
            if (Policy.has(book.word, Policy.TRACKED)) _track(book, from, to, units);
            emit IERC20.Transfer(from, to, units);
        } else if (kind == Kind.HOLD_CREATED) {
            if (from == to) return;
            Account storage account = _accounts[from];
            assert(units <= _unheld(account.word));
            account.word += units << 96;
        } else if (kind == Kind.HOLD_RELEASED) {
            _accounts[from].word -= units << 96;
        } else if (kind == Kind.HOLD_CHANGED) {
            if (from == to) {
                Account storage account = _accounts[to];
                account.word = account.word + (units << 96) - (uint256(line.was) << 96);
            } else {
                // One person's wallets: the hold and its units move together, so no person's total changes.
                _move(book, from, to, units, units << 96);
                _accounts[to].word += units << 96;
                emit IERC20.Transfer(from, to, units);
            }
        }
    }

    /// @dev Sums cannot overflow: no balance exceeds the supply, and that stays below 2^96 by the cap.
    function _move(Book memory book, address from, address to, uint256 units, uint256 encumbrance) private {
        unchecked {
            if (from == address(0)) {
                book.supply = _supplyIn(book) + units;
            } else {
                Account storage account = _accounts[from];
                uint256 word = account.word;
                assert(units <= (encumbrance != 0 ? _encumbered(word) : _unheld(word)));
                account.word = word - encumbrance - units;
            }
            if (to == address(0)) book.supply = _supplyIn(book) - units;
            else _accounts[to].word += units;
        }
    }

    function _track(Book memory book, address from, address to, uint256 units) private {
        (uint256 fromRecord, uint256 toRecord) = _pair(from, to);
        _trackRecords(book, fromRecord, toRecord, units);
    }

    function _trackRecords(Book memory book, uint256 fromRecord, uint256 toRecord, uint256 units) private {
        uint96 seller = Record.personOf(fromRecord);
        uint96 buyer = Record.personOf(toRecord);
        if (seller == buyer) return;
        if (seller != 0 && (_persons[seller] -= units) == 0) book.supply = _supplyIn(book) - Supply.ONE_HOLDER;
        if (buyer != 0) {
            if (_persons[buyer] == 0) book.supply = _supplyIn(book) + Supply.ONE_HOLDER;
            _persons[buyer] += units;
        }
    }

    function _setFrozenUnits(address account, uint256 units) internal {
        uint256 word = _accounts[account].word;
        _accounts[account].word = units == 0 ? word & ~FROZEN : word | FROZEN;
        _frozen[account] = units;
    }

    function _addWaiting(address account) internal {
        _accounts[account].word += ONE_WAITS;
    }

    function _dropWaiting(address account) internal {
        _accounts[account].word -= ONE_WAITS;
    }

    function _someWait(address account) internal view returns (bool) {
        return _accounts[account].word >= ONE_WAITS;
    }

    function _balance(address account) internal view returns (uint256) {
        return uint96(_accounts[account].word);
    }

    /// @dev Units that neither a hold nor ERC-7943's freezing keeps.
    function _freeUnits(address account) internal view returns (uint256) {
        return _free(account, _accounts[account].word);
    }

    /// @dev Units outside every hold, frozen ones included.
    function _unheldUnits(address account) internal view returns (uint256) {
        return _unheld(_accounts[account].word);
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

    /// @dev registry.recordOf(wallet) without the copies of abi.encode.
    function _record(address wallet) internal view returns (uint256 record) {
        address target = address(registry);
        bytes4 selector = IHolderRegistry.recordOf.selector;
        bool ok;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, wallet)
            ok := staticcall(gas(), target, 0x00, 0x24, 0x00, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            record := mload(0x00)
        }
        assert(ok);
    }

    function _senderRecord(Book memory book, address from) internal view returns (uint256) {
        if (from != book.sender) (book.sender, book.senderRecord) = (from, _record(from));
        return book.senderRecord;
    }

    /// @dev registry.records(wallets) in one call for a batch.
    /// @param at where in the calldata the first row's wallet stands
    /// @param stride bytes from one row to the next
    /// @return found where in memory the first record stands
    function _recordsOf(uint256 at, uint256 stride, uint256 count) internal view returns (uint256 found) {
        address target = address(registry);
        bytes4 selector = IHolderRegistry.records.selector;
        bool ok;
        assembly ("memory-safe") {
            let free := mload(0x40)
            let bytesOfAll := shl(5, count)
            mstore(free, selector)
            mstore(add(free, 0x04), 0x20)
            mstore(add(free, 0x24), count)
            let to := add(free, 0x44)
            let end := add(to, bytesOfAll)
            for {} lt(to, end) { to := add(to, 0x20) } {
                mstore(to, calldataload(at))
                at := add(at, stride)
            }
            found := add(free, 0x40)
            ok := staticcall(gas(), target, free, sub(end, free), free, add(bytesOfAll, 0x40))
            ok := and(ok, eq(returndatasize(), add(bytesOfAll, 0x40)))
            mstore(0x40, and(add(end, 0x1f), not(0x1f)))
        }
        assert(ok);
    }

    function _recordAt(uint256 found, uint256 row) internal pure returns (uint256 record) {
        assembly ("memory-safe") {
            record := mload(add(found, shl(5, row)))
        }
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
        unchecked {
            return uint96(word) - uint96(word >> 96); // encumbered <= units
        }
    }

    function _encumbered(uint256 word) private pure returns (uint256) {
        return uint96(word >> 96);
    }
}
