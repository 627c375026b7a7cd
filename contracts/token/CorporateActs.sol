// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {Documents} from "./Documents.sol";
import {Basis, Entries, Kind} from "./Entries.sol";
import {Ratios} from "./Ratios.sol";
import {Code} from "./Rules.sol";
import {Successions} from "./Successions.sol";
import {TokenBase} from "./TokenBase.sol";
import {Policy, Supply} from "./Words.sol";

/// @title What issuer and registrar do to an issue as a whole, and the succession to an account
/// @dev Runs on the storage of the token that delegates to it; on its own it holds nothing.
contract CorporateActs is Documents, Ratios, Successions {
    constructor(address manager, IHolderRegistry registry_) TokenBase(manager, registry_) {}

    /// @inheritdoc ICorporateActs
    function proposePolicy(uint256 policy_) external restricted {
        if (!Policy.isValid(policy_)) revert PolicyInvalid(policy_);
        uint256 minute = _minuteAfterNotice();
        _proposal = policy_ | minute;
        emit PolicyProposed(policy_, minute * 1 minutes);
    }

    /// @inheritdoc ICorporateActs
    function executePolicy(uint256 policy_, bytes32 ref) external restricted {
        uint256 minute = uint32(_proposal);
        bool due = minute != 0 && block.timestamp >= minute * 1 minutes;
        if (!due || _proposal ^ minute != policy_) revert PolicyInvalid(policy_);
        delete _proposal;
        Book memory book = _openToMove();
        _putInForce(book, policy_ & ~Policy.PAUSED | book.policy & Policy.PAUSED, ref);
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function setPaused(bool paused, bytes32 ref) external restricted {
        Book memory book = _open();
        _putInForce(book, paused ? book.policy | Policy.PAUSED : book.policy & ~Policy.PAUSED, ref);
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function mark(address account, uint96 units, uint16 basis, bytes32 ref, bytes32 data) external restricted {
        bool known = basis == Basis.TRUSTEE_ACQUIRED || basis == Basis.TRUSTEE_DISPOSED
            || basis == Basis.TRUST_PROPERTY_MARK
            || (basis == Basis.RECTIFICATION && Basis.correctsOneBefore(data, _head));
        if (!known) revert Refused(Code.BASIS_INVALID);
        if (units > Supply.cap(_supply)) revert Refused(Code.SUPPLY_CAP);
        Book memory book = _open();
        _note(book, Entries.line(Kind.MARK, basis, account, account, units, ref, data));
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function changeTerms(bytes32 termsHash, bytes32 ref) external restricted {
        Book memory book = _open();
        _postNote(book, Kind.TERMS, Basis.TERMS_CHANGE, ref, termsHash);
        _close(book);
    }

    /// @inheritdoc ICorporateActs
    function proposedPolicy() external view returns (uint256, uint256) {
        return ((_proposal >> 32) << 32, uint32(_proposal) * 1 minutes);
    }
}
