// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {IDocuments} from "../interfaces/IDocuments.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {ISecurityToken} from "../interfaces/ISecurityToken.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {ITokenFactory} from "../interfaces/ITokenFactory.sol";
import {Roles} from "./Roles.sol";
import {SecurityToken} from "./SecurityToken.sol";

/// @title Creates one immutable token an issue
/// @dev Holds the AccessManager's admin role for one purpose: binding a new token's functions to roles.
contract TokenFactory is ITokenFactory, AccessManaged {
    address public immutable implementation;

    /// @inheritdoc ITokenFactory
    mapping(bytes32 ref => address) public tokenOf;

    constructor(address manager, address implementation_) AccessManaged(manager) {
        implementation = implementation_;
    }

    /// @inheritdoc ITokenFactory
    function createIssue(ITokenTypes.Terms calldata terms) external restricted returns (address token) {
        if (terms.ref == bytes32(0) || tokenOf[terms.ref] != address(0)) revert IssueExists(terms.ref);
        bool isIssuers = terms.issuerRole >= Roles.FIRST_ISSUER && terms.issuerRole != Roles.EVERYBODY;
        if (!isIssuers) revert IssuerRoleInvalid(terms.issuerRole);
        token = Create2.deploy(0, terms.ref, _initCode());
        tokenOf[terms.ref] = token;
        emit IssueCreated(terms.ref, token, terms.termsHash, terms.cap, terms.policy, terms.issuerRole);
        SecurityToken(token).initialize(terms);
        _bindRoles(token, terms.issuerRole);
    }

    /// @inheritdoc ITokenFactory
    function predict(bytes32 ref) external view returns (address) {
        return Create2.computeAddress(ref, keccak256(_initCode()));
    }

    /// @dev Answers with the implementation's whole code, immutables included, so that a token is called without a
    /// detour: PUSH20 implementation, EXTCODESIZE, DUP1, twice RETURNDATASIZE (0), PUSH20 implementation, EXTCODECOPY,
    /// RETURNDATASIZE, RETURN.
    function _initCode() private view returns (bytes memory) {
        return abi.encodePacked(hex"73", implementation, hex"3b803d3d73", implementation, hex"3c3df3");
    }

    /// @dev Whatever is not bound here and is restricted, is the admin's: nothing.
    function _bindRoles(address token, uint64 issuerRole) private {
        bytes4[] memory issuer = new bytes4[](4);
        issuer[0] = ISecurityToken.issue.selector;
        issuer[1] = ISecurityToken.redeem.selector;
        issuer[2] = ICorporateActs.proposePolicy.selector;
        issuer[3] = ICorporateActs.proposeRatio.selector;
        bytes4[] memory broker = new bytes4[](4);
        broker[0] = ISecurityToken.custodiedTransfer.selector;
        broker[1] = ISecurityToken.requestTransfers.selector;
        broker[2] = ISecurityToken.acceptTransfers.selector;
        broker[3] = ILegalActs.createDvpHolds.selector;
        bytes4[] memory registrar = new bytes4[](12);
        registrar[0] = ISecurityToken.approveTransfers.selector;
        registrar[1] = ISecurityToken.rejectTransfers.selector;
        registrar[2] = ILegalActs.createHolds.selector;
        registrar[3] = ICorporateActs.executePolicy.selector;
        registrar[4] = ICorporateActs.setPaused.selector;
        registrar[5] = ICorporateActs.mark.selector;
        registrar[6] = ICorporateActs.changeTerms.selector;
        registrar[7] = IDocuments.setDocument.selector;
        registrar[8] = IDocuments.removeDocument.selector;
        registrar[9] = ICorporateActs.beginRatio.selector;
        registrar[10] = ICorporateActs.carry.selector;
        registrar[11] = ICorporateActs.endRatio.selector;
        bytes4[] memory enforcer = new bytes4[](6);
        enforcer[0] = ILegalActs.enforceTransfers.selector;
        enforcer[1] = ILegalActs.forcedTransfer.selector;
        enforcer[2] = ILegalActs.setFrozenTokens.selector;
        enforcer[3] = ILegalActs.recover.selector;
        enforcer[4] = ILegalActs.releaseByOrder.selector;
        enforcer[5] = ISuccessions.succeed.selector;
        IAccessManager manager = IAccessManager(authority());
        manager.setTargetFunctionRole(token, issuer, issuerRole);
        manager.setTargetFunctionRole(token, broker, Roles.BROKER);
        manager.setTargetFunctionRole(token, registrar, Roles.REGISTRAR);
        manager.setTargetFunctionRole(token, enforcer, Roles.ENFORCER);
    }
}
