// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Accounts} from "./Accounts.sol";
import {Entries, Kind, Line} from "./Entries.sol";
import {RegistryReader} from "./RegistryReader.sol";
import {Code, Rules} from "./Rules.sol";
import {Holding, Policy, Record, Supply} from "./Words.sol";

/// @title Holdings, entries and the rules that guard them
/// @dev {_post}, {_postChange}, {_postSucceeded} and {_note}, {_issueUnlessFailing} and {_transferUnlessFailing} for the many rows of a
/// batch, and {_scaleUnits} and {_scaleEncumbrance} for a ratio are the only code that changes a holding or the head. The
/// supply changes by them, and its cap by a ratio's begin and end.
abstract contract Ledger is ITokenTypes, Accounts, RegistryReader {
    using Entries for Line;

    /// @dev The chain of entries while a call runs: read once, written once, however many rows it posts.
    /// The caller acts for the accounts of `custodian`, and for `self` where that has none. `supply` is 0 until a row
    /// needs it. `sender` is the account that a batch last moved units of, and `senderRecord` its record.
    struct Book {
        bytes32 head;
        uint256 policy;
        uint256 supply;
        uint32 custodian;
        address self;
        address sender;
        uint256 senderRecord;
    }

    /// @dev Its last 32 bits are the number of the last entry.
    bytes32 internal _head;
    uint256 internal _policy;
    /// @dev spare 32 | holders 32 | cap 96 | total 96, see {Supply}.
    uint256 internal _supply;
    /// @dev Units of a person over all wallets; kept only where the policy tracks persons.
    mapping(uint96 personId => uint256) internal _persons;

    constructor(IHolderRegistry registry_) RegistryReader(registry_) {}

    function _open() internal view returns (Book memory book) {
        (book.head, book.policy) = (_head, _policy);
    }

    function _close(Book memory book) internal {
        _head = book.head;
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
        uint256 account = _accounts[from].word;
        failing = Rules.ofMove(from, to, units, held ? uint96(account) : _free(from, account));
        failing |= Rules.ofSender(fromRecord) | Rules.ofReceiver(toRecord);
        if (Policy.sets(book.policy)) failing |= _failingPolicy(book, units, account, fromRecord, toRecord);
    }

    /// @dev Codes of the policy, where it sets anything.
    function _failingPolicy(Book memory book, uint256 units, uint256 account, uint256 fromRecord, uint256 toRecord)
        private
        view
        returns (uint256 failing)
    {
        uint256 policy_ = book.policy;
        failing = Rules.ofPolicy(policy_, units, uint96(account)) | Rules.ofClass(toRecord, policy_);
        if (Policy.has(policy_, Policy.TRACKED)) failing |= _ofPersons(book, fromRecord, toRecord, units);
    }

    function _failingIssuePolicy(Book memory book, uint256 units, uint256 toRecord)
        private
        view
        returns (uint256 failing)
    {
        uint256 policy_ = book.policy;
        failing = Rules.ofLot(policy_, units) | Rules.ofClass(toRecord, policy_);
        if (Policy.has(policy_, Policy.PAUSED)) failing |= Rules.bit(Code.PAUSED);
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
        uint256 policy_ = book.policy;
        uint96 seller = Record.personOf(fromRecord);
        uint96 buyer = Record.personOf(toRecord);
        if (seller == buyer) return 0;
        uint256 held = _persons[buyer];
        uint256 most = Policy.maxUnitsPerPerson(policy_);
        if (most != 0 && (units > most || held + units > most)) failing = Rules.bit(Code.MAX_UNITS_PER_PERSON);
        uint256 places = Policy.maxHolders(policy_);
        if (places != 0 && held == 0) {
            uint256 freed = seller != 0 && _persons[seller] == units ? 1 : 0;
            if (Supply.holders(_supplyIn(book)) + 1 - freed > places) failing |= Rules.bit(Code.MAX_HOLDERS);
        }
    }

    /// @dev An account with a custodian is its custodian's to act for; one without is its own key's.
    function _failingActor(Book memory book, uint256 record, address account) internal pure returns (uint256) {
        uint32 custodian = Record.custodianOf(record);
        bool acts = custodian == 0 ? book.self == account : book.custodian == custodian;
        return acts ? 0 : Rules.bit(Code.NOT_CUSTODIAN);
    }

    /// @dev What stands against a move without a request, besides the rules of every move.
    function _failingAtOnce(uint256 policy_) internal pure returns (uint256) {
        return Policy.has(policy_, Policy.ACCEPTANCE | Policy.APPROVAL) ? Rules.bit(Code.NEEDS_REQUEST) : 0;
    }

    /// @dev Issues the line's units, unless a rule says no.
    function _issueUnlessFailing(Book memory book, Line memory line, uint256 toRecord)
        internal
        returns (uint256 failing)
    {
        address to = line.toOf();
        uint256 units = line.unitsOf();
        uint256 supply = _supplyIn(book);
        failing = Rules.ofReceiver(toRecord);
        if (to == address(0)) failing |= Rules.bit(Code.RECEIVER_INVALID);
        if (units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (units > Supply.left(supply)) failing |= Rules.bit(Code.SUPPLY_CAP);
        if (Policy.sets(book.policy)) failing |= _failingIssuePolicy(book, units, toRecord);
        if (failing != 0) return failing;
        unchecked {
            book.supply = supply + units; // no more than the cap
            _accounts[to].word += units;
        }
        if (Policy.has(book.policy, Policy.TRACKED)) _trackRecords(book, 0, toRecord, units);
        _emitTransfer(line);
        _note(book, line);
    }

    /// @dev Moves the line's units, which no hold may keep, unless a rule says no.
    function _transferUnlessFailing(Book memory book, Line memory line, uint256 fromRecord, uint256 toRecord)
        internal
        returns (uint256 failing)
    {
        address from = line.fromOf();
        uint256 units = line.unitsOf();
        Account storage account = _accounts[from];
        uint256 word = account.word;
        failing = Rules.ofMove(from, line.toOf(), units, _free(from, word)) | Rules.ofSender(fromRecord)
            | Rules.ofReceiver(toRecord) | _failingActor(book, fromRecord, from);
        if (Policy.sets(book.policy)) {
            failing |= _failingAtOnce(book.policy) | _failingPolicy(book, units, word, fromRecord, toRecord);
        }
        if (failing != 0) return failing;
        unchecked {
            account.word = word - units; // no more than its free units
            _accounts[line.toOf()].word += units;
        }
        if (Policy.has(book.policy, Policy.TRACKED)) _trackRecords(book, fromRecord, toRecord, units);
        _emitTransfer(line);
        _note(book, line);
    }

    /// @dev Writes one line: changes the holdings as its kind says, folds it into the head, emits it.
    function _post(Book memory book, Line memory line) internal {
        _apply(book, line);
        _note(book, line);
    }

    /// @dev {_post} of a HOLD_CHANGED: the hold encumbered `was` and now encumbers the line's units, or it and its
    /// units go to another wallet of one person, so that no person's total changes.
    function _postChange(Book memory book, Line memory line, uint96 was) internal {
        (address from, address to, uint256 units) = (line.fromOf(), line.toOf(), line.unitsOf());
        if (from == to) {
            Account storage account = _accounts[to];
            account.word = account.word + (units << 96) - (uint256(was) << 96);
        } else {
            _move(book, from, to, units, units << 96);
            _accounts[to].word += units << 96;
            _emitTransfer(line);
        }
        _note(book, line);
    }

    /// @dev {_post} of a HOLD_SUCCEEDED: units go to another person with the hold on them.
    function _postSucceeded(Book memory book, Line memory line) internal {
        (address from, address to, uint256 units) = (line.fromOf(), line.toOf(), line.unitsOf());
        // What waits for units may have none.
        if (units != 0) {
            _move(book, from, to, units, units << 96);
            _accounts[to].word += units << 96;
            if (Policy.has(book.policy, Policy.TRACKED)) {
                (uint256 fromRecord, uint256 toRecord) = _pair(from, to);
                _trackRecords(book, fromRecord, toRecord, units);
            }
            _emitTransfer(line);
        }
        _note(book, line);
    }

    /// @dev Gives an account other units by the `number`th ratio. Its holds are the caller's to scale.
    function _scaleUnits(Book memory book, address account, uint256 units, uint32 number) internal {
        uint256 word = _accounts[account].word;
        uint256 was = Holding.units(word);
        uint256 kept = word & ~(uint256(type(uint32).max) << 200 | type(uint96).max);
        _accounts[account].word = kept | uint256(number) << 200 | units;
        book.supply = _supplyIn(book) - was + units;
        if (Policy.has(book.policy, Policy.TRACKED)) {
            uint96 person = Record.personOf(_record(account));
            uint256 held = _persons[person] - was + units;
            _persons[person] = held;
            if (was != 0 && held == 0) book.supply -= Supply.ONE_HOLDER;
        }
        if (units > was) emit IERC20.Transfer(address(0), account, units - was);
        else if (units < was) emit IERC20.Transfer(account, address(0), was - units);
    }

    /// @dev A hold of the account encumbers other units by a ratio.
    function _scaleEncumbrance(address account, uint256 was, uint256 units) internal {
        Account storage slot = _accounts[account];
        slot.word = slot.word + (units << 96) - (was << 96);
    }

    /// @dev Folds a line into the head and emits it: head' = keccak256(abi.encode(head, fromUnits, toLine, ref, data)),
    /// its last 32 bits the line's number. A struct of static members lies in memory as abi.encode would write it. The
    /// line is used up.
    function _note(Book memory book, Line memory line) internal {
        bytes32 head = book.head;
        if (uint32(uint256(head)) == type(uint32).max) revert RegisterFull();
        bytes32 topic = Entry.selector;
        line.head = head;
        assembly ("memory-safe") {
            let next := or(shl(32, shr(32, keccak256(line, 0xa0))), and(add(head, 1), 0xffffffff))
            let ref := mload(add(line, 0x60))
            // The event's words: the two packed ones as they stand, then data and head; ref is a topic.
            mstore(add(line, 0x60), mload(add(line, 0x80)))
            mstore(add(line, 0x80), next)
            log2(add(line, 0x20), 0x80, topic, ref)
            head := next
        }
        book.head = head;
    }

    /// @dev IERC20.Transfer of a line.
    function _emitTransfer(Line memory line) private {
        bytes32 topic = IERC20.Transfer.selector;
        uint256 units = line.unitsOf();
        assembly ("memory-safe") {
            mstore(0x00, units)
            log3(0x00, 0x20, topic, shr(96, mload(add(line, 0x20))), shr(96, mload(add(line, 0x40))))
        }
    }

    function _apply(Book memory book, Line memory line) private {
        (address from, address to, uint256 units) = (line.fromOf(), line.toOf(), line.unitsOf());
        uint8 kind = line.kindOf();
        if (kind <= Kind.RECOVERY || kind == Kind.HOLD_EXECUTED) {
            _move(book, from, to, units, kind == Kind.HOLD_EXECUTED ? units << 96 : 0);
            if (Policy.has(book.policy, Policy.TRACKED)) {
                (uint256 fromRecord, uint256 toRecord) = _pair(from, to);
                _trackRecords(book, fromRecord, toRecord, units);
            }
            _emitTransfer(line);
        } else if (kind == Kind.HOLD_CREATED && from != to) {
            Account storage account = _accounts[from];
            assert(units <= Holding.unheld(account.word));
            account.word += units << 96;
        } else if (kind == Kind.HOLD_RELEASED) {
            _accounts[from].word -= units << 96;
        }
    }

    /// @dev Units come from an account: {_issueUnlessFailing} alone makes new ones. Sums cannot overflow: no balance
    /// exceeds the supply, and that stays below 2^96 by the cap.
    function _move(Book memory book, address from, address to, uint256 units, uint256 encumbrance) private {
        Account storage account = _accounts[from];
        uint256 word = account.word;
        assert(units <= (encumbrance != 0 ? Holding.encumbered(word) : Holding.unheld(word)));
        unchecked {
            account.word = word - encumbrance - units;
            if (to == address(0)) book.supply = _supplyIn(book) - units;
            else _accounts[to].word += units;
        }
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

    /// @dev The record of the line's sender; a run of lines of one sender asks once.
    function _senderRecord(Book memory book, Line memory line) internal view returns (uint256) {
        address from = line.fromOf();
        if (from != book.sender) (book.sender, book.senderRecord) = (from, _record(from));
        return book.senderRecord;
    }
}
