// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IHolderRegistry} from "../interfaces/IHolderRegistry.sol";
import {IRefusals} from "../interfaces/IRefusals.sol";
import {Fixture, Vm} from "../test/Fixture.t.sol";
import {Code} from "../token/Rules.sol";

contract HolderRegistryTest is Fixture {
    address internal constant WALLET = address(0x101);

    function write(address caller, address wallet, bytes32 record) private {
        vm.prank(caller);
        registry.setRecords(row(wallet, record), true);
    }

    function row(address wallet, bytes32 record) private pure returns (IHolderRegistry.Row[] memory rows) {
        rows = new IHolderRegistry.Row[](1);
        rows[0] = IHolderRegistry.Row(wallet, record, "particulars");
    }

    function test_headFoldsEveryRecord() public {
        bytes32 record = recordOf_(1, RETAIL, 0, VALID, 1);
        write(BROKER_1, WALLET, record);
        bytes32 hash = keccak256(abi.encode(bytes32(0), WALLET, record, bytes32("particulars")));
        eq(registry.head(), numbered(0, hash), "head");
        eq(registry.seq(), 1, "seq");
        write(BROKER_1, WALLET, record);
        eq(registry.seq(), 2, "rewriting is an entry of its own");
    }

    function test_headMovesOncePerBatch() public {
        IHolderRegistry.Row[] memory rows = new IHolderRegistry.Row[](3);
        for (uint160 i; i < 3; ++i) {
            rows[i] = IHolderRegistry.Row(address(0x500 + i), recordOf_(i + 1, RETAIL, 0, VALID, 1), 0);
        }
        rows[1].record = 0;
        vm.recordLogs();
        vm.prank(BROKER_1);
        registry.setRecords(rows, false);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 4, "two records, one rejection, one head");
        eq(logs[1].topics[0], IRefusals.Rejected.selector, "rejection");
        eq(logs[1].topics[1], bytes32(uint256(0x501)), "its wallet");
        eq(logs[3].topics[0], IHolderRegistry.HeadMoved.selector, "head last");
        eq(registry.seq(), 2, "seq");
    }

    function test_manyRecordsAtOnceAreThoseOfEach() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        address[] memory wallets = new address[](3);
        (wallets[0], wallets[2]) = (WALLET, STRANGER);
        bytes32[] memory found = registry.records(wallets);
        eq(found.length, 3, "one a wallet");
        for (uint256 i; i < 3; ++i) {
            eq(found[i], registry.recordOf(wallets[i]), "record");
        }
        eq(registry.records(new address[](0)).length, 0, "of nobody");
    }

    function test_nobodyRegistersHerself() public {
        vm.expectRevert(unauthorized(WALLET));
        vm.prank(WALLET);
        registry.setRecords(row(WALLET, recordOf_(1, RETAIL, 0, VALID, 0)), true);
    }

    function test_anEmptyRecordNeverCounts() public {
        vm.expectRevert(refused(Code.RECORD_INVALID));
        write(REGISTRAR, WALLET, 0);
        vm.expectRevert(refused(Code.RECORD_INVALID));
        write(REGISTRAR, WALLET, recordOf_(0, RETAIL, 0, VALID, 1));
        eq(registry.recordOf(WALLET), 0, "nothing");
    }

    function test_noCustodianThatTheRegisterCannotKeep() public {
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, (1 << 31) - 1));
        vm.expectRevert(refused(Code.RECORD_INVALID));
        write(REGISTRAR, STRANGER, recordOf_(2, RETAIL, 0, VALID, 1 << 31));
    }

    function test_aBrokerWritesItsOwnCustomersOnly() public {
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 2));
        write(BROKER_2, WALLET, recordOf_(1, RETAIL, 0, VALID, 2));
        vm.expectRevert(refused(Code.WALLET_OF_ANOTHER_CUSTODIAN));
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
    }

    function test_aWalletMovesToAnotherCustodianByBothConsentsOnly() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        bytes32 moved = recordOf_(1, RETAIL, 0, VALID, 2);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, moved);
        consent(BROKER_1, WALLET, 2);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, moved);
        consent(BROKER_2, WALLET, 2);
        // Broker 3's word to the same wallet is another move.
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 3));
        vm.expectRevert(refused(Code.WALLET_OF_ANOTHER_CUSTODIAN));
        write(BROKER_2, WALLET, moved);
        write(REGISTRAR, WALLET, moved);
        eq(registry.recordOf(WALLET), moved, "moved");
    }

    function test_aMoveUsesItsConsentsUp() public {
        bytes32 atOne = recordOf_(1, RETAIL, 0, VALID, 1);
        bytes32 atTwo = recordOf_(1, RETAIL, 0, VALID, 2);
        write(BROKER_1, WALLET, atOne);
        consent(BROKER_1, WALLET, 2);
        consent(BROKER_2, WALLET, 2);
        write(REGISTRAR, WALLET, atTwo);
        consent(BROKER_1, WALLET, 1);
        consent(BROKER_2, WALLET, 1);
        write(REGISTRAR, WALLET, atOne);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, atTwo);
    }

    function test_aConsentLapsesAndIsTakenBack() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        consent(BROKER_1, WALLET, 2);
        consent(BROKER_2, WALLET, 2);
        vm.prank(BROKER_2);
        registry.consentToMove(list(WALLET), 2, false, true);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 2));
        consent(BROKER_2, WALLET, 2);
        vm.warp(START + 30 days + 1);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 2));
    }

    function test_aRefusedRecordKeepsTheConsents() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        consent(BROKER_1, WALLET, 2);
        consent(BROKER_2, WALLET, 2);
        vm.recordLogs();
        vm.prank(REGISTRAR);
        registry.setRecords(row(WALLET, recordOf_(1, RETAIL, 0, START - 1, 2)), false);
        (,, uint8 code) = rejection();
        eq(code, Code.VALIDITY_PAST, "refused");
        (uint40 leaving, uint40 arriving) = registry.consentsTo(WALLET, 2);
        eq(leaving, START + 30 days, "leaving");
        eq(arriving, START + 30 days, "arriving");
    }

    function test_theWalletsOwnKeySpeaksWhereThereIsNoCustodian() public {
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 0));
        consent(BROKER_1, WALLET, 1);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        consent(WALLET, WALLET, 1);
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        consent(BROKER_1, WALLET, 0);
        vm.expectRevert(refused(Code.CUSTODIAN_CONSENT_MISSING));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 0));
        consent(WALLET, WALLET, 0);
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 0));
    }

    function test_nobodyElseConsents() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        address[4] memory callers = [STRANGER, WALLET, REGISTRAR, address(this)];
        for (uint256 i; i < callers.length; ++i) {
            vm.expectRevert(refused(Code.NOT_CUSTODIAN));
            consent(callers[i], WALLET, 2);
        }
        manager.revokeRole(2, BROKER_2);
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        consent(BROKER_2, WALLET, 2);
        vm.expectRevert(refused(Code.RECORD_INVALID));
        consent(BROKER_1, WALLET, 1);
        vm.expectRevert(refused(Code.RECORD_INVALID));
        consent(BROKER_1, STRANGER, 2);
    }

    function consent(address caller, address wallet, uint32 to) private {
        vm.prank(caller);
        registry.consentToMove(list(wallet), to, true, true);
    }

    function list(address wallet) private pure returns (address[] memory wallets) {
        wallets = new address[](1);
        wallets[0] = wallet;
    }

    function test_aWalletNeverMovesToAnotherPerson() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        vm.expectRevert(refused(Code.WALLET_OF_ANOTHER_PERSON));
        write(REGISTRAR, WALLET, recordOf_(2, RETAIL, 0, VALID, 1));
    }

    function test_aBrokerFreezesButDoesNotThaw() public {
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 1, VALID, 1));
        vm.expectRevert(refused(Code.NOT_CONTROLLER));
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
    }

    function test_validityLiesAheadUnlessItStands() public {
        vm.expectRevert(refused(Code.VALIDITY_PAST));
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, START - 1, 1));
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        vm.warp(VALID + 1);
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 1, VALID, 1));
    }

    function test_theLastNumberIsTheLastRecord() public {
        vm.store(address(registry), bytes32(uint256(1)), bytes32(uint256(type(uint32).max - 1)));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        eq(registry.seq(), type(uint32).max, "the last number");
        vm.expectRevert(abi.encodeWithSignature("RegisterFull()"));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
    }

    /// @dev A row is read word by word: a wider word is no wallet, and no other wallet's either.
    function test_aWordThatIsNoAddressIsRefused() public {
        bytes memory wide = abi.encodePacked(
            registry.setRecords.selector,
            abi.encode(0x40, 0, 1, uint256(uint160(WALLET)) | 1 << 160, recordOf_(1, RETAIL, 0, VALID, 1), bytes32("particulars"))
        );
        vm.recordLogs();
        vm.prank(REGISTRAR);
        (bool ok,) = address(registry).call(wide);
        yes(ok, "the batch goes on");
        (, bytes32 ref, uint8 code) = rejection();
        eq(code, Code.RECORD_INVALID, "code");
        eq(ref, bytes32(uint256(uint160(WALLET)) | 1 << 160), "the word that was given");
        eq(registry.recordOf(WALLET), 0, "nothing written");
    }

    function test_aFirstRecordOfTheRegistrar() public {
        vm.expectRevert(refused(Code.VALIDITY_PAST));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, START - 1, 2));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 2));
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        write(BROKER_1, STRANGER, recordOf_(2, RETAIL, 0, VALID, 2));
    }

    function test_setCustodianIsTheAdmins() public {
        vm.expectRevert(unauthorized(BROKER_1));
        vm.prank(BROKER_1);
        registry.setCustodian(BROKER_1, 2);
    }

    function test_aBrokerWithoutItsRoleWritesNothing() public {
        manager.revokeRole(2, BROKER_1);
        vm.expectRevert(unauthorized(BROKER_1));
        vm.prank(BROKER_1);
        registry.setRecords(row(WALLET, recordOf_(1, RETAIL, 0, VALID, 1)), true);
    }

    function testFuzz_spareBitsAreRefused(uint48 spare) public {
        vm.assume(spare != 0);
        vm.expectRevert(refused(Code.RECORD_INVALID));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1) | bytes32(uint256(spare)));
    }

    function test_aCustodiansSignerIsNamedByAnEvent() public {
        vm.recordLogs();
        registry.setCustodian(STRANGER, 7);
        Vm.Log memory log = vm.getRecordedLogs()[0];
        eq(log.topics[0], IHolderRegistry.CustodianSet.selector, "event");
        eq(log.topics[1], bytes32(uint256(uint160(STRANGER))), "signer");
        eq(abi.decode(log.data, (uint32)), 7, "custodian");
        eq(registry.custodianOf(STRANGER), 0, "acts for nobody without the role");
        manager.grantRole(2, STRANGER, 0);
        eq(registry.custodianOf(STRANGER), 7, "acts for it");
    }

    function test_aValidityEndsWithItsLastSecond() public {
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, START, 1));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, START, 1));
        vm.expectRevert(refused(Code.VALIDITY_PAST));
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, START - 1, 1));
    }

    function test_consentsHoldToTheirLastSecond() public {
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        consent(BROKER_1, WALLET, 2);
        vm.warp(START + 10);
        consent(BROKER_2, WALLET, 2);
        vm.warp(START + 30 days);
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 2));
        consent(BROKER_1, WALLET, 1); // the side it arrives at speaks first, and lapses first
        vm.warp(START + 30 days + 10);
        consent(BROKER_2, WALLET, 1);
        vm.warp(START + 60 days);
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
    }

    function test_aConsentIsNamedByAnEvent() public {
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
        vm.recordLogs();
        consent(BROKER_2, WALLET, 2);
        Vm.Log memory log = vm.getRecordedLogs()[0];
        eq(log.topics[0], IHolderRegistry.MoveConsented.selector, "event");
        (bool leaving, bool arriving, uint40 until) = abi.decode(log.data, (bool, bool, uint40));
        yes(!leaving && arriving, "for the side it arrives at");
        eq(until, START + 30 days, "until");
    }

    function test_nobodySpeaksForAWalletWithoutACustodian() public {
        write(REGISTRAR, WALLET, recordOf_(1, RETAIL, 0, VALID, 0));
        vm.expectRevert(refused(Code.NOT_CUSTODIAN));
        consent(STRANGER, WALLET, 1);
    }

    function test_aRoleUnderADelayWritesNothingAtOnce() public {
        manager.grantRole(2, STRANGER, 1 days);
        registry.setCustodian(STRANGER, 1);
        vm.expectRevert(unauthorized(STRANGER));
        write(STRANGER, WALLET, recordOf_(1, RETAIL, 0, VALID, 1));
    }

    function test_aSignerOfNoCustodianWritesNothing() public {
        registry.setCustodian(BROKER_1, 0);
        vm.expectRevert(unauthorized(BROKER_1));
        write(BROKER_1, WALLET, recordOf_(1, RETAIL, 0, VALID, 0));
    }
}
