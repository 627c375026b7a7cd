// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev OpenZeppelin's ERC-20 as it comes: the yardstick of scripts/contracts/gas.ts.
contract PlainToken is ERC20("Plain", "PLAIN") {
    function mint(address to, uint256 units) external {
        _mint(to, units);
    }

    function mintBatch(address[] calldata to, uint256 units) external {
        for (uint256 i; i < to.length; ++i) {
            _mint(to[i], units);
        }
    }
}
