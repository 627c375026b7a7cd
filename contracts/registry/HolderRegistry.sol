// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {Roles} from "../token/Roles.sol";
import {Code, Record} from "../token/Rules.sol";

/// @title Who stands behind each wallet
contract HolderRegistry is IHolderRegistry, AccessManaged {
    uint256 private constant MOST_ROWS = 500;
    uint256 private constant KNOWN_CLASSES = 63;
    uint256 private constant KNOWN_FLAGS = 7;

    /// @inheritdoc IHolderRegistry
    bytes32 public head;
    /// @inheritdoc IHolderRegistry
    uint64 public seq;
    /// @inheritdoc IHolderRegistry
    mapping(address signer => uint32) public custodianOf;
    mapping(address wallet => uint256) private _records;

    constructor(address manager) AccessManaged(manager) {}

    /// @inheritdoc IHolderRegistry
    function setRecords(Row[] calldata rows, bool atomic) external {
        if (rows.length > MOST_ROWS) revert BatchTooLong(rows.length, MOST_ROWS);
        bool registrar = _hasRole(Roles.REGISTRAR);
        uint32 custodian = custodianOf[msg.sender];
        if (!registrar && (custodian == 0 || !_hasRole(Roles.BROKER))) revert AccessManagedUnauthorized(msg.sender);
        bytes32 head_ = head;
        uint64 seq_ = seq;
        for (uint256 i; i < rows.length; ++i) {
            Row calldata row = rows[i];
            uint8 code = _check(row, registrar, custodian);
            if (code != Code.OK) {
                if (atomic) revert Refused(code);
                emit Rejected(i, bytes32(uint256(uint160(row.wallet))), code);
                continue;
            }
            _records[row.wallet] = uint256(row.record);
            head_ = keccak256(abi.encode(head_, ++seq_, row.wallet, row.record, row.particulars));
            emit Recorded(row.wallet, row.record, row.particulars);
        }
        if (head_ == head) return;
        (head, seq) = (head_, seq_);
        emit HeadMoved(seq_, head_);
    }

    /// @inheritdoc IHolderRegistry
    function setCustodian(address signer, uint32 custodianId) external restricted {
        custodianOf[signer] = custodianId;
        emit CustodianSet(signer, custodianId);
    }

    /// @inheritdoc IHolderRegistry
    function recordOf(address wallet) external view returns (bytes32) {
        return bytes32(_records[wallet]);
    }

    /// @inheritdoc IHolderRegistry
    function pair(address from, address to) external view returns (bytes32, bytes32) {
        return (bytes32(_records[from]), bytes32(_records[to]));
    }

    function _check(Row calldata row, bool registrar, uint32 custodian) private view returns (uint8) {
        uint256 next = uint256(row.record);
        uint256 last = _records[row.wallet];
        if (row.wallet == address(0) || !_isWellFormed(next)) return Code.RECORD_INVALID;
        if (last != 0 && Record.personOf(last) != Record.personOf(next)) return Code.WALLET_OF_ANOTHER_PERSON;
        if (!registrar) {
            if (Record.custodianOf(next) != custodian) return Code.NOT_CUSTODIAN;
            if (last != 0 && Record.custodianOf(last) != custodian) return Code.WALLET_OF_ANOTHER_CUSTODIAN;
            // What the registrar froze, a broker cannot thaw.
            if (Record.flagsOf(last) & ~Record.flagsOf(next) != 0) return Code.NOT_CONTROLLER;
        }
        // A lapsed record may be rewritten as it stands (new particulars, a freeze), but not made lapsed.
        uint256 validUntil = Record.validUntilOf(next);
        if (validUntil < block.timestamp && validUntil != Record.validUntilOf(last)) return Code.VALIDITY_PAST;
        return Code.OK;
    }

    function _isWellFormed(uint256 record) private pure returns (bool) {
        return Record.personOf(record) != 0 && Record.classesOf(record) & ~KNOWN_CLASSES == 0
            && Record.flagsOf(record) & ~KNOWN_FLAGS == 0 && uint48(record) == 0;
    }

    function _hasRole(uint64 role) private view returns (bool member) {
        uint32 delay;
        (member, delay) = IAccessManager(authority()).hasRole(role, msg.sender);
        member = member && delay == 0;
    }
}
