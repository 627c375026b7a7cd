// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {ITokenFactory} from "../interfaces/ITokenFactory.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Vm} from "../test/Fixture.t.sol";
import {Holders} from "../test/Holders.t.sol";
import {Roles} from "./Roles.sol";
import {Code} from "./Rules.sol";
import {SecurityToken} from "./SecurityToken.sol";

contract SecurityTokenTest is Holders {
    address internal constant SELF = address(0x401);

    function setUp() public override {
        super.setUp();
        register(SELF, 4, 0);
        issue(token, SELF, 50);
    }

    function test_issueEmitsEntriesThatReplayToTheHead() public {
        SecurityToken fresh;
        vm.recordLogs();
        fresh = create_("fresh", 0);
        bytes32 head = replay(0, address(fresh));
        eq(head, fresh.head(), "head after creation");
        eq(fresh.seq(), 2, "POLICY and TERMS");
        vm.recordLogs();
        issue(fresh, ALICE, 7);
        issue(fresh, BOB, 8);
        eq(replay(head, address(fresh)), fresh.head(), "head after issues");
        eq(fresh.totalSupply(), 15, "supply");
        eq(fresh.balanceOf(BOB), 8, "balance");
        eq(fresh.seq(), 4, "seq");
    }

    function test_issueSkipsABadRowAndNamesIt() public {
        ITokenTypes.IssueRow[] memory rows = new ITokenTypes.IssueRow[](3);
        rows[0] = ITokenTypes.IssueRow(ALICE, 1, "a", 0);
        rows[1] = ITokenTypes.IssueRow(STRANGER, 1, "b", 0);
        rows[2] = ITokenTypes.IssueRow(BOB, 1, "c", 0);
        vm.recordLogs();
        vm.prank(ISSUER);
        token.issue(rows, false);
        (uint256 row, bytes32 ref, uint8 code) = rejection();
        eq(row, 1, "row");
        eq(ref, "b", "ref");
        eq(code, Code.RECEIVER_NOT_REGISTERED, "code");
        eq(token.balanceOf(BOB), 1, "later rows stand");
        vm.expectRevert(refused(Code.RECEIVER_NOT_REGISTERED));
        vm.prank(ISSUER);
        token.issue(rows, true);
    }

    function test_issueNeverBeyondTheCap() public {
        vm.expectRevert(refused(Code.SUPPLY_CAP));
        vm.prank(ISSUER);
        token.issue(issueRow(ALICE, 999_851, "x"), true);
        issue(token, ALICE, 999_850);
        eq(token.totalSupply(), token.cap(), "cap");
    }

    function test_issueToNobodyIsRefused() public {
        vm.expectRevert(abi.encodeWithSignature("ERC20InvalidReceiver(address)", address(0)));
        vm.prank(ISSUER);
        token.issue(issueRow(address(0), 1, "x"), true);
    }

    function test_redeemBurnsFreeUnitsOnly() public {
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 60, 0, "r"), true);
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(ALICE, 41, "x", 0);
        vm.expectRevert(
            abi.encodeWithSelector(ITokenTypes.ERC7943InsufficientUnfrozenBalance.selector, ALICE, 41, 40)
        );
        vm.prank(ISSUER);
        token.redeem(rows, true);
        rows[0].units = 40;
        vm.prank(ISSUER);
        token.redeem(rows, true);
        eq(token.balanceOf(ALICE), 60, "balance");
        eq(token.totalSupply(), 110, "supply");
    }

    function test_custodiedTransferIsTheCustodiansAlone() public {
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        vm.prank(BROKER_2);
        token.custodiedTransfer(transferRow(ALICE, BOB, 5), true);
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, BOB, 5), true);
        eq(token.balanceOf(BOB), 5, "moved");
    }

    function test_aBatchJudgesEachRowByItsOwnParties() public {
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(ALICE, ALICE_2, 30), true);
        ITokenTypes.TransferRow[] memory rows = new ITokenTypes.TransferRow[](6);
        rows[0] = ITokenTypes.TransferRow(ALICE, BOB, 5, "0", 0);
        rows[1] = ITokenTypes.TransferRow(ALICE, STRANGER, 5, "unregistered", 0);
        rows[2] = ITokenTypes.TransferRow(ALICE_2, BOB, 6, "another's customer", 0);
        rows[3] = ITokenTypes.TransferRow(BOB, ALICE, 1, "and another", 0);
        rows[4] = ITokenTypes.TransferRow(ALICE, ALICE_2, 65, "4", 0);
        rows[5] = ITokenTypes.TransferRow(ALICE, BOB, 1, "nothing left", 0);
        uint256 seq = token.seq();
        vm.prank(BROKER_1);
        token.custodiedTransfer(rows, false);
        eq(token.seq(), seq + 2, "two rows");
        eq(token.balanceOf(ALICE), 0, "Alice");
        eq(token.balanceOf(ALICE_2), 95, "her other wallet");
        eq(token.balanceOf(BOB), 5, "Bob");
    }

    /// @dev A row is read word by word: what is no address or no uint96 must not spill into the field beside it.
    function test_aWordThatIsNoAddressOrNoUnitsReverts() public {
        bytes[3] memory transfers = [
            wideRow(uint160(ALICE) | 1 << 160, uint160(BOB), 1),
            wideRow(uint160(ALICE), uint160(BOB) | 1 << 160, 1),
            wideRow(uint160(ALICE), uint160(BOB), 1 << 96)
        ];
        for (uint256 i; i < 3; ++i) {
            vm.prank(BROKER_1);
            (bool ok,) = address(token).call(calldataOf(token.custodiedTransfer.selector, transfers[i]));
            yes(!ok, "a transfer's word is too wide");
        }
        bytes[2] memory issues = [abi.encode(uint160(ALICE) | 1 << 160, 1, "op", 0), abi.encode(ALICE, 1 << 96, "op", 0)];
        for (uint256 i; i < 2; ++i) {
            vm.prank(ISSUER);
            (bool ok,) = address(token).call(calldataOf(token.issue.selector, issues[i]));
            yes(!ok, "an issue's word is too wide");
        }
        vm.prank(BROKER_1);
        (bool done,) = address(token).call(
            calldataOf(token.custodiedTransfer.selector, wideRow(uint160(ALICE), uint160(BOB), 1))
        );
        yes(done, "the same row, each word in its width");
    }

    function wideRow(uint256 from, uint256 to, uint256 units) private pure returns (bytes memory) {
        return abi.encode(from, to, units, bytes32("move"), bytes32(0));
    }

    function calldataOf(bytes4 selector, bytes memory oneRow) private pure returns (bytes memory) {
        return abi.encodePacked(selector, uint256(0x40), uint256(1), uint256(1), oneRow);
    }

    function test_theLastNumberIsTheLastEntry() public {
        vm.store(address(token), bytes32(uint256(2)), bytes32(uint256(type(uint32).max - 1)));
        issue(token, ALICE, 1);
        eq(token.seq(), type(uint32).max, "the last number");
        vm.expectRevert(abi.encodeWithSignature("RegisterFull()"));
        vm.prank(ISSUER);
        token.issue(issueRow(ALICE, 1, "op"), false);
    }

    function test_anEmptyBatchChangesNothing() public {
        bytes32 head = token.head();
        vm.prank(BROKER_1);
        token.custodiedTransfer(new ITokenTypes.TransferRow[](0), true);
        vm.prank(ISSUER);
        token.issue(new ITokenTypes.IssueRow[](0), true);
        eq(token.head(), head, "head");
    }

    function test_moreUnitsThanAnyAccountHolds() public {
        uint256 units = uint256(type(uint96).max) + 2;
        eq(token.detectTransferRestriction(SELF, BOB, units), Code.INSUFFICIENT_UNITS, "pre-check");
        vm.expectRevert();
        vm.prank(SELF);
        token.transfer(BOB, units);
    }

    function test_aKeyOfACustodiedAccountMovesNothing() public {
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        vm.prank(ALICE);
        token.transfer(BOB, 1);
        vm.prank(SELF);
        token.transfer(BOB, 1);
        eq(token.balanceOf(BOB), 1, "self-custody moves");
    }

    function test_transferFromSpendsTheAllowance() public {
        vm.prank(SELF);
        token.approve(STRANGER, 3);
        vm.prank(STRANGER);
        token.transferFrom(SELF, BOB, 2);
        eq(token.allowance(SELF, STRANGER), 1, "allowance");
        vm.expectRevert(abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", STRANGER, 1, 2));
        vm.prank(STRANGER);
        token.transferFrom(SELF, BOB, 2);
    }

    function test_initializeOnlyOnce() public {
        ITokenTypes.Terms memory terms = ITokenTypes.Terms("x", "", "", 1, 0, 0, ISSUER_ROLE);
        vm.expectRevert(abi.encodeWithSignature("InvalidInitialization()"));
        token.initialize(terms);
        SecurityToken implementation = SecurityToken(factory.implementation());
        vm.expectRevert(abi.encodeWithSignature("InvalidInitialization()"));
        implementation.initialize(terms);
    }

    function test_factoryPredictsAndRefusesASecondIssue() public {
        eq(factory.predict(ISSUE), address(token), "address");
        eq(factory.tokenOf(ISSUE), address(token), "known");
        vm.expectRevert(abi.encodeWithSignature("IssueExists(bytes32)", ISSUE));
        create_(ISSUE, 0);
        vm.expectRevert(unauthorized(STRANGER));
        vm.prank(STRANGER);
        factory.createIssue(ITokenTypes.Terms("y", "", "", 1, 0, 0, ISSUER_ROLE));
    }

    function createAs(ITokenTypes.Terms memory terms) private returns (address) {
        vm.prank(REGISTRAR);
        return factory.createIssue(terms);
    }

    function test_theRoleOfEverybodyOrOfThePlatformIsNoIssuers() public {
        uint64[4] memory roles = [Roles.ADMIN, Roles.BROKER, Roles.FIRST_ISSUER - 1, type(uint64).max];
        for (uint256 i; i < roles.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITokenFactory.IssuerRoleInvalid.selector, roles[i]));
            createAs(ITokenTypes.Terms("y", "", "", 1, 0, 0, roles[i]));
        }
        createAs(ITokenTypes.Terms("y", "", "", 1, 0, 0, type(uint64).max - 1));
    }

    function test_noIssueIsLargerThanTheRegisterCounts() public {
        uint96 most = uint96(uint64(type(int64).max));
        vm.expectRevert(refused(Code.SUPPLY_CAP));
        createAs(ITokenTypes.Terms("y", "", "", most + 1, 0, 0, ISSUER_ROLE));
        eq(SecurityToken(createAs(ITokenTypes.Terms("y", "", "", most, 0, 0, ISSUER_ROLE))).cap(), most, "the largest");
    }

    function test_theLogSaysWhatAnIssueWasCreatedWith() public {
        vm.recordLogs();
        address created = createAs(ITokenTypes.Terms("y", "Issue", "ST", 5, policyOf(2, 0, 0, 0, 0, 0), "terms", 1007));
        Vm.Log memory log = vm.getRecordedLogs()[0];
        eq(log.topics[1], bytes32("y"), "issue");
        bytes memory said = abi.encode(created, bytes32("terms"), 5, policyOf(2, 0, 0, 0, 0, 0), 1007);
        eq(keccak256(log.data), keccak256(said), "address, terms, cap, policy, issuer's role");
    }

    function test_documentsAreListedAndEntered() public {
        bytes32 head = token.head();
        vm.recordLogs();
        vm.startPrank(REGISTRAR);
        acts().setDocument("deed", "https://example.test/deed", "hash 1");
        acts().setDocument("notice", "https://example.test/notice", "hash 2");
        acts().setDocument("deed", "https://example.test/deed2", "hash 3");
        acts().removeDocument("notice");
        vm.expectRevert(abi.encodeWithSignature("DocumentUnknown(bytes32)", bytes32("notice")));
        acts().removeDocument("notice");
        vm.stopPrank();
        eq(acts().getAllDocuments().length, 1, "one is left");
        (, bytes32 hash,) = acts().getDocument("deed");
        eq(hash, "hash 3", "its last version");
        eq(replay(head, address(token)), token.head(), "head");
    }

    function test_interfaces() public view {
        yes(token.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        yes(token.supportsInterface(type(IERC20).interfaceId), "ERC-20");
        yes(token.supportsInterface(type(IERC20Metadata).interfaceId), "ERC-20 metadata");
        yes(token.supportsInterface(type(IERC20Permit).interfaceId), "ERC-2612");
        bytes4 id = token.canSend.selector ^ token.canReceive.selector ^ token.canTransfer.selector
            ^ token.getFrozenTokens.selector ^ ILegalActs.setFrozenTokens.selector ^ ILegalActs.forcedTransfer.selector;
        yes(id == 0x3edbb4c4 && token.supportsInterface(id), "ERC-7943 fungible");
        yes(!token.supportsInterface(0xffffffff), "not everything");
    }
}
