// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {Basis, Entries, Kind} from "./Entries.sol";
import {Code} from "./Rules.sol";
import {TokenBase} from "./TokenBase.sol";
import {Holding, Policy, Supply} from "./Words.sol";

/// @title Consolidation 併合 and split 分割 (Trust Act 197(1)(iii))
/// @dev Every account is carried once while nothing else moves. What a floor drops, the issuer pays in money.
abstract contract Ratios is TokenBase, ICorporateActs {
    uint256 private constant NOTICE = 1 days;

    /// @inheritdoc ICorporateActs
    function proposeRatio(uint64 n, uint64 d) external restricted {
        if (n == 0 || d == 0 || n == d) revert Refused(Code.RATIO_INVALID);
        uint256 minute = _minuteAfterNotice();
        _ratioProposal = uint256(n) << 96 | uint256(d) << 32 | minute;
        emit RatioProposed(n, d, minute * 1 minutes);
    }

    /// @inheritdoc ICorporateActs
    function beginRatio(uint64 n, uint64 d, bytes32 ref) external restricted {
        Book memory book = _openToMove();
        uint256 minute = uint32(_ratioProposal);
        bool agreed = _ratioProposal >> 32 == uint256(n) << 64 | d;
        uint256 supply = _supply;
        uint256 cap = Supply.cap(supply);
        uint256 next = cap * n / _atLeastOne(d);
        bool fits = next != 0 && next <= Supply.MOST && Supply.total(supply) != 0;
        if (minute == 0 || block.timestamp < minute * 1 minutes || !agreed || !fits) {
            revert Refused(Code.RATIO_INVALID);
        }
        if (ref == bytes32(0)) revert Refused(Code.REF_USED);
        delete _ratioProposal;
        uint96 total = uint96(Supply.total(supply));
        _ratio = Ratio(n, d, _ratio.number + 1, total, 0, ref);
        // The units never exceed the approved ones, so these grow first and shrink last.
        if (n > d) book.supply = supply - (cap << 96) + (next << 96);
        _putInForce(book, book.policy | Policy.RATIO, ref);
        _noteRatio(book, total);
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function carry(CarriedRow[] calldata rows) external restricted {
        Book memory book = _open();
        if (!Policy.has(book.policy, Policy.RATIO)) revert Refused(Code.RATIO_INVALID);
        Ratio memory ratio_ = _ratio;
        for (uint256 i; i < rows.length; ++i) {
            address account = rows[i].account;
            uint8 code = _checkCarried(ratio_, rows[i]);
            if (code == Code.OK) _carryAccount(book, ratio_, account, rows[i].holdIds);
            else emit Rejected(i, bytes32(uint256(uint160(account))), code);
        }
        _ratio.carried = ratio_.carried;
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function endRatio(bytes32 ref) external restricted {
        Book memory book = _open();
        Ratio memory ratio_ = _ratio;
        bool whole = ratio_.carried == ratio_.total && ratio_.ref == ref;
        if (!Policy.has(book.policy, Policy.RATIO) || !whole) revert Refused(Code.RATIO_INVALID);
        uint256 supply = _supply;
        if (ratio_.n < ratio_.d) {
            uint256 cap = Supply.cap(supply);
            book.supply = supply - (cap << 96) + (_scaled(cap, ratio_) << 96);
        }
        _noteRatio(book, uint96(Supply.total(supply)));
        _putInForce(book, book.policy & ~Policy.RATIO, ref);
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function ratio() external view returns (uint64, uint64, bytes32, uint96, uint96) {
        Ratio memory it = _ratio;
        if (!Policy.has(_policy, Policy.RATIO)) delete it;
        return (it.n, it.d, it.ref, it.total, it.carried);
    }

    /// @inheritdoc ICorporateActs
    function isCarried(address account) external view returns (bool) {
        return Policy.has(_policy, Policy.RATIO) && Holding.ratioOf(_accounts[account].word) == _ratio.number;
    }

    /// @inheritdoc ICorporateActs
    function proposedRatio() external view returns (uint64, uint64, uint256) {
        uint256 proposal = _ratioProposal;
        return (uint64(proposal >> 96), uint64(proposal >> 32), uint32(proposal) * 1 minutes);
    }

    /// @dev What the issuer asks for, holders and brokers see a day ahead.
    function _minuteAfterNotice() internal view returns (uint256) {
        return (block.timestamp + NOTICE + 59) / 1 minutes;
    }

    /// @dev Checked before anything changes. In ascending order no hold stands twice; those that wait are known here.
    function _checkCarried(Ratio memory ratio_, CarriedRow calldata row) private view returns (uint8) {
        address account = row.account;
        uint256 word = _accounts[account].word;
        if (Holding.ratioOf(word) == ratio_.number) return Code.ALREADY_CARRIED;
        if (Holding.units(word) == 0 && word & (Holding.WAITING | Holding.FROZEN) == 0) return Code.UNITS_ZERO;
        uint256 held;
        for (uint256 i; i < row.holdIds.length; ++i) {
            bytes32 id = row.holdIds[i];
            Hold memory hold = _holds[id];
            bool ascends = i == 0 || row.holdIds[i - 1] < id;
            if (!_isOpen(hold) || hold.account != account || _claims[id] != 0 || !ascends) return Code.HOLD_UNKNOWN;
            held += hold.units;
        }
        bytes32[] memory waiting = _waiting[account];
        for (uint256 i; i < waiting.length; ++i) {
            held += _holds[waiting[i]].units;
        }
        return held == Holding.encumbered(word) ? Code.OK : Code.HOLDS_MISSING;
    }

    /// @dev Holds never exceed their account: where it loses units they shrink first, else they grow after it.
    function _carryAccount(Book memory book, Ratio memory ratio_, address account, bytes32[] calldata holdIds) private {
        ratio_.carried += uint96(_balance(account));
        if (ratio_.n > ratio_.d) _carryUnits(book, ratio_, account);
        for (uint256 i; i < holdIds.length; ++i) {
            _carryHold(book, ratio_, account, holdIds[i]);
        }
        bytes32[] memory waiting = _waiting[account];
        for (uint256 i; i < waiting.length; ++i) {
            _carryHold(book, ratio_, account, waiting[i]);
        }
        _carryFrozen(book, ratio_, account);
        if (ratio_.n < ratio_.d) _carryUnits(book, ratio_, account);
    }

    function _carryUnits(Book memory book, Ratio memory ratio_, address account) private {
        uint256 was = _balance(account);
        uint256 units = _scaled(was, ratio_);
        _scaleUnits(book, account, units, ratio_.number);
        _noteCarried(book, ratio_, account, account, ratio_.ref, was, units);
    }

    function _carryHold(Book memory book, Ratio memory ratio_, address account, bytes32 id) private {
        uint256 was = _holds[id].units;
        uint256 units = _scaled(was, ratio_);
        uint256 claim = _scaled(_claims[id], ratio_);
        if (_claims[id] != 0) {
            // What an attachment lacked may have fallen away with the fractions.
            if (claim <= units) _stopWaiting(account, id);
            else _claims[id] = claim;
        }
        if (units == 0 && claim == 0) _end(id);
        else _holds[id].units = uint96(units);
        _scaleEncumbrance(account, was, units);
        _noteCarried(book, ratio_, account, address(0), id, was, units);
    }

    function _carryFrozen(Book memory book, Ratio memory ratio_, address account) private {
        uint256 was = _frozen[account];
        if (was == 0) return;
        uint256 units = _scaled(was, ratio_);
        _setFrozenUnits(account, units);
        _noteCarried(book, ratio_, account, address(0), bytes32(FREEZE_IDS | uint160(account)), was, units);
        emit Frozen(account, units);
    }

    function _noteCarried(
        Book memory book,
        Ratio memory ratio_,
        address account,
        address to,
        bytes32 ref,
        uint256 was,
        uint256 units
    ) private {
        uint256 dropped = was * ratio_.n % ratio_.d;
        bytes32 data = bytes32(uint256(ratio_.n) << 128 | dropped << 64 | ratio_.d);
        _note(book, Entries.line(Kind.RATIO, _basisOf(ratio_), account, to, uint96(units), ref, data));
    }

    /// @dev The line that begins or ends it.
    function _noteRatio(Book memory book, uint96 units) private {
        Ratio memory ratio_ = _ratio;
        bytes32 data = bytes32(uint256(ratio_.n) << 128 | ratio_.d);
        _note(book, Entries.line(Kind.RATIO, _basisOf(ratio_), address(0), address(0), units, ratio_.ref, data));
    }

    function _basisOf(Ratio memory ratio_) private pure returns (uint16) {
        return ratio_.n < ratio_.d ? Basis.CONSOLIDATION : Basis.SPLIT;
    }

    /// @dev No product overflows: units have 96 bits, n has 64.
    function _scaled(uint256 units, Ratio memory ratio_) private pure returns (uint256) {
        return units * ratio_.n / ratio_.d;
    }

    function _atLeastOne(uint256 d) private pure returns (uint256) {
        return d == 0 ? 1 : d;
    }
}
