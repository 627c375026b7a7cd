// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ISecurityToken} from "../interfaces/ISecurityToken.sol";
import {Basis, Kind, Ledger} from "./Ledger.sol";
import {Code, Policy, Record, Rules} from "./Rules.sol";

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

    mapping(bytes32 id => Hold) internal _holds;

    /// @inheritdoc ISecurityToken
    function holdOf(bytes32 id) external view returns (Hold memory) {
        return _holds[id];
    }

    function _request(Book memory book, RequestRow calldata row, uint32 custodian) internal returns (uint8) {
        (uint256 failing, uint256 fromRecord,) = _failing(book.word, row.from, row.to, row.units, false);
        failing |= _failingCustodian(fromRecord, custodian) | _failingNewHold(row.ref, row.expiryMinutes);
        if (failing != 0) return Rules.first(failing);
        bytes32 data = _word(HoldKind.REQUEST, row.expiryMinutes, address(0), row.data);
        Hold memory hold = Hold(row.from, row.units, row.to, HoldState.OPEN, Basis.JOINT_REQUEST, data);
        _holds[row.ref] = hold;
        _postHold(book, Kind.HOLD_CREATED, row.ref, hold);
        return Code.OK;
    }

    function _accept(Book memory book, bytes32 id, uint32 custodian) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpenRequest(hold)) return Code.HOLD_UNKNOWN;
        if (hold.state == HoldState.ACCEPTED) return Code.HOLD_ALREADY_ACCEPTED;
        if (_isExpired(hold.data)) return Code.HOLD_EXPIRED;
        (uint256 failing,, uint256 toRecord) = _failing(book.word, hold.account, hold.to, hold.units, true);
        if (_failingCustodian(toRecord, custodian) != 0) return Code.NOT_CUSTODIAN;
        if (failing != 0) return Rules.first(failing);
        _postHold(book, Kind.HOLD_ACCEPTED, id, hold);
        if (Policy.has(book.word, Policy.APPROVAL)) _holds[id].state = HoldState.ACCEPTED;
        else _end(book, Kind.HOLD_EXECUTED, id, hold);
        return Code.OK;
    }

    function _approve(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpenRequest(hold)) return Code.HOLD_UNKNOWN;
        if (_isExpired(hold.data)) return Code.HOLD_EXPIRED;
        bool waits = Policy.has(book.word, Policy.ACCEPTANCE) && hold.state != HoldState.ACCEPTED;
        if (waits) return Code.HOLD_NOT_ACCEPTED;
        (uint256 failing,,) = _failing(book.word, hold.account, hold.to, hold.units, true);
        if (failing != 0) return Rules.first(failing);
        _end(book, Kind.HOLD_EXECUTED, id, hold);
        return Code.OK;
    }

    function _reject(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpenRequest(hold)) return Code.HOLD_UNKNOWN;
        _end(book, Kind.HOLD_RELEASED, id, hold);
        return Code.OK;
    }

    function _cancel(Book memory book, bytes32 id) internal returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpenRequest(hold)) return Code.HOLD_UNKNOWN;
        if (!_isExpired(hold.data) && !_actsFor(msg.sender, hold.account)) return Code.NOT_CUSTODIAN;
        _end(book, Kind.HOLD_RELEASED, id, hold);
        return Code.OK;
    }

    /// @dev Codes of a move without a request.
    function _failingDirect(uint256 policy_, address from, address to, uint256 units)
        internal
        view
        returns (uint256 failing, uint256 fromRecord, uint256 toRecord)
    {
        (failing, fromRecord, toRecord) = _failing(policy_, from, to, units, false);
        if (Policy.has(policy_, Policy.ACCEPTANCE | Policy.APPROVAL)) failing |= Rules.bit(Code.NEEDS_REQUEST);
    }

    function _failingCustodian(uint256 record, uint32 custodian) internal pure returns (uint256) {
        bool acts = custodian != 0 && Record.custodianOf(record) == custodian;
        return acts ? 0 : Rules.bit(Code.NOT_CUSTODIAN);
    }

    /// @dev Only the days of a caller's data word count: flags and controllers are not his to set.
    function _days(bytes32 data) internal pure returns (bytes32) {
        return bytes32(uint256(data) & DAYS);
    }

    function _failingNewHold(bytes32 ref, uint256 expiry) private view returns (uint256 failing) {
        if (expiry > LAST_MINUTE || (expiry != 0 && block.timestamp >= expiry * 1 minutes)) {
            failing = Rules.bit(Code.HOLD_EXPIRED);
        }
        if (ref == bytes32(0) || _holds[ref].state != 0) failing |= Rules.bit(Code.REF_USED);
    }

    function _end(Book memory book, uint8 kind, bytes32 id, Hold memory hold) private {
        delete _holds[id];
        _holds[id].state = HoldState.CLOSED;
        _postHold(book, kind, id, hold);
    }

    function _postHold(Book memory book, uint8 kind, bytes32 id, Hold memory hold) private {
        uint16 basis = kind == Kind.HOLD_RELEASED ? Basis.NONE : hold.basis;
        _post(book, Line(kind, basis, hold.units, hold.account, hold.to, id, hold.data));
    }

    function _actsFor(address signer, address account) private view returns (bool) {
        uint32 custodian = Record.custodianOf(uint256(registry.recordOf(account)));
        return custodian == 0 ? signer == account : registry.custodianOf(signer) == custodian;
    }

    function _word(uint256 kind, uint256 expiry, address controller, bytes32 data) private pure returns (bytes32) {
        return bytes32(kind << 252 | expiry << 224 | uint256(uint160(controller)) << 64 | uint256(data) & DAYS);
    }

    function _isOpenRequest(Hold memory hold) private pure returns (bool) {
        bool open = hold.state == HoldState.OPEN || hold.state == HoldState.ACCEPTED;
        return open && uint256(hold.data) >> 252 == HoldKind.REQUEST;
    }

    function _isExpired(bytes32 data) private view returns (bool) {
        uint256 expiry = uint256(data) >> 224 & LAST_MINUTE;
        return expiry != 0 && block.timestamp >= expiry * 1 minutes;
    }
}
