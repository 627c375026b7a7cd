// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Basis, Entries, Kind} from "./Entries.sol";
import {Ledger} from "./Ledger.sol";
import {Code, Rules} from "./Rules.sol";
import {Policy} from "./Words.sol";

/// @dev Hold kinds: the first nibble of a hold's data word.
library HoldKind {
    uint256 internal constant REQUEST = 1;
    uint256 internal constant DVP = 2;
    uint256 internal constant PLEDGE = 3;
    uint256 internal constant ATTACHMENT = 4;
    uint256 internal constant LOCKUP = 5;
    uint256 internal constant FREEZE = 6;
}

/// @dev States of a hold. CLOSED stays for good, so that a hold's id is never used again.
library HoldState {
    uint8 internal constant OPEN = 1;
    uint8 internal constant ACCEPTED = 2;
    uint8 internal constant CLOSED = 3;
}

/// @title Holds, the only encumbrance
/// @dev Title and record-date entitlement stay with the account until a hold executes. Each function returns
/// the code of the rule that says no and then has changed nothing.
abstract contract Holds is Ledger {
    /// @dev 28 bits of minutes reach the year 2480.
    uint256 private constant LAST_MINUTE = (1 << 28) - 1;
    uint256 private constant DAYS = type(uint64).max;
    uint256 internal constant CONTROLLER = uint256(type(uint160).max) << 64;
    /// @dev The hold of an account's frozen units (ERC-7943) is this and the account; no other hold takes such an id.
    uint256 internal constant FREEZE_IDS = uint256(type(uint96).max) << 160;
    /// @dev So do parts of a hold that went to several successors, whose ids nobody else may take before: see Successions.
    uint256 internal constant PART_IDS = uint256(type(uint96).max - 1) << 160;
    /// @dev A release looks at each hold that waits on the account.
    uint256 internal constant MOST_WAITING = 8;

    mapping(bytes32 id => Hold) internal _holds;
    /// @dev What an attachment or a pledge behind another claims while it waits for some of it.
    mapping(bytes32 id => uint256) internal _claims;
    /// @dev Holds of an account that wait for units under others, in their rank.
    mapping(address account => bytes32[]) internal _waiting;
    /// @dev Of a pledge behind another: the first pledge on the same units.
    mapping(bytes32 id => bytes32) internal _first;

    function _request(Book memory book, RequestRow memory row) internal returns (uint8) {
        (uint256 failing, uint256 fromRecord,) = _failing(book, row.from, row.to, row.units, false);
        failing |= _failingActor(book, fromRecord, row.from) | _failingNewHold(row.ref, row.expiryMinutes);
        if (failing != 0) return Rules.first(failing);
        bytes32 data = _dataOf(HoldKind.REQUEST, row.expiryMinutes, address(0), row.data);
        _create(book, row.ref, Hold(row.from, row.units, row.to, HoldState.OPEN, Basis.JOINT_REQUEST, data));
        return Code.OK;
    }

    function _accept(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold) || _kindOf(hold) != HoldKind.REQUEST) return Code.HOLD_UNKNOWN;
        if (hold.state == HoldState.ACCEPTED) return Code.HOLD_ALREADY_ACCEPTED;
        if (_isExpired(hold)) return Code.HOLD_EXPIRED;
        (uint256 failing,, uint256 toRecord) = _failing(book, hold.account, hold.to, hold.units, true);
        if (_failingActor(book, toRecord, hold.to) != 0) return Code.NOT_CUSTODIAN;
        if (failing != 0) return Rules.first(failing);
        _postHold(book, Kind.HOLD_ACCEPTED, hold.basis, id, hold);
        if (Policy.has(book.policy, Policy.APPROVAL)) _holds[id].state = HoldState.ACCEPTED;
        else _execute(book, id, hold, hold.units);
        return Code.OK;
    }

    /// @dev Approves a request, which then moves, or a DvP hold, which its controller may then execute.
    function _approve(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        uint256 kind = _kindOf(hold);
        if (!_isOpen(hold) || kind > HoldKind.DVP) return Code.HOLD_UNKNOWN;
        if (_isExpired(hold)) return Code.HOLD_EXPIRED;
        bool accepted = hold.state == HoldState.ACCEPTED;
        if (kind == HoldKind.DVP && accepted) return Code.HOLD_ALREADY_ACCEPTED;
        if (kind == HoldKind.REQUEST && !accepted && Policy.has(book.policy, Policy.ACCEPTANCE)) {
            return Code.HOLD_NOT_ACCEPTED;
        }
        (uint256 failing,,) = _failing(book, hold.account, hold.to, hold.units, true);
        if (failing != 0) return Rules.first(failing);
        if (kind == HoldKind.REQUEST) {
            _execute(book, id, hold, hold.units);
        } else {
            _holds[id].state = HoldState.ACCEPTED;
            _postHold(book, Kind.HOLD_ACCEPTED, hold.basis, id, hold);
        }
        return Code.OK;
    }

    function _reject(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold) || _kindOf(hold) > HoldKind.DVP) return Code.HOLD_UNKNOWN;
        _release(book, id, hold, Basis.NONE);
        return Code.OK;
    }

    function _cancel(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold) || _kindOf(hold) != HoldKind.REQUEST) return Code.HOLD_UNKNOWN;
        if (!_isExpired(hold)) {
            (uint256 record,) = _pair(hold.account, address(0));
            if (_failingActor(book, record, hold.account) != 0) return Code.NOT_CUSTODIAN;
        }
        _release(book, id, hold, Basis.NONE);
        return Code.OK;
    }

    /// @dev Ends a hold and lets those that wait on its account take what it frees.
    function _release(Book memory book, bytes32 id, Hold memory hold, uint16 basis) internal {
        _releaseAlone(book, id, hold, basis);
        if (!_someWait(hold.account)) return;
        _succeed(book, hold.account, id, hold.units);
        _cover(book, hold.account);
    }

    function _releaseAlone(Book memory book, bytes32 id, Hold memory hold, uint16 basis) internal {
        if (_claims[id] != 0) _stopWaiting(hold.account, id);
        _end(id);
        _postHold(book, Kind.HOLD_RELEASED, basis, id, hold);
    }

    /// @dev Gives what a pledge frees to those behind it on the same units, and to no other: first rank first.
    function _succeed(Book memory book, address account, bytes32 id, uint256 freed) internal {
        bytes32 first = _firstOf(id);
        bytes32[] memory ids = _waiting[account];
        for (uint256 i; i < ids.length && freed != 0; ++i) {
            if (_first[ids[i]] == first) freed -= _take(book, account, ids[i], freed);
        }
    }

    /// @dev Gives unencumbered units to the attachments that wait, first rank first.
    function _cover(Book memory book, address account) internal {
        bytes32[] memory ids = _waiting[account];
        for (uint256 i; i < ids.length; ++i) {
            uint256 unheld = _unheldUnits(account);
            if (unheld == 0) return;
            if (_first[ids[i]] == 0) _take(book, account, ids[i], unheld);
        }
    }

    /// @dev Lets a hold that waits have up to `most` units, which are unencumbered, and says how many it took.
    function _take(Book memory book, address account, bytes32 id, uint256 most) private returns (uint256 taken) {
        Hold memory hold = _holds[id];
        uint96 was = hold.units;
        uint256 lacking = _claims[id] - was;
        taken = most < lacking ? most : lacking;
        hold.units += uint96(taken);
        _holds[id].units = hold.units;
        if (taken == lacking) _stopWaiting(account, id);
        _postChange(book, id, hold, account, was, hold.basis);
    }

    /// @dev The first pledge on the units of a pledge; of a hold that ranks behind none, itself.
    function _firstOf(bytes32 id) internal view returns (bytes32) {
        bytes32 first = _first[id];
        return first == 0 ? id : first;
    }

    /// @dev A hold claims units that it does not have yet.
    function _startWaiting(address account, bytes32 id, uint96 units) internal {
        _claims[id] = units;
        _waiting[account].push(id);
        _addWaiting(account, 1);
    }

    /// @dev Only the days of a caller's data word count: flags and controllers are not his to set.
    function _days(bytes32 data) internal pure returns (bytes32) {
        return bytes32(uint256(data) & DAYS);
    }

    function _isOpen(Hold memory hold) internal pure returns (bool) {
        return hold.state == HoldState.OPEN || hold.state == HoldState.ACCEPTED;
    }

    function _dataOf(uint256 kind, uint256 expiry, address controller, bytes32 data) internal pure returns (bytes32) {
        return bytes32(kind << 252 | expiry << 224 | uint256(uint160(controller)) << 64 | uint256(data) & DAYS);
    }

    function _create(Book memory book, bytes32 id, Hold memory hold) internal {
        _holds[id] = hold;
        _postHold(book, Kind.HOLD_CREATED, hold.basis, id, hold);
    }

    function _execute(Book memory book, bytes32 id, Hold memory hold, uint96 units) internal {
        bool waits = _claims[id] != 0;
        if (waits) _claims[id] -= units;
        if (units == hold.units && !waits) _end(id);
        else _holds[id].units = hold.units - units;
        hold.units = units;
        _postHold(book, Kind.HOLD_EXECUTED, hold.basis, id, hold);
    }

    function _end(bytes32 id) internal {
        delete _holds[id];
        _holds[id].state = HoldState.CLOSED;
    }

    function _stopWaiting(address account, bytes32 id) internal {
        bytes32[] storage ids = _waiting[account];
        uint256 last = ids.length - 1;
        bool found;
        for (uint256 i; i < last; ++i) {
            found = found || ids[i] == id;
            if (found) ids[i] = ids[i + 1];
        }
        ids.pop();
        delete _claims[id];
        _dropWaiting(account, 1);
    }

    function _postHold(Book memory book, uint8 kind, uint16 basis, bytes32 id, Hold memory hold) internal {
        _post(book, Entries.line(kind, basis, hold.account, hold.to, hold.units, id, hold.data));
    }

    function _postChange(Book memory book, bytes32 id, Hold memory hold, address from, uint96 was, uint16 basis)
        internal
    {
        _postChange(book, Entries.line(Kind.HOLD_CHANGED, basis, from, hold.account, hold.units, id, hold.data), was);
    }

    function _failingNewHold(bytes32 ref, uint256 expiry) internal view returns (uint256 failing) {
        if (expiry > LAST_MINUTE || (expiry != 0 && block.timestamp >= expiry * 1 minutes)) {
            failing = Rules.bit(Code.HOLD_EXPIRED);
        }
        bool reserved = ref == bytes32(0) || uint256(ref) >= PART_IDS;
        if (reserved || _holds[ref].state != 0) failing |= Rules.bit(Code.REF_USED);
    }

    function _kindOf(Hold memory hold) internal pure returns (uint256) {
        return uint256(hold.data) >> 252;
    }

    function _controllerOf(Hold memory hold) internal pure returns (address) {
        return address(uint160(uint256(hold.data) >> 64));
    }

    function _isExpired(Hold memory hold) internal view returns (bool) {
        uint256 expiry = uint256(hold.data) >> 224 & LAST_MINUTE;
        return expiry != 0 && block.timestamp >= expiry * 1 minutes;
    }
}
