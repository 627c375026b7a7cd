// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {Basis, Entries, Kind} from "./Entries.sol";
import {HoldKind} from "./Holds.sol";
import {Code, Rules} from "./Rules.sol";
import {TokenBase} from "./TokenBase.sol";

/// @title Inheritance 相続 and merger 合併 of accounts on whose units pledges and attachments rest
/// @dev Everything goes over in one transaction, or nothing.
abstract contract Successions is TokenBase, ISuccessions {
    uint256 private constant LOT_DAYS = 1 << 252 | type(uint64).max;
    /// @dev Flag of a HOLD_SUCCEEDED: the successor gets a part, whose id follows from the hold's and his account.
    uint256 private constant PART = 1 << 253;

    /// @inheritdoc ISuccessions
    function succeed(address from, SuccessorRow[] calldata rows, bytes32[] calldata holdIds) external restricted {
        Book memory book = _openFor(rows.length * (holdIds.length + 1));
        for (uint256 i; i < rows.length; ++i) {
            for (uint256 j; j < i; ++j) {
                if (rows[j].to == rows[i].to) revert Refused(Code.SAME_ACCOUNT);
            }
            _must(_checkSuccessor(book, from, rows[i], holdIds.length));
            _passFree(book, from, rows[i]);
        }
        for (uint256 i; i < holdIds.length; ++i) {
            _must(_passHold(book, from, rows, holdIds[i], i));
        }
        _must(_passQueue(from, rows));
        if (_balance(from) != 0 || _frozen[from] != 0) revert Refused(Code.HOLDS_MISSING);
        _close(book);
    }

    function _checkSuccessor(Book memory book, address from, SuccessorRow calldata row, uint256 holds)
        private
        view
        returns (uint8)
    {
        if (row.parts.length != holds) return Code.HOLDS_MISSING;
        uint256 record = _record(row.to);
        uint256 failing = Rules.ofMove(from, row.to, _unitsOf(row), _balance(from)) | Rules.ofReceiver(record);
        failing |= Rules.ofClass(record, book.policy);
        if (row.units > _unheldUnits(from)) failing |= Rules.bit(Code.INSUFFICIENT_UNITS);
        return Rules.first(failing);
    }

    function _unitsOf(SuccessorRow calldata row) private pure returns (uint256 units) {
        units = row.units;
        for (uint256 i; i < row.parts.length; ++i) {
            units += row.parts[i].units;
        }
    }

    function _passFree(Book memory book, address from, SuccessorRow calldata row) private {
        if (row.units != 0) {
            bytes32 data = bytes32(uint256(row.data) & LOT_DAYS);
            uint16 basis = Basis.GENERAL_SUCCESSION;
            _post(book, Entries.line(Kind.FORCED_TRANSFER, basis, from, row.to, row.units, row.ref, data));
        }
        emit ForcedTransfer(from, row.to, _unitsOf(row));
    }

    /// @dev The hold ends here and goes on at each of its successors.
    function _passHold(Book memory book, address from, SuccessorRow[] calldata rows, bytes32 id, uint256 place)
        private
        returns (uint8)
    {
        Hold memory hold = _holds[id];
        // One that has ended is on no account.
        if (hold.account != from) return Code.HOLD_UNKNOWN;
        // A trade names its seller.
        if (_kindOf(hold) < HoldKind.PLEDGE) return Code.HOLD_KIND;
        uint256 claim = _claims[id];
        if (!_addUp(rows, place, hold.units, claim == 0 ? hold.units : claim)) return Code.HOLDS_MISSING;
        delete _claims[id];
        _end(id);
        for (uint256 i; i < rows.length; ++i) {
            Part memory part = rows[i].parts[place];
            if (part.claim == 0) continue;
            if (hold.to == rows[i].to) return Code.SAME_ACCOUNT;
            bytes32 next = _idAt(id, rows, i);
            if (next != id && _first[id] != 0) _first[next] = _idAt(_first[id], rows, i);
            hold.account = rows[i].to;
            hold.units = part.units;
            _holds[next] = hold;
            if (part.claim != part.units) _claims[next] = part.claim;
            uint256 data = uint256(rows[i].data) & LOT_DAYS | uint256(part.claim) << 64 | (next == id ? 0 : PART);
            _postPart(book, from, hold, id, bytes32(data));
        }
        return Code.OK;
    }

    /// @dev What the parts have and claim is what the hold had and claimed, and each claims what it has.
    function _addUp(SuccessorRow[] calldata rows, uint256 place, uint256 units, uint256 claim)
        private
        pure
        returns (bool)
    {
        uint256 had;
        uint256 claimed;
        for (uint256 i; i < rows.length; ++i) {
            Part calldata part = rows[i].parts[place];
            if (part.claim < part.units) return false;
            had += part.units;
            claimed += part.claim;
        }
        return had == units && claimed == claim;
    }

    function _postPart(Book memory book, address from, Hold memory hold, bytes32 id, bytes32 data) private {
        uint16 basis = Basis.GENERAL_SUCCESSION;
        _postSucceeded(book, Entries.line(Kind.HOLD_SUCCEEDED, basis, from, hold.account, hold.units, id, data));
    }

    /// @dev Those that waited wait on, in the order in which they ranked, behind what waits at the successor already.
    function _passQueue(address from, SuccessorRow[] calldata rows) private returns (uint8) {
        bytes32[] memory ids = _waiting[from];
        if (ids.length == 0) return Code.OK;
        for (uint256 i; i < ids.length; ++i) {
            if (_holds[ids[i]].account == from) return Code.HOLDS_MISSING;
        }
        for (uint256 i; i < rows.length; ++i) {
            bytes32[] storage queue = _waiting[rows[i].to];
            uint256 had = queue.length;
            for (uint256 j; j < ids.length; ++j) {
                bytes32 id = _idAt(ids[j], rows, i);
                if (_claims[id] != 0) queue.push(id);
            }
            if (queue.length > MOST_WAITING) return Code.TOO_MANY_WAITING;
            _addWaiting(rows[i].to, queue.length - had);
        }
        delete _waiting[from];
        _dropWaiting(from, ids.length);
        return Code.OK;
    }

    /// @dev A sole successor's hold is the same one.
    function _idAt(bytes32 id, SuccessorRow[] calldata rows, uint256 row) private pure returns (bytes32) {
        if (rows.length == 1) return id;
        return bytes32(PART_IDS | uint160(uint256(keccak256(abi.encode(id, rows[row].to)))));
    }
}
