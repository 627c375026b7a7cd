// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {Delegation} from "./Delegation.sol";
import {Basis, Entries, Kind} from "./Entries.sol";
import {HoldKind, HoldState} from "./Holds.sol";
import {Memory} from "./Memory.sol";
import {Orders} from "./Orders.sol";
import {Code, Rules} from "./Rules.sol";
import {TokenBase} from "./TokenBase.sol";
import {Policy, Record, Supply} from "./Words.sol";

/// @title What registrar, enforcer and the controllers of holds do to holdings
/// @dev Runs on the storage of the token that delegates to it; on its own it holds nothing.
contract LegalActs is Orders, Delegation, ILegalActs {
    /// @dev A move by order may say that the lots keep their acquisition days (succession, rectification).
    uint256 private constant KEEP_DAYS = 1 << 252;
    uint256 private constant ORDER_DATA = KEEP_DAYS | type(uint64).max;

    /// @inheritdoc ILegalActs
    address public immutable corporateActs;

    constructor(address manager, IHolderRegistry registry_, address corporateActs_)
        TokenBase(manager, registry_)
        EIP712("Genbo", "1")
    {
        corporateActs = corporateActs_;
    }

    /// @inheritdoc ILegalActs
    function createDvpHolds(HoldRow[] calldata rows, bool atomic) external restricted {
        _createEach(_openForCustodian(rows.length), rows, atomic, _createDvp);
    }

    /// @inheritdoc ILegalActs
    function createHolds(HoldRow[] calldata rows, bool atomic) external restricted {
        _createEach(_openFor(rows.length), rows, atomic, _createByRegistrar);
    }

    /// @inheritdoc ILegalActs
    function executeHolds(ExecuteRow[] calldata rows, bool atomic) external {
        Book memory book = _openFor(rows.length);
        uint256 free = Memory.mark();
        for (uint256 i; i < rows.length; ++i) {
            ExecuteRow memory row = rows[i];
            uint8 code = _executeByController(book, row);
            if (code != Code.OK) _refuseHold(atomic, i, row.holdId, code);
            Memory.reuse(free);
        }
        _close(book);
    }

    /// @inheritdoc ILegalActs
    function releaseHolds(bytes32[] calldata holdIds, bool atomic) external {
        _each(_openFor(holdIds.length), holdIds, atomic, _releaseByController);
    }

    /// @inheritdoc ILegalActs
    function releaseByOrder(bytes32[] calldata holdIds, uint16 basis, bool atomic) external restricted {
        Book memory book = _openFor(holdIds.length);
        uint256 free = Memory.mark();
        for (uint256 i; i < holdIds.length; ++i) {
            uint8 code = _releaseByOrder(book, holdIds[i], basis);
            if (code != Code.OK) _refuseHold(atomic, i, holdIds[i], code);
            Memory.reuse(free);
        }
        _close(book);
    }

    /// @inheritdoc ILegalActs
    function changeController(bytes32 holdId, address controller) external {
        Book memory book = _openToMove();
        _must(_changeController(book, holdId, controller));
        _close(book);
    }

    /// @inheritdoc ILegalActs
    function assignPledge(bytes32 holdId, address pledgee, address controller) external {
        Book memory book = _openToMove();
        _must(_assign(book, holdId, pledgee, controller));
        _close(book);
    }

    /// @inheritdoc ILegalActs
    function enforceTransfers(OrderedRow[] calldata rows, bool atomic) external restricted {
        Book memory book = _openFor(rows.length);
        uint256 free = Memory.mark();
        for (uint256 i; i < rows.length; ++i) {
            OrderedRow memory row = rows[i];
            uint8 code = _enforce(book, row);
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.from, row.to, row.units);
            Memory.reuse(free);
        }
        _close(book);
    }

    /// @inheritdoc ILegalActs
    function forcedTransfer(address from, address to, uint256 amount) external restricted returns (bool) {
        if (amount > _balance(from)) revert ERC20InsufficientBalance(from, _balance(from), amount);
        Book memory book = _openToMove();
        OrderedRow memory row =
            OrderedRow(from, to, uint96(amount), Basis.RECTIFICATION, 0, bytes32(KEEP_DAYS), new bytes32[](0));
        uint8 code = _enforce(book, row);
        if (code != Code.OK) _revert(code, from, to, amount);
        _close(book);
        return true;
    }

    /// @inheritdoc ILegalActs
    function setFrozenTokens(address account, uint256 amount) external restricted returns (bool) {
        if (account == address(0)) revert ERC20InvalidSender(account);
        Book memory book = _openToMove();
        _freeze(book, account, amount);
        _close(book);
        return true;
    }

    /// @inheritdoc ILegalActs
    function recover(address lost, address replacement, bytes32 ref, bytes32[] calldata holdIds) external restricted {
        Book memory book = _openFor(holdIds.length);
        _must(_recover(book, lost, replacement, ref, holdIds));
        _close(book);
    }

    /// @dev Frozen units rank last: they are unfrozen only as far as the order needs them.
    function _enforce(Book memory book, OrderedRow memory row) private returns (uint8) {
        uint8 code = _checkOrder(book, row);
        if (code != Code.OK) return code;
        uint256[] memory broken = new uint256[](row.breaks.length);
        for (uint256 i; i < broken.length; ++i) {
            Hold memory hold = _holds[row.breaks[i]];
            broken[i] = hold.units;
            _releaseAlone(book, row.breaks[i], hold, row.basis);
        }
        uint256 frozen = _frozen[row.from];
        uint256 free = _freeUnits(row.from);
        if (frozen != 0 && row.units > free) _freeze(book, row.from, frozen - (row.units - free));
        uint256 kept = row.basis == Basis.RECTIFICATION ? ORDER_DATA | Basis.CORRECTS : ORDER_DATA;
        bytes32 data = bytes32(uint256(row.data) & kept);
        _post(book, Entries.line(Kind.FORCED_TRANSFER, row.basis, row.from, row.to, row.units, row.ref, data));
        emit ForcedTransfer(row.from, row.to, row.units);
        if (_someWait(row.from)) _settleWaiting(book, row, broken);
        return Code.OK;
    }

    /// @dev The units that moved came out of the holds that the order broke, the first one first; what those had beyond
    /// them is freed.
    function _settleWaiting(Book memory book, OrderedRow memory row, uint256[] memory broken) private {
        uint256 moved = row.units;
        for (uint256 i; i < broken.length; ++i) {
            uint256 out = moved < broken[i] ? moved : broken[i];
            moved -= out;
            _succeed(book, row.from, row.breaks[i], broken[i] - out);
        }
        _cover(book, row.from);
    }

    /// @dev Checked before anything changes, so that a skipped row leaves its holds alone.
    function _checkOrder(Book memory book, OrderedRow memory row) private view returns (uint8) {
        (uint256 fromRecord, uint256 toRecord) = _pair(row.from, row.to);
        uint256 reach = _unheldUnits(row.from);
        for (uint256 i; i < row.breaks.length; ++i) {
            Hold memory hold = _holds[row.breaks[i]];
            if (!_isOpen(hold) || hold.account != row.from) return Code.HOLD_UNKNOWN;
            for (uint256 j; j < i; ++j) {
                if (row.breaks[j] == row.breaks[i]) return Code.HOLD_UNKNOWN;
            }
            reach += hold.units;
        }
        uint256 failing = Rules.ofMove(row.from, row.to, row.units, reach) | Rules.ofReceiver(toRecord);
        failing |= Rules.ofClass(toRecord, book.policy);
        if (fromRecord == 0) failing |= Rules.bit(Code.SENDER_NOT_REGISTERED);
        bool rectifies = row.basis == Basis.RECTIFICATION;
        if (!Basis.isOrder(row.basis) || (rectifies && !Basis.correctsOneBefore(row.data, book.head))) {
            failing |= Rules.bit(Code.BASIS_INVALID);
        }
        return Rules.first(failing);
    }

    /// @dev Ends holds by order, whoever controls them.
    function _releaseByOrder(Book memory book, bytes32 id, uint16 basis) private returns (uint8) {
        Hold memory hold = _holds[id];
        if (!_isOpen(hold)) return Code.HOLD_UNKNOWN;
        if (!Basis.isOrder(basis)) return Code.BASIS_INVALID;
        _release(book, id, hold, basis);
        return Code.OK;
    }

    /// @dev Everything of a lost wallet goes along: free units, each hold with its units, frozen units. Nothing
    /// is unfrozen by it, neither units nor the person.
    function _recover(Book memory book, address lost, address replacement, bytes32 ref, bytes32[] calldata holdIds)
        private
        returns (uint8)
    {
        uint8 code = _checkRecovery(lost, replacement);
        if (code != Code.OK) return code;
        for (uint256 i; i < holdIds.length; ++i) {
            Hold memory hold = _holds[holdIds[i]];
            if (!_isOpen(hold) || hold.account != lost) return Code.HOLD_UNKNOWN;
            _carry(book, holdIds[i], hold, replacement);
        }
        code = _carryWaiting(lost, replacement);
        if (code != Code.OK) return code;
        uint96 rest = uint96(_unheldUnits(lost));
        if (rest != _balance(lost)) return Code.HOLDS_MISSING;
        if (rest != 0) {
            bytes32 data = bytes32(KEEP_DAYS);
            _post(book, Entries.line(Kind.RECOVERY, Basis.WALLET_RECOVERY, lost, replacement, rest, ref, data));
        }
        uint256 frozen = _frozen[lost];
        if (frozen != 0) {
            _freeze(book, replacement, _frozen[replacement] + frozen);
            _freeze(book, lost, 0);
        }
        return Code.OK;
    }

    function _checkRecovery(address lost, address replacement) private view returns (uint8) {
        (uint256 fromRecord, uint256 toRecord) = _pair(lost, replacement);
        uint256 failing = Rules.ofMove(lost, replacement, _balance(lost), _balance(lost));
        if (fromRecord == 0) failing |= Rules.bit(Code.SENDER_NOT_REGISTERED);
        if (toRecord == 0) failing |= Rules.bit(Code.RECEIVER_NOT_REGISTERED);
        if (Record.personOf(fromRecord) != Record.personOf(toRecord)) failing |= Rules.bit(Code.NOT_SAME_PERSON);
        if (Record.flagsOf(fromRecord) & ~Record.flagsOf(toRecord) != 0) failing |= Rules.bit(Code.FLAGS_LOST);
        return Rules.first(failing);
    }

    /// @dev The frozen units of an account are one hold for good. They may exceed the balance, so they never
    /// count as encumbered: free = balance - encumbered - frozen, at least 0. More than the issue can ever have
    /// freezes no more than all of it.
    function _freeze(Book memory book, address account, uint256 units) private {
        uint96 most = Supply.cap(_supply);
        uint96 amount = units > most ? most : uint96(units);
        bytes32 id = bytes32(FREEZE_IDS | uint160(account));
        bytes32 data = _dataOf(HoldKind.FREEZE, 0, address(0), 0);
        uint8 kind = Kind.HOLD_CHANGED;
        if (_holds[id].state == 0) {
            kind = Kind.HOLD_CREATED;
            _holds[id].state = HoldState.CLOSED;
        }
        _setFrozenUnits(account, amount);
        _note(book, Entries.line(kind, Basis.NONE, account, account, amount, id, data));
        emit Frozen(account, amount);
    }

    function _createEach(
        Book memory book,
        HoldRow[] calldata rows,
        bool atomic,
        function(Book memory, HoldRow memory) internal returns (uint8) create
    ) private {
        uint256 free = Memory.mark();
        for (uint256 i; i < rows.length; ++i) {
            HoldRow memory row = rows[i];
            uint8 code = create(book, row);
            if (code != Code.OK) _refuse(atomic, i, row.ref, code, row.account, row.to, row.units);
            Memory.reuse(free);
        }
        _close(book);
    }

    fallback() external {
        _delegate(corporateActs);
    }
}
