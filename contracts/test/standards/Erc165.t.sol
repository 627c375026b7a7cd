// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ISecurityToken} from "../../interfaces/ISecurityToken.sol";
import {Standard} from "./Standard.t.sol";

/// @dev ERC-7943's own functions, as its text lists them.
interface IERC7943Fungible {
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);
    function setFrozenTokens(address account, uint256 amount) external returns (bool);
    function canSend(address account) external view returns (bool);
    function canReceive(address account) external view returns (bool);
    function getFrozenTokens(address account) external view returns (uint256);
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
}

/// @dev ERC-165: ids computed from the interfaces, and a probe of each function they consist of.
contract Erc165Test is Standard {
    function test_itsOwnId() public view {
        yes(token.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        yes(!token.supportsInterface(0xffffffff), "the id that none has");
    }

    function test_theIdsOfTheStandardsSpoken() public view {
        yes(token.supportsInterface(type(IERC20).interfaceId), "ERC-20");
        yes(token.supportsInterface(type(IERC20Metadata).interfaceId), "ERC-20's metadata");
        yes(token.supportsInterface(type(IERC20Permit).interfaceId), "ERC-2612");
        yes(token.supportsInterface(type(IERC7943Fungible).interfaceId), "ERC-7943");
        yes(type(IERC7943Fungible).interfaceId == 0x3edbb4c4, "as its text names it");
    }

    function testFuzz_noOtherId(bytes4 id) public view {
        bool spoken = id == type(IERC165).interfaceId || id == type(IERC20).interfaceId
            || id == type(IERC20Metadata).interfaceId || id == type(IERC20Permit).interfaceId
            || id == type(IERC7943Fungible).interfaceId;
        yes(token.supportsInterface(id) == spoken, "only what is spoken");
        yes(!token.supportsInterface(type(ISecurityToken).interfaceId), "nor its own, which no standard names");
    }

    function test_theAnswerIsCheap() public view {
        uint256 before = gasleft();
        token.supportsInterface(0xffffffff);
        yes(before - gasleft() < 30_000, "ERC-165's limit");
    }

    function test_theTokenAnswersForEachHalf() public {
        IERC7943Fungible spoken = IERC7943Fungible(address(token));
        vm.startPrank(ENFORCER);
        yes(spoken.setFrozenTokens(holder, 1), "setFrozenTokens");
        yes(spoken.forcedTransfer(holder, RECEIVER, 1), "forcedTransfer");
        vm.stopPrank();
        eq(spoken.getFrozenTokens(holder), 1, "getFrozenTokens");
        yes(spoken.canSend(holder) && spoken.canReceive(holder), "canSend, canReceive");
        yes(spoken.canTransfer(holder, RECEIVER, 1), "canTransfer");
    }
}
