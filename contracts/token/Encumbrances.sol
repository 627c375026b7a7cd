// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {Basis, Entries, Kind} from "./Entries.sol";
import {HoldKind, HoldState} from "./Holds.sol";
import {Code, Rules} from "./Rules.sol";
import {TokenBase} from "./TokenBase.sol";
import {Policy} from "./Words.sol";

/// @title Holds in another's hands: DvP, pledge, attachment, lock-up
abstract contract Encumbrances is TokenBase {
    /// @dev A hold for delivery versus payment: the seller's side gives the units into the controller's hands.
    function _createDvp(Book memory book, HoldRow memory row) internal returns (uint8) {
        (uint256 failing, uint256 fromRecord,) = _failing(book, row.account, row.to, row.units, false);
        failing |= _failingActor(book, fromRecord, row.account) | _failingNewHold(row.ref, row.expiryMinutes);
        if (row.kind != HoldKind.DVP || row.behind != 0) failing |= Rules.bit(Code.HOLD_KIND);
        if (row.controller == address(0)) failing |= Rules.bit(Code.NOT_CONTROLLER);
        if (failing != 0) return Rules.first(failing);
        _create(book, row.ref, _holdOf(row, Basis.JOINT_REQUEST));
        return Code.OK;
    }

    /// @dev A hold that the register records on the law's or the parties' word.
    function _createByRegistrar(Book memory book, HoldRow memory row) internal returns (uint8) {
        bool attaches = row.kind == HoldKind.ATTACHMENT;
        bool expires = row.expiryMinutes != 0;
        (uint256 record,) = _pair(row.account, address(0));
        uint256 failing = _failingNewHold(row.ref, row.expiryMinutes);
        if (row.behind != 0) failing |= _failingBehind(row);
        else if (row.units > (attaches ? _balance(row.account) : _freeUnits(row.account))) {
            failing |= Rules.bit(Code.INSUFFICIENT_UNITS);
        }
        if (row.units == 0) failing |= Rules.bit(Code.UNITS_ZERO);
        if (row.account == row.to) failing |= Rules.bit(Code.SAME_ACCOUNT);
        if (!attaches) failing |= Rules.ofSender(record);
        // What is attached is sold by order, to a buyer whom nobody knows yet.
        else if (row.to != address(0)) failing |= Rules.bit(Code.RECEIVER_INVALID);
        if (row.kind < HoldKind.PLEDGE || row.kind > HoldKind.LOCKUP || (expires && row.kind != HoldKind.LOCKUP)) {
            failing |= Rules.bit(Code.HOLD_KIND);
        }
        // Somebody or some day must be able to end it.
        if (row.controller == address(0) && !expires) failing |= Rules.bit(Code.NOT_CONTROLLER);
        bool waits = row.behind != 0 || (attaches && row.units > _unheldUnits(row.account));
        if (waits && _waiting[row.account].length >= MOST_WAITING) failing |= Rules.bit(Code.TOO_MANY_WAITING);
        if (failing != 0) return Rules.first(failing);
        Hold memory hold = _holdOf(row, _basisOf(row.kind));
        if (row.behind != 0) _createBehind(book, row.ref, hold, _firstOf(row.behind));
        else if (row.units > _unheldUnits(row.account)) _createWaiting(book, row.ref, hold);
        else _create(book, row.ref, hold);
        return Code.OK;
    }

    /// @dev A pledge behind a pledge claims no more than that one has or claims. What an attachment waits for is no longer
    /// the holder's to pledge, so that no attachment ever waits before a pledge behind another.
    function _failingBehind(HoldRow memory row) private view returns (uint256 failing) {
        Hold memory ahead = _holds[row.behind];
        uint256 claim = _claims[row.behind];
        bool stands = _isOpen(ahead) && ahead.account == row.account && _kindOf(ahead) == HoldKind.PLEDGE;
        if (!stands) failing = Rules.bit(Code.HOLD_UNKNOWN);
        else if (row.units > (claim == 0 ? ahead.units : claim)) failing = Rules.bit(Code.INSUFFICIENT_UNITS);
        if (row.kind != HoldKind.PLEDGE) failing |= Rules.bit(Code.HOLD_KIND);
        bytes32[] memory ids = _waiting[row.account];
        for (uint256 i; i < ids.length; ++i) {
            if (_first[ids[i]] == 0) failing |= Rules.bit(Code.ATTACHMENT_AHEAD);
        }
    }

    /// @dev Units under a pledge are encumbered once: this one claims them and takes what those before it release.
    function _createBehind(Book memory book, bytes32 id, Hold memory hold, bytes32 first) private {
        (address account, uint96 units) = (hold.account, hold.units);
        _startWaiting(account, id, units);
        _first[id] = first;
        hold.units = 0;
        _create(book, id, hold);
        _note(book, Entries.line(Kind.HOLD_RANKED, hold.basis, account, account, units, id, first));
    }

    /// @dev An attachment behind other holds: it encumbers nothing at first, then what is free, then what frees.
    function _createWaiting(Book memory book, bytes32 id, Hold memory hold) private {
        address account = hold.account;
        _startWaiting(account, id, hold.units);
        _note(book, Entries.line(Kind.HOLD_CREATED, hold.basis, account, account, hold.units, id, hold.data));
        hold.units = 0;
        _holds[id] = hold;
        _cover(book, account);
    }

    function _executeByController(Book memory book, ExecuteRow memory row) internal returns (uint8) {
        Hold memory hold = _holds[row.holdId];
        uint256 kind = _kindOf(hold);
        if (!_isOpen(hold) || kind == HoldKind.REQUEST) return Code.HOLD_UNKNOWN;
        if (_controllerOf(hold) != msg.sender) return Code.NOT_CONTROLLER;
        if (_isExpired(hold)) return Code.HOLD_EXPIRED;
        if (hold.to == address(0)) return Code.HOLD_KIND;
        if (row.units > hold.units) return Code.INSUFFICIENT_UNITS;
        // The buyer's side says nothing to a DvP hold: where it must be heard, the registrar says that it was.
        uint256 words = Policy.ACCEPTANCE | Policy.APPROVAL;
        bool needsApproval = kind == HoldKind.DVP && Policy.has(book.policy, words);
        if (needsApproval && hold.state != HoldState.ACCEPTED) return Code.HOLD_NOT_ACCEPTED;
        (uint256 failing,,) = _failing(book, hold.account, hold.to, row.units, true);
        if (failing != 0) return Rules.first(failing);
        _execute(book, row.holdId, hold, row.units);
        return Code.OK;
    }

    function _releaseByController(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold) || _kindOf(hold) == HoldKind.REQUEST) return Code.HOLD_UNKNOWN;
        if (_controllerOf(hold) != msg.sender && !_isExpired(hold)) return Code.NOT_CONTROLLER;
        _release(book, id, hold, _releaseBasisOf(_kindOf(hold)));
        return Code.OK;
    }

    function _changeController(Book memory book, bytes32 id, address controller) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold)) return Code.HOLD_UNKNOWN;
        bool hers = _controllerOf(hold) == msg.sender && controller != address(0);
        if (!hers) return Code.NOT_CONTROLLER;
        hold.data = bytes32(uint256(hold.data) & ~CONTROLLER | uint256(uint160(controller)) << 64);
        _holds[id].data = hold.data;
        _postChange(book, id, hold, hold.account, hold.units, hold.basis);
        return Code.OK;
    }

    /// @dev Enters another pledgee: by the word of the present one's side, and with a name and address of its own.
    function _assign(Book memory book, bytes32 id, address pledgee, address controller) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold) || _kindOf(hold) != HoldKind.PLEDGE) return Code.HOLD_UNKNOWN;
        bool hers = _controllerOf(hold) == msg.sender && controller != address(0);
        if (!hers) return Code.NOT_CONTROLLER;
        if (pledgee == address(0)) return Code.RECEIVER_INVALID;
        if (pledgee == hold.account) return Code.SAME_ACCOUNT;
        if (_record(pledgee) == 0) return Code.RECEIVER_NOT_REGISTERED;
        hold.data = bytes32(uint256(hold.data) & ~CONTROLLER | uint256(uint160(controller)) << 64);
        (_holds[id].to, _holds[id].data) = (pledgee, hold.data);
        _note(book, Entries.line(Kind.HOLD_ASSIGNED, hold.basis, hold.account, pledgee, hold.units, id, hold.data));
        return Code.OK;
    }

    /// @dev Moves a hold and its units to another wallet of its person.
    function _carry(Book memory book, bytes32 id, Hold memory hold, address replacement) internal {
        address lost = hold.account;
        hold.account = replacement;
        _holds[id].account = replacement;
        _postChange(book, id, hold, lost, hold.units, Basis.WALLET_RECOVERY);
    }

    /// @dev Those that wait go on waiting on another wallet of their person, in the order in which they rank, whatever the
    /// order in which they were named. Each must have been carried.
    function _carryWaiting(address lost, address replacement) internal returns (uint8) {
        bytes32[] memory ids = _waiting[lost];
        bytes32[] storage queue = _waiting[replacement];
        if (ids.length == 0) return Code.OK;
        if (ids.length + queue.length > MOST_WAITING) return Code.TOO_MANY_WAITING;
        for (uint256 i; i < ids.length; ++i) {
            if (_holds[ids[i]].account != replacement) return Code.HOLDS_MISSING;
            queue.push(ids[i]);
        }
        delete _waiting[lost];
        _dropWaiting(lost, ids.length);
        _addWaiting(replacement, ids.length);
        return Code.OK;
    }

    function _holdOf(HoldRow memory row, uint16 basis) private pure returns (Hold memory) {
        bytes32 data = _dataOf(row.kind, row.expiryMinutes, row.controller, row.data);
        return Hold(row.account, row.units, row.to, HoldState.OPEN, basis, data);
    }

    function _basisOf(uint256 kind) private pure returns (uint16) {
        if (kind == HoldKind.PLEDGE) return Basis.PLEDGE_SET;
        return kind == HoldKind.ATTACHMENT ? Basis.ATTACHMENT : Basis.NONE;
    }

    function _releaseBasisOf(uint256 kind) private pure returns (uint16) {
        if (kind == HoldKind.PLEDGE) return Basis.PLEDGE_RELEASE;
        return kind == HoldKind.ATTACHMENT ? Basis.ATTACHMENT_RELEASE : Basis.NONE;
    }

}
