// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {Roles} from "../token/Roles.sol";
import {Code} from "../token/Rules.sol";
import {Record} from "../token/Words.sol";

/// @title Who stands behind each wallet
contract HolderRegistry is IHolderRegistry, AccessManaged {
    uint256 private constant MOST_ROWS = 500;
    /// @dev Ten class bits, five flags and 48 spare bits have no meaning yet; the register keeps 31 bits of a custodian.
    uint256 private constant UNKNOWN_BITS = 0xffc0 << 144 | 0xf8 << 136 | 1 << 79 | type(uint48).max;
    uint256 private constant CONSENT_HOLDS = 30 days;

    /// @dev A struct, so that a row finds its slot once.
    struct Slot {
        uint256 record;
    }

    /// @dev Until when each side's consent to a move holds, in seconds; 0: it has none.
    struct Consent {
        uint40 leaving;
        uint40 arriving;
    }

    /// @dev An entry in memory, in the order of its preimage.
    struct Line {
        bytes32 head;
        uint256 wallet;
        uint256 record;
        bytes32 particulars;
    }

    /// @inheritdoc IHolderRegistry
    bytes32 public head;
    mapping(address signer => uint32) private _custodians;
    mapping(address wallet => Slot) private _records;
    mapping(address wallet => mapping(uint32 from => mapping(uint32 to => Consent))) private _consents;

    constructor(address manager) AccessManaged(manager) {}

    /// @inheritdoc IHolderRegistry
    function setRecords(Row[] calldata rows, bool atomic) external {
        if (rows.length > MOST_ROWS) revert BatchTooLong(rows.length, MOST_ROWS);
        bool registrar = _hasRole(Roles.REGISTRAR, msg.sender);
        uint32 custodian = registrar ? 0 : custodianOf(msg.sender);
        if (!registrar && custodian == 0) revert AccessManagedUnauthorized(msg.sender);
        bytes32 start = head;
        if (_seqOf(start) + rows.length > type(uint32).max) revert RegisterFull();
        Line memory line = Line(start, 0, 0, 0);
        uint256 count = rows.length;
        for (uint256 i; i < count; ++i) {
            _read(line, rows, i);
            Slot storage slot = _records[address(uint160(line.wallet))];
            uint8 code = _check(line, slot.record, custodian);
            if (code != Code.OK) {
                if (atomic) revert Refused(code);
                emit Rejected(i, bytes32(line.wallet), code);
            } else {
                slot.record = line.record;
                _emit(line);
            }
        }
        if (line.head == start) return;
        head = line.head;
        emit HeadMoved(_seqOf(line.head), line.head);
    }

    /// @inheritdoc IHolderRegistry
    function seq() external view returns (uint64) {
        return _seqOf(head);
    }

    /// @inheritdoc IHolderRegistry
    function setCustodian(address signer, uint32 custodianId) external restricted {
        _custodians[signer] = custodianId;
        emit CustodianSet(signer, custodianId);
    }

    /// @inheritdoc IHolderRegistry
    function consentToMove(address[] calldata wallets, uint32 toCustodian, bool consents, bool atomic) external {
        if (wallets.length > MOST_ROWS) revert BatchTooLong(wallets.length, MOST_ROWS);
        uint32 speaksFor = custodianOf(msg.sender);
        uint40 until = consents ? uint40(block.timestamp + CONSENT_HOLDS) : 0;
        for (uint256 i; i < wallets.length; ++i) {
            uint8 code = _consent(wallets[i], toCustodian, speaksFor, until);
            if (code == Code.OK) continue;
            if (atomic) revert Refused(code);
            emit Rejected(i, bytes32(uint256(uint160(wallets[i]))), code);
        }
    }

    /// @inheritdoc IHolderRegistry
    function custodianOf(address signer) public view returns (uint32) {
        return _hasRole(Roles.BROKER, signer) ? _custodians[signer] : 0;
    }

    /// @inheritdoc IHolderRegistry
    function consentsTo(address wallet, uint32 toCustodian) external view returns (uint40 leaving, uint40 arriving) {
        Consent memory consent = _consents[wallet][Record.custodianOf(_records[wallet].record)][toCustodian];
        return (consent.leaving, consent.arriving);
    }

    /// @inheritdoc IHolderRegistry
    function recordOf(address wallet) external view returns (bytes32) {
        return bytes32(_records[wallet].record);
    }

    /// @inheritdoc IHolderRegistry
    function pair(address from, address to) external view returns (bytes32, bytes32) {
        return (bytes32(_records[from].record), bytes32(_records[to].record));
    }

    /// @inheritdoc IHolderRegistry
    /// @dev Answers with abi.encode(found), written where it is returned from: its copy would cost a row 350 gas.
    function records(address[] calldata wallets) external view returns (bytes32[] memory) {
        uint256 answer;
        uint256 next;
        assembly ("memory-safe") {
            answer := mload(0x40)
            mstore(answer, 0x20)
            mstore(add(answer, 0x20), wallets.length)
            next := add(answer, 0x40)
        }
        for (uint256 i; i < wallets.length; ++i) {
            uint256 record = _records[wallets[i]].record;
            assembly ("memory-safe") {
                mstore(next, record)
                next := add(next, 0x20)
            }
        }
        assembly ("memory-safe") {
            return(answer, sub(next, answer))
        }
    }

    /// @dev Rows of static members stand in the calldata one after the other, each as it lies in a line.
    function _read(Line memory line, Row[] calldata rows, uint256 i) private pure {
        assembly ("memory-safe") {
            calldatacopy(add(line, 0x20), add(rows.offset, mul(i, 0x60)), 0x60)
        }
    }

    /// @dev The head after a record and the event Recorded, without a copy: a struct of static members lies in memory as
    /// abi.encode would write it.
    function _emit(Line memory line) private {
        bytes32 topic = Recorded.selector;
        assembly ("memory-safe") {
            let seqAfter := and(add(mload(line), 1), 0xffffffff)
            mstore(line, or(shl(32, shr(32, keccak256(line, 0x80))), seqAfter))
            log2(add(line, 0x40), 0x40, topic, mload(add(line, 0x20)))
        }
    }

    /// @param last the wallet's record before, zero when it has none
    /// @param writer the custodian for whose customers alone the caller may write; 0: the registrar, for all
    function _check(Line memory line, uint256 last, uint256 writer) private returns (uint8) {
        (uint256 wallet, uint256 next) = (line.wallet, line.record);
        if (wallet == 0 || wallet >> 160 != 0 || next >> 160 == 0 || next & UNKNOWN_BITS != 0) return Code.RECORD_INVALID;
        if (last != 0) return _checkRewrite(address(uint160(wallet)), last, next, writer);
        uint256 validUntil = Record.validUntilOf(next);
        if (validUntil < block.timestamp && validUntil != 0) return Code.VALIDITY_PAST;
        return writer == 0 || Record.custodianOf(next) == writer ? Code.OK : Code.NOT_CUSTODIAN;
    }

    function _checkRewrite(address wallet, uint256 last, uint256 next, uint256 writer) private returns (uint8) {
        if ((last ^ next) >> 160 != 0) return Code.WALLET_OF_ANOTHER_PERSON;
        // A lapsed record may be rewritten as it stands (new particulars, a freeze), but not made lapsed.
        uint256 validUntil = Record.validUntilOf(next);
        if (validUntil < block.timestamp && validUntil != Record.validUntilOf(last)) return Code.VALIDITY_PAST;
        if (writer == 0) {
            bool moves = uint32((last ^ next) >> 48) != 0;
            return moves ? _useConsents(wallet, Record.custodianOf(last), Record.custodianOf(next)) : Code.OK;
        }
        if (Record.custodianOf(next) != writer) return Code.NOT_CUSTODIAN;
        if (Record.custodianOf(last) != writer) return Code.WALLET_OF_ANOTHER_CUSTODIAN;
        // What the registrar froze, a broker cannot thaw.
        return Record.flagsOf(last) & ~Record.flagsOf(next) != 0 ? Code.NOT_CONTROLLER : Code.OK;
    }

    /// @dev The last check of a row: a consent is used up only by a record that is written.
    function _useConsents(address wallet, uint32 from, uint32 to) private returns (uint8) {
        Consent memory consent = _consents[wallet][from][to];
        bool both = consent.leaving >= block.timestamp && consent.arriving >= block.timestamp;
        if (!both) return Code.CUSTODIAN_CONSENT_MISSING;
        delete _consents[wallet][from][to];
        return Code.OK;
    }

    function _consent(address wallet, uint32 to, uint32 speaksFor, uint40 until) private returns (uint8) {
        uint256 record = _records[wallet].record;
        uint32 from = Record.custodianOf(record);
        if (record == 0 || from == to) return Code.RECORD_INVALID;
        bool leaving = _speaks(wallet, from, speaksFor);
        bool arriving = _speaks(wallet, to, speaksFor);
        if (!leaving && !arriving) return Code.NOT_CUSTODIAN;
        Consent storage consent = _consents[wallet][from][to];
        if (leaving) consent.leaving = until;
        if (arriving) consent.arriving = until;
        emit MoveConsented(wallet, from, to, leaving, arriving, until);
        return Code.OK;
    }

    /// @dev A custodian's signer speaks for its side; a wallet's own key for the side without a custodian.
    function _speaks(address wallet, uint32 custodian, uint32 speaksFor) private view returns (bool) {
        return custodian == 0 ? msg.sender == wallet : custodian == speaksFor;
    }

    function _seqOf(bytes32 head_) private pure returns (uint64) {
        return uint32(uint256(head_));
    }

    function _hasRole(uint64 role, address signer) private view returns (bool member) {
        uint32 delay;
        (member, delay) = IAccessManager(authority()).hasRole(role, signer);
        member = member && delay == 0;
    }
}
