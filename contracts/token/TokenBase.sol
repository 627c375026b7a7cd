// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {Basis, Entries, Kind, Line} from "./Entries.sol";
import {Holds} from "./Holds.sol";
import {Ledger} from "./Ledger.sol";
import {Memory} from "./Memory.sol";
import {Code, Rules} from "./Rules.sol";
import {Policy} from "./Words.sol";

/// @title What a token's two halves share: its whole storage, batches, refusals
/// @dev SecurityToken delegates to LegalActs, so no contract below this one may declare storage of its own.
abstract contract TokenBase is Holds, AccessManaged {
    /// @dev Keeps a batch of issues below 16M gas.
    uint256 private constant MOST_ROWS = 500;

    struct Document {
        string uri;
        bytes32 hash;
        uint256 modifiedAt;
    }

    /// @param number how many there have been
    /// @param carried sum of the units that carried accounts had before, of `total`
    struct Ratio {
        uint64 n;
        uint64 d;
        uint32 number;
        uint96 total;
        uint96 carried;
        bytes32 ref;
    }

    string internal _name;
    string internal _symbol;
    mapping(address owner => mapping(address spender => uint256)) internal _allowances;
    /// @dev A policy word whose spare 32 bits hold the minute from which it may be put in force.
    uint256 internal _proposal;
    /// @dev Used nonces of signed orders, 256 a slot.
    mapping(address account => mapping(uint256 page => uint256)) internal _usedNonces;
    /// @dev ERC-2612's nonces, which do need their order.
    mapping(address owner => uint256) internal _permits;
    /// @dev ERC-1643.
    mapping(bytes32 documentName => Document) internal _documents;
    bytes32[] internal _documentNames;
    /// @dev The consolidation or split that is being carried out, or was last. See Ratios.
    Ratio internal _ratio;
    /// @dev What the issuer asks for: n 64 | d 64 | minute from which it may begin 32.
    uint256 internal _ratioProposal;

    constructor(address manager, IHolderRegistry registry_) AccessManaged(manager) Ledger(registry_) {}

    /// @dev Persons are tracked from the start or never: a count begun later would miss present holders.
    function _putInForce(Book memory book, uint256 policy_, bytes32 ref) internal {
        bool started = book.head != 0;
        bool tracksAnew = (book.policy ^ policy_) & Policy.TRACKED != 0;
        if (!Policy.isValid(policy_ & ~Policy.RATIO) || (started && tracksAnew)) revert PolicyInvalid(policy_);
        _policy = book.policy = policy_;
        _postNote(book, Kind.POLICY, Basis.NONE, ref, bytes32(policy_));
    }

    function _postNote(Book memory book, uint8 kind, uint16 basis, bytes32 ref, bytes32 data) internal {
        _note(book, Entries.line(kind, basis, address(0), address(0), 0, ref, data));
    }

    /// @dev A move without a request, of one line.
    function _direct(Book memory book, address from, address to, uint96 units, bytes32 ref, bytes32 data)
        internal
        returns (uint8)
    {
        (uint256 fromRecord, uint256 toRecord) = _pair(from, to);
        Line memory line = Entries.line(Kind.TRANSFER, Basis.JOINT_REQUEST, from, to, units, ref, _days(data));
        return Rules.first(_transferUnlessFailing(book, line, fromRecord, toRecord));
    }

    function _approveAllowance(address owner, address spender, uint256 units) internal {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _allowances[owner][spender] = units;
        emit IERC20.Approval(owner, spender, units);
    }

    function _each(
        Book memory book,
        bytes32[] calldata holdIds,
        bool atomic,
        function(Book memory, bytes32) internal returns (uint8) act
    ) internal {
        uint256 free = Memory.mark();
        for (uint256 i; i < holdIds.length; ++i) {
            uint8 code = act(book, holdIds[i]);
            if (code != Code.OK) _refuseHold(atomic, i, holdIds[i], code);
            Memory.reuse(free);
        }
        _close(book);
    }

    function _openFor(uint256 rows) internal view returns (Book memory) {
        if (rows > MOST_ROWS) revert BatchTooLong(rows, MOST_ROWS);
        return _openToMove();
    }

    /// @dev For whatever changes holdings or holds: they stand still while a ratio is carried out.
    function _openToMove() internal view returns (Book memory book) {
        book = _open();
        if (Policy.has(book.policy, Policy.RATIO)) revert Refused(Code.RATIO_IN_PROGRESS);
    }

    function _openForCustodian(uint256 rows) internal view returns (Book memory book) {
        book = _openFor(rows);
        book.custodian = registry.custodianOf(msg.sender);
    }

    function _refuseHold(bool atomic, uint256 row, bytes32 id, uint8 code) internal {
        Hold memory hold = _holds[id];
        _refuse(atomic, row, id, code, hold.account, hold.to, hold.units);
    }

    function _refuse(bool atomic, uint256 row, bytes32 ref, uint8 code, address from, address to, uint256 units)
        internal
    {
        if (atomic) _revert(code, from, to, units);
        emit Rejected(row, ref, code);
    }

    function _must(uint8 code) internal pure {
        if (code != Code.OK) revert Refused(code);
    }

    /// @dev ERC-6093 and ERC-7943 name the errors they know; the code names the rest.
    function _revert(uint8 code, address from, address to, uint256 units) internal view {
        if (code == Code.INSUFFICIENT_UNITS) {
            uint256 balance = _balance(from);
            if (units > balance) revert ERC20InsufficientBalance(from, balance, units);
            revert ERC7943InsufficientUnfrozenBalance(from, units, _freeUnits(from));
        }
        if (code == Code.SENDER_INVALID) revert ERC20InvalidSender(from);
        if (code == Code.RECEIVER_INVALID) revert ERC20InvalidReceiver(to);
        revert Refused(code);
    }
}
