// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {ISecurityToken} from "../interfaces/ISecurityToken.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";

/// @title Delivery versus payment
/// @dev State is written before any token is called, so a re-entrant cash token finds nothing left to take.
contract Settlement is ISettlement, AccessManaged {
    using SafeERC20 for IERC20;

    uint8 private constant TOKEN = 1;
    uint8 private constant CASH = 2;
    uint8 private constant BANK = 3;
    uint256 private constant MOST_LEGS = 16;
    uint256 private constant SETTLED = 1 << 255;

    /// @inheritdoc ISettlement
    mapping(bytes32 id => uint256) public stateOf;

    constructor(address manager) AccessManaged(manager) {}

    /// @inheritdoc ISettlement
    function fund(Instruction calldata instruction, uint256 leg) external {
        Leg calldata cash = instruction.legs[leg];
        if (cash.kind != CASH) revert InstructionInvalid();
        if (msg.sender != cash.from) revert NotPayer(cash.from);
        emit Funded(_bring(instruction, leg), leg);
        IERC20 token = IERC20(cash.asset);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(cash.from, address(this), cash.amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != cash.amount) revert CashShort(cash.amount, received);
    }

    /// @inheritdoc ISettlement
    function attest(Instruction calldata instruction, uint256 leg, bytes32 evidence) external restricted {
        if (instruction.legs[leg].kind != BANK) revert InstructionInvalid();
        emit Attested(_bring(instruction, leg), leg, evidence);
    }

    /// @inheritdoc ISettlement
    function settle(Instruction calldata instruction) external {
        bytes32 id = _check(instruction);
        uint256 state = stateOf[id];
        stateOf[id] = SETTLED;
        for (uint256 i; i < instruction.legs.length; ++i) {
            Leg calldata leg = instruction.legs[i];
            if (leg.kind != TOKEN && state & (1 << i) == 0) revert LegNotReady(i);
            if (leg.kind == TOKEN) _deliver(leg, legIdOf(id, i), i);
            else if (leg.kind == CASH) IERC20(leg.asset).safeTransfer(leg.to, leg.amount);
        }
        emit Settled(id, instruction.ref);
    }

    /// @inheritdoc ISettlement
    function giveBack(Instruction calldata instruction, uint256 leg) external {
        if (block.timestamp <= instruction.deadline) revert DeadlineAhead(instruction.deadline);
        bytes32 id = idOf(instruction);
        uint256 state = stateOf[id];
        Leg calldata given = instruction.legs[leg];
        if (given.kind == TOKEN) {
            bytes32[] memory holds = new bytes32[](1);
            holds[0] = legIdOf(id, leg);
            ILegalActs(given.asset).releaseHolds(holds, true);
        } else {
            if (given.kind != CASH || state & (1 << leg) == 0) revert LegNotReady(leg);
            stateOf[id] = state & ~(1 << leg);
            IERC20(given.asset).safeTransfer(given.from, given.amount);
        }
        emit Returned(id, leg);
    }

    /// @inheritdoc ISettlement
    function idOf(Instruction calldata instruction) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), instruction));
    }

    /// @inheritdoc ISettlement
    function legIdOf(bytes32 id, uint256 leg) public pure returns (bytes32) {
        return keccak256(abi.encode(id, leg));
    }

    /// @dev Notes that a cash or bank leg is in; once only.
    function _bring(Instruction calldata instruction, uint256 leg) private returns (bytes32 id) {
        id = _check(instruction);
        uint256 state = stateOf[id];
        if (state & (1 << leg) != 0) revert LegReady(leg);
        stateOf[id] = state | 1 << leg;
    }

    /// @dev The hold must be the one this leg describes: its id binds the giver to the instruction, its parties and
    /// units must be the leg's.
    function _deliver(Leg calldata leg, bytes32 holdId, uint256 index) private {
        ITokenTypes.Hold memory hold = ISecurityToken(leg.asset).holdOf(holdId);
        bool fits = hold.account == leg.from && hold.to == leg.to && hold.units == leg.amount;
        if (!fits) revert LegNotReady(index);
        ITokenTypes.ExecuteRow[] memory rows = new ITokenTypes.ExecuteRow[](1);
        rows[0] = ITokenTypes.ExecuteRow(holdId, hold.units);
        ILegalActs(leg.asset).executeHolds(rows, true);
    }

    function _check(Instruction calldata instruction) private view returns (bytes32 id) {
        uint256 legs = instruction.legs.length;
        if (legs < 2 || legs > MOST_LEGS) revert InstructionInvalid();
        for (uint256 i; i < legs; ++i) {
            Leg calldata leg = instruction.legs[i];
            bool known = leg.kind >= TOKEN && leg.kind <= BANK;
            if (!known || leg.amount == 0 || leg.from == leg.to) revert InstructionInvalid();
        }
        if (block.timestamp > instruction.deadline) revert DeadlinePassed(instruction.deadline);
        id = idOf(instruction);
        if (stateOf[id] & SETTLED != 0) revert AlreadySettled(id);
    }
}
