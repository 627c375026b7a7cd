// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {HolderRegistry} from "../registry/HolderRegistry.sol";
import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {IRefusals} from "../interfaces/IRefusals.sol";
import {ISuccessions} from "../interfaces/ISuccessions.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {ITokenFactory} from "../interfaces/ITokenFactory.sol";
import {CorporateActs} from "../token/CorporateActs.sol";
import {LegalActs} from "../token/LegalActs.sol";
import {Roles} from "../token/Roles.sol";
import {SecurityToken} from "../token/SecurityToken.sol";
import {TokenFactory} from "../token/TokenFactory.sol";

/// @dev All that a token answers to beyond its own code.
interface IActs is ILegalActs, ICorporateActs, ISuccessions {}

interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function prank(address) external;
    function startPrank(address) external;
    function stopPrank() external;
    function warp(uint256) external;
    function assume(bool) external;
    function expectRevert(bytes calldata) external;
    function expectRevert() external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function sign(uint256 key, bytes32 digest) external returns (uint8, bytes32, bytes32);
    function addr(uint256 key) external returns (address);
    function chainId(uint256) external;
    function etch(address, bytes calldata) external;
    function store(address, bytes32 slot, bytes32 value) external;
}

/// @dev A platform with one registrar, two brokers, one issuer, and a head that replays every entry.
abstract contract Fixture {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address internal constant REGISTRAR = address(0xA1);
    address internal constant ENFORCER = address(0xA2);
    address internal constant AGENT = address(0xA3);
    address internal constant ISSUER = address(0xA4);
    address internal constant BROKER_1 = address(0xB1);
    address internal constant BROKER_2 = address(0xB2);
    address internal constant STRANGER = address(0xDEAD);
    uint64 internal constant ISSUER_ROLE = 1000;

    uint256 internal constant START = 1_628_640_000; // 2021-08-11T00:00Z
    uint256 internal constant VALID = START + 365 days;
    uint256 internal constant RETAIL = 8;
    bytes32 internal constant ISSUE = keccak256("issue");

    AccessManager internal manager;
    HolderRegistry internal registry;
    TokenFactory internal factory;
    SecurityToken internal token;

    function setUp() public virtual {
        vm.warp(START);
        manager = new AccessManager(address(this));
        registry = new HolderRegistry(address(manager));
        address corporate = address(new CorporateActs(address(manager), registry));
        address legal = address(new LegalActs(address(manager), registry, corporate));
        SecurityToken implementation = new SecurityToken(address(manager), registry, legal);
        factory = new TokenFactory(address(manager), address(implementation));
        manager.grantRole(Roles.ADMIN, address(factory), 0);
        bytes4[] memory create = new bytes4[](1);
        create[0] = ITokenFactory.createIssue.selector;
        manager.setTargetFunctionRole(address(factory), create, Roles.REGISTRAR);
        manager.grantRole(Roles.REGISTRAR, REGISTRAR, 0);
        manager.grantRole(Roles.BROKER, BROKER_1, 0);
        manager.grantRole(Roles.BROKER, BROKER_2, 0);
        manager.grantRole(Roles.ENFORCER, ENFORCER, 0);
        manager.grantRole(Roles.SETTLEMENT_AGENT, AGENT, 0);
        manager.grantRole(ISSUER_ROLE, ISSUER, 0);
        registry.setCustodian(BROKER_1, 1);
        registry.setCustodian(BROKER_2, 2);
        token = create_(ISSUE, 0);
    }

    /// @dev The token, with all that it answers to.
    function acts() internal view returns (IActs) {
        return IActs(address(token));
    }

    function create_(bytes32 ref, uint256 policy) internal returns (SecurityToken) {
        vm.prank(REGISTRAR);
        return SecurityToken(
            factory.createIssue(ITokenTypes.Terms(ref, "Issue", "ST", 1_000_000, policy, "terms", ISSUER_ROLE))
        );
    }

    /// @dev A policy word from its parts.
    function policyOf(uint256 flags, uint256 classMask, uint256 lot, uint256 lockedUntil, uint256 most, uint256 holders)
        internal
        pure
        returns (uint256)
    {
        return flags << 248 | classMask << 232 | lot << 200 | lockedUntil << 160 | most << 64 | holders << 32;
    }

    function recordOf_(uint256 person, uint256 classes, uint256 flags, uint256 validUntil, uint256 custodian)
        internal
        pure
        returns (bytes32)
    {
        return bytes32(person << 160 | classes << 144 | flags << 136 | validUntil << 96 | 392 << 80 | custodian << 48);
    }

    function register(address wallet, uint256 person, uint256 custodian) internal {
        register(wallet, recordOf_(person, RETAIL, 0, VALID, custodian));
    }

    function register(address wallet, bytes32 record) internal {
        IHolderRegistry.Row[] memory rows = new IHolderRegistry.Row[](1);
        rows[0] = IHolderRegistry.Row(wallet, record, keccak256(abi.encode(wallet, record)));
        vm.prank(REGISTRAR);
        registry.setRecords(rows, true);
    }

    function issue(SecurityToken token_, address to, uint96 units) internal {
        vm.prank(ISSUER);
        token_.issue(issueRow(to, units, keccak256("op")), true);
    }

    function issueRow(address to, uint96 units, bytes32 ref)
        internal
        pure
        returns (ITokenTypes.IssueRow[] memory rows)
    {
        rows = new ITokenTypes.IssueRow[](1);
        rows[0] = ITokenTypes.IssueRow(to, units, ref, 0);
    }

    function transferRow(address from, address to, uint96 units)
        internal
        pure
        returns (ITokenTypes.TransferRow[] memory rows)
    {
        rows = new ITokenTypes.TransferRow[](1);
        rows[0] = ITokenTypes.TransferRow(from, to, units, keccak256("move"), 0);
    }

    function requestRow(address from, address to, uint96 units, uint32 expiryMinutes, bytes32 ref)
        internal
        pure
        returns (ITokenTypes.RequestRow[] memory rows)
    {
        rows = new ITokenTypes.RequestRow[](1);
        rows[0] = ITokenTypes.RequestRow(from, to, units, expiryMinutes, ref, 0);
    }

    function holdRow(
        address account,
        address to,
        address controller,
        uint96 units,
        uint8 kind,
        uint32 expiryMinutes,
        bytes32 ref
    ) internal pure returns (ITokenTypes.HoldRow[] memory rows) {
        rows = new ITokenTypes.HoldRow[](1);
        rows[0] = ITokenTypes.HoldRow(account, to, controller, units, kind, expiryMinutes, ref, 0, 0);
    }

    function executeRow(bytes32 id, uint96 units) internal pure returns (ITokenTypes.ExecuteRow[] memory rows) {
        rows = new ITokenTypes.ExecuteRow[](1);
        rows[0] = ITokenTypes.ExecuteRow(id, units);
    }

    function one(bytes32 id) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](1);
        ids[0] = id;
    }

    function refused(uint8 code) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRefusals.Refused.selector, code);
    }

    function unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSignature("AccessManagedUnauthorized(address)", caller);
    }

    /// @dev The only Rejected of the recorded logs: its row and code.
    function rejection() internal returns (uint256 row, bytes32 ref, uint8 code) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 found;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IRefusals.Rejected.selector) continue;
            ++found;
            ref = logs[i].topics[1];
            (row, code) = abi.decode(logs[i].data, (uint256, uint8));
        }
        eq(found, 1, "exactly one rejection");
    }

    /// @dev Folds the recorded entries of `token_` onto a head: what an auditor does.
    function replay(bytes32 head, address token_) internal returns (bytes32) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != token_ || logs[i].topics[0] != ITokenTypes.Entry.selector) continue;
            (bytes32 fromUnits, bytes32 toLine, bytes32 data, bytes32 next) =
                abi.decode(logs[i].data, (bytes32, bytes32, bytes32, bytes32));
            head = numbered(head, keccak256(abi.encode(head, fromUnits, toLine, logs[i].topics[1], data)));
            require(head == next, "entry's head");
        }
        return head;
    }

    /// @dev The head after `head`: a hash whose last 32 bits are one more than the head's before it.
    function numbered(bytes32 head, bytes32 hash) internal pure returns (bytes32) {
        return hash >> 32 << 32 | bytes32(uint256(uint32(uint256(head)) + 1));
    }

    function eq(uint256 a, uint256 b, string memory what) internal pure {
        if (a != b) revert Differs(what, a, b);
    }

    function eq(bytes32 a, bytes32 b, string memory what) internal pure {
        eq(uint256(a), uint256(b), what);
    }

    function eq(address a, address b, string memory what) internal pure {
        eq(uint160(a), uint160(b), what);
    }

    function yes(bool ok, string memory what) internal pure {
        require(ok, what);
    }

    error Differs(string what, uint256 a, uint256 b);
}
