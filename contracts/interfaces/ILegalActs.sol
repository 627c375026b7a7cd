// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "./ITokenTypes.sol";

/// @title What registrar, enforcer and the controllers of holds do to holdings
/// @notice Called on the token itself, which has these functions beside those of ISecurityToken.
interface ILegalActs is ITokenTypes {
    /// @notice Opens delivery-versus-payment holds. Broker role and custodian of the account; the rules of a move
    /// are checked now and when the hold executes. Codes: those of a move, 40, 43, 44, 51.
    function createDvpHolds(HoldRow[] calldata rows, bool atomic) external;

    /// @notice Records pledges (Trust Act 201), attachments and lock-ups. Registrar only; works while paused.
    /// A pledge or attachment never expires. An attachment takes what is free and ranks behind the holds on the
    /// rest, which it takes as they are released. A pledge with `behind` takes nothing of what is free: it claims units of
    /// that pledge and takes them when that one is released, after those of earlier rank; while an attachment waits on the
    /// account there is none (CEA 145(1)). Codes: 1, 3, 4, 5, 20, 21, 41, 43, 44, 46, 51, 53, 56.
    function createHolds(HoldRow[] calldata rows, bool atomic) external;

    /// @notice Moves units of holds to the receiver named at creation, wholly or in part; every rule is checked
    /// again. The hold's controller only. Codes: 1, 41, 42, 43, 46, 51 and those of a move.
    function executeHolds(ExecuteRow[] calldata rows, bool atomic) external;

    /// @notice Ends holds other than requests: their controller, or anyone once they expired. Codes: 41, 46.
    function releaseHolds(bytes32[] calldata holdIds, bool atomic) external;

    /// @notice Ends any holds by the law's order. Enforcer only. Codes: 41, 52.
    function releaseByOrder(bytes32[] calldata holdIds, uint16 basis, bool atomic) external;

    /// @notice Hands a hold to another controller. Its controller only. Codes: 41, 46.
    function changeController(bytes32 holdId, address controller) external;

    /// @notice Enters another pledgee, who took over the secured claim (Trust Act 200(2)); rank and units stay. The pledge's
    /// controller only. Codes: 3, 5, 30, 41, 46.
    /// @param pledgee receives the units if the pledge executes; registered, since the register names it
    function assignPledge(bytes32 holdId, address pledgee, address controller) external;

    /// @notice Moves units by the law's order (TAR 21(2), rectification), policy and pause notwithstanding, to an
    /// eligible receiver. It breaks the holds it names; frozen units are unfrozen as far as needed. Enforcer only.
    /// Codes: 1 to 5, 20, 30 to 33, 41, 52.
    function enforceTransfers(OrderedRow[] calldata rows, bool atomic) external;

    /// @notice Moves everything of a lost wallet to another wallet of the same person: units, holds and frozen
    /// units, with their acquisition days and ranks. Enforcer only. Codes: 2, 3, 4, 5, 20, 30, 47, 48, 49, 53.
    /// @param holdIds every open hold of the lost wallet
    function recover(address lost, address replacement, bytes32 ref, bytes32[] calldata holdIds) external;

    /// @notice ERC-7943: moves units by order with basis RECTIFICATION and without a case. Enforcer only.
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);

    /// @notice ERC-7943: sets how many units of an account are frozen. It may exceed the balance and then also
    /// catches units that arrive; what exceeds the issue's cap counts as the cap. Enforcer only.
    function setFrozenTokens(address account, uint256 amount) external returns (bool);

    /// @notice Where the functions of ICorporateActs live; this code hands on to it, for good.
    function corporateActs() external view returns (address);
}
