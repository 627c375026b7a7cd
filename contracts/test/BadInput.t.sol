// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {IRefusals} from "../interfaces/IRefusals.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Code} from "../token/Rules.sol";
import {Fixture} from "./Fixture.t.sol";

/// @dev What nobody should send: each is refused by name and changes nothing. Orders and permits, whose bad input is in
/// their signatures, stand in Orders.t.sol and standards/Erc2612.t.sol; cash tokens in Settlement.t.sol.
contract BadInputTest is Fixture {
    address internal constant ALICE = address(0x101);
    address internal constant ALICE_2 = address(0x102);
    address internal constant BOB = address(0x201);
    address internal constant SELF = address(0x401);
    address internal constant PLEDGEE = address(0xC1);
    address internal constant NOBODY = address(0);
    uint256 internal constant MOST_ROWS = 500;

    function setUp() public override {
        super.setUp();
        register(ALICE, 1, 1);
        register(ALICE_2, 1, 1);
        register(BOB, 2, 1);
        register(SELF, 3, 0);
        issue(token, ALICE, 100);
        issue(token, SELF, 100);
    }

    modifier changesNothing() {
        bytes32 before = state();
        _;
        eq(state(), before, "state");
    }

    function state() private view returns (bytes32) {
        bytes memory all = abi.encode(token.head(), registry.head(), token.totalSupply(), token.policy());
        address[5] memory accounts = [NOBODY, ALICE, ALICE_2, BOB, SELF];
        for (uint256 i; i < accounts.length; ++i) {
            address account = accounts[i];
            uint256 frozen = token.getFrozenTokens(account);
            all = abi.encode(all, token.balanceOf(account), token.freeUnits(account), frozen, registry.recordOf(account));
        }
        return keccak256(all);
    }

    // Each act as its own caller does it, of one row and atomic.

    function redeem(address from, uint96 units) private {
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(from, units, "redeem", 0);
        vm.prank(ISSUER);
        token.redeem(rows, true);
    }

    function move(address from, address to, uint96 units) private {
        vm.prank(BROKER_1);
        token.custodiedTransfer(transferRow(from, to, units), true);
    }

    function request(address from, address to, uint96 units) private {
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(from, to, units, 0, "r"), true);
    }

    function dvp(address from, address to, uint96 units) private {
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(from, to, PLEDGEE, units, 2, 0, "d"), true);
    }

    function pledge(address account, address to, uint96 units, bytes32 ref) private {
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(account, to, PLEDGEE, units, 3, 0, ref), true);
    }

    function enforce(address from, address to, uint96 units) private {
        ITokenTypes.OrderedRow[] memory rows = new ITokenTypes.OrderedRow[](1);
        rows[0] = ITokenTypes.OrderedRow(from, to, units, 3, "case", 0, new bytes32[](0));
        vm.prank(ENFORCER);
        acts().enforceTransfers(rows, true);
    }

    function recover(address lost, address replacement, bytes32[] memory ids) private {
        vm.prank(ENFORCER);
        acts().recover(lost, replacement, "case", ids);
    }

    function execute(bytes32 id, uint96 units) private {
        vm.prank(PLEDGEE);
        acts().executeHolds(executeRow(id, units), true);
    }

    function expectCode(uint8 code) private {
        vm.expectRevert(refused(code));
    }

    function expectError(bytes4 selector, address account) private {
        vm.expectRevert(abi.encodeWithSelector(selector, account));
    }

    function test_theZeroAddressReceivesNothing() public changesNothing {
        bytes4 invalid = IERC20Errors.ERC20InvalidReceiver.selector;
        expectError(invalid, NOBODY);
        issue(token, NOBODY, 1);
        expectError(invalid, NOBODY);
        move(ALICE, NOBODY, 1);
        expectError(invalid, NOBODY);
        request(ALICE, NOBODY, 1);
        expectError(invalid, NOBODY);
        dvp(ALICE, NOBODY, 1);
        expectError(invalid, NOBODY);
        enforce(ALICE, NOBODY, 1);
        expectCode(Code.RECEIVER_INVALID);
        recover(ALICE, NOBODY, new bytes32[](0));
    }

    function test_theZeroAddressGivesNothing() public changesNothing {
        bytes memory short = abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, NOBODY, 0, 1);
        vm.expectRevert(short);
        redeem(NOBODY, 1);
        vm.expectRevert(short);
        move(NOBODY, BOB, 1);
        vm.expectRevert(short);
        request(NOBODY, BOB, 1);
        vm.expectRevert(short);
        pledge(NOBODY, BOB, 1, "p");
        vm.expectRevert(short);
        enforce(NOBODY, BOB, 1);
        expectCode(Code.SENDER_INVALID);
        recover(NOBODY, ALICE, new bytes32[](0));
    }

    function test_theZeroAddressIsNoWallet() public changesNothing {
        expectCode(Code.RECORD_INVALID);
        register(NOBODY, 1, 1);
    }

    function test_zeroUnits() public {
        dvp(ALICE, BOB, 10);
        bytes32 before = state();
        expectCode(Code.UNITS_ZERO);
        issue(token, ALICE, 0);
        expectCode(Code.UNITS_ZERO);
        redeem(ALICE, 0);
        expectCode(Code.UNITS_ZERO);
        move(ALICE, BOB, 0);
        expectCode(Code.UNITS_ZERO);
        request(ALICE, BOB, 0);
        expectCode(Code.UNITS_ZERO);
        pledge(ALICE, BOB, 0, "p");
        expectCode(Code.UNITS_ZERO);
        enforce(ALICE, BOB, 0);
        expectCode(Code.UNITS_ZERO);
        execute("d", 0);
        expectCode(Code.UNITS_ZERO);
        recover(ALICE_2, ALICE, new bytes32[](0));
        eq(state(), before, "state");
    }

    function test_selfTransfers() public changesNothing {
        expectCode(Code.SAME_ACCOUNT);
        move(ALICE, ALICE, 1);
        expectCode(Code.SAME_ACCOUNT);
        request(ALICE, ALICE, 1);
        expectCode(Code.SAME_ACCOUNT);
        dvp(ALICE, ALICE, 1);
        expectCode(Code.SAME_ACCOUNT);
        pledge(ALICE, ALICE, 1, "p");
        expectCode(Code.SAME_ACCOUNT);
        enforce(ALICE, ALICE, 1);
        expectCode(Code.SAME_ACCOUNT);
        recover(ALICE, ALICE, new bytes32[](0));
    }

    function test_oneRefTwiceInABatch() public changesNothing {
        ITokenTypes.HoldRow[] memory rows = new ITokenTypes.HoldRow[](2);
        rows[0] = ITokenTypes.HoldRow(ALICE, BOB, PLEDGEE, 1, 3, 0, "p", 0, 0);
        rows[1] = rows[0];
        expectCode(Code.REF_USED);
        vm.prank(REGISTRAR);
        acts().createHolds(rows, true);
        (rows[0].kind, rows[1].kind) = (2, 2);
        expectCode(Code.REF_USED);
        vm.prank(BROKER_1);
        acts().createDvpHolds(rows, true);
    }

    function test_oneHoldTwiceInABatch() public {
        pledge(ALICE, BOB, 10, "p");
        bytes32 before = state();
        bytes32[] memory twice = new bytes32[](2);
        (twice[0], twice[1]) = ("p", "p");
        expectCode(Code.HOLD_UNKNOWN);
        vm.prank(PLEDGEE);
        acts().releaseHolds(twice, true);
        expectCode(Code.HOLD_UNKNOWN);
        recover(ALICE, ALICE_2, twice);
        eq(state(), before, "state");
    }

    /// @dev Rows are structs, so no two lists can differ in length; a count that its rows do not fill is refused.
    function test_aCountBeyondTheRows() public changesNothing {
        bytes memory none = abi.encode(uint256(0x40), true, uint256(2));
        bytes4[3] memory selectors = [token.issue.selector, token.redeem.selector, acts().createHolds.selector];
        address[3] memory callers = [ISSUER, ISSUER, REGISTRAR];
        for (uint256 i; i < selectors.length; ++i) {
            vm.prank(callers[i]);
            (bool ok,) = address(token).call(bytes.concat(selectors[i], none));
            yes(!ok, "refused");
        }
        vm.prank(REGISTRAR);
        (bool written,) = address(registry).call(bytes.concat(registry.setRecords.selector, none));
        yes(!written, "no record");
    }

    function test_moreRowsThanATransactionCarries() public changesNothing {
        bytes memory tooLong = abi.encodeWithSelector(IRefusals.BatchTooLong.selector, MOST_ROWS + 1, MOST_ROWS);
        vm.expectRevert(tooLong);
        vm.prank(ISSUER);
        token.issue(new ITokenTypes.IssueRow[](MOST_ROWS + 1), false);
        vm.expectRevert(tooLong);
        vm.prank(REGISTRAR);
        token.approveTransfers(new bytes32[](MOST_ROWS + 1), false);
        vm.expectRevert(tooLong);
        vm.prank(REGISTRAR);
        registry.setRecords(new IHolderRegistry.Row[](MOST_ROWS + 1), false);
        vm.expectRevert(tooLong);
        registry.consentToMove(new address[](MOST_ROWS + 1), 1, true, false);
        vm.prank(REGISTRAR);
        registry.setRecords(new IHolderRegistry.Row[](MOST_ROWS), false);
        registry.consentToMove(new address[](MOST_ROWS), 1, true, false);
    }

    function test_anExpiryThatIsNotAhead() public changesNothing {
        uint32 now_ = uint32(START / 60);
        expectCode(Code.HOLD_EXPIRED);
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, now_, "r"), true);
        expectCode(Code.HOLD_EXPIRED);
        vm.prank(REGISTRAR);
        acts().createHolds(holdRow(ALICE, BOB, PLEDGEE, 1, 5, now_, "l"), true);
        expectCode(Code.HOLD_EXPIRED);
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, 1 << 28, "r"), true);
    }

    function test_unitsAboveWhatAWordHolds() public changesNothing {
        uint256 units = (1 << 96) + 1;
        bytes memory short = abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, SELF, 100, units);
        vm.expectRevert(short);
        vm.prank(SELF);
        token.transfer(BOB, units);
        vm.expectRevert(short);
        vm.prank(ENFORCER);
        acts().forcedTransfer(SELF, BOB, units);
        // In a row they are no uint96: neither read as fewer units nor into the field beside them.
        bytes memory row = abi.encode(uint256(0x40), true, uint256(1), ALICE, units, bytes32("ref"), bytes32(0));
        vm.prank(ISSUER);
        (bool ok,) = address(token).call(bytes.concat(token.redeem.selector, row));
        yes(!ok, "no row");
    }

    function test_anExpiredHolderReceivesNothing() public {
        vm.warp(VALID + 1);
        bytes32 before = state();
        expectCode(Code.RECEIVER_CHECK_LAPSED);
        issue(token, BOB, 1);
        expectCode(Code.RECEIVER_CHECK_LAPSED);
        move(ALICE, BOB, 1);
        expectCode(Code.RECEIVER_CHECK_LAPSED);
        enforce(ALICE, BOB, 1);
        eq(state(), before, "state");
    }

    function test_aPausedTokenStandsStill() public {
        dvp(ALICE, BOB, 10);
        request(ALICE, BOB, 10);
        vm.prank(REGISTRAR);
        ICorporateActs(address(token)).setPaused(true, "incident");
        bytes32 before = state();
        expectCode(Code.PAUSED);
        issue(token, ALICE, 1);
        expectCode(Code.PAUSED);
        redeem(ALICE, 1);
        expectCode(Code.PAUSED);
        move(ALICE, BOB, 1);
        expectCode(Code.PAUSED);
        vm.prank(SELF);
        token.transfer(BOB, 1);
        expectCode(Code.PAUSED);
        vm.prank(BROKER_1);
        token.requestTransfers(requestRow(ALICE, BOB, 1, 0, "q"), true);
        expectCode(Code.PAUSED);
        vm.prank(BROKER_1);
        acts().createDvpHolds(holdRow(ALICE, BOB, PLEDGEE, 1, 2, 0, "e"), true);
        expectCode(Code.PAUSED);
        vm.prank(BROKER_1);
        token.acceptTransfers(one("r"), true);
        expectCode(Code.PAUSED);
        vm.prank(REGISTRAR);
        token.approveTransfers(one("r"), true);
        expectCode(Code.PAUSED);
        execute("d", 1);
        eq(state(), before, "state");
    }

    function test_anAccountWithHoldsBeingRecovered() public {
        pledge(ALICE, BOB, 10, "p");
        pledge(ALICE, BOB, 10, "q");
        bytes32 before = state();
        expectCode(Code.HOLDS_MISSING);
        recover(ALICE, ALICE_2, one("q"));
        expectCode(Code.HOLD_UNKNOWN);
        recover(ALICE, ALICE_2, one("unknown"));
        eq(state(), before, "state");
    }

    function test_aCapLoweredBelowTheCountLetsNobodyIn() public {
        token = create_("capped", policyOf(32, 0, 0, 0, 0, 3));
        issue(token, ALICE, 100);
        issue(token, BOB, 100);
        uint256 lower = policyOf(32, 0, 0, 0, 0, 1);
        vm.prank(ISSUER);
        ICorporateActs(address(token)).proposePolicy(lower);
        vm.warp(START + 1 days);
        vm.prank(REGISTRAR);
        ICorporateActs(address(token)).executePolicy(lower, "lower");
        eq(token.holderCount(), 2, "nobody is put out");
        bytes32 before = state();
        expectCode(Code.MAX_HOLDERS);
        move(ALICE, SELF, 1);
        expectCode(Code.MAX_HOLDERS);
        move(ALICE, SELF, 100);
        expectCode(Code.MAX_HOLDERS);
        issue(token, SELF, 1);
        eq(state(), before, "state");
    }
}
