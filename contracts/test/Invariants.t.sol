// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {SecurityToken} from "../token/SecurityToken.sol";
import {Passing} from "./Passing.t.sol";
import {Player} from "./Player.t.sol";

/// @dev What must hold after any sequence of acts. A million acts by hand, see docs/contracts.md:
/// `hardhat test solidity contracts/test/Invariants.t.sol --network berlin --test-profile long`
contract InvariantsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Player internal player;
    SecurityToken internal token;

    function setUp() public {
        player = new Player();
        token = player.tokenOf();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(player);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory acts = new bytes4[](20);
        acts[0] = Player.issue.selector;
        acts[1] = Player.redeem.selector;
        acts[2] = Player.transfer.selector;
        acts[3] = Player.request.selector;
        acts[4] = Player.decide.selector;
        acts[5] = Player.createHold.selector;
        acts[6] = Player.execute.selector;
        acts[7] = Player.enforce.selector;
        acts[8] = Passing.recover.selector;
        acts[9] = Player.pause.selector;
        acts[10] = Player.freeze.selector;
        acts[11] = Player.changePolicy.selector;
        acts[12] = Player.scale.selector;
        acts[13] = Player.pledgeBehind.selector;
        acts[14] = Player.assign.selector;
        acts[15] = Player.createHold.selector;
        acts[16] = Passing.succeed.selector;
        acts[17] = Passing.succeed.selector;
        acts[18] = Passing.encumber.selector;
        acts[19] = Passing.encumber.selector;
        targets[0] = FuzzSelector(address(player), acts);
    }

    /// @dev Ten sequences like those of the invariants: had they no succession of what waits, they would prove nothing of it.
    function test_theActsReachWhatIsRare() public {
        bytes32[4] memory rare = [bytes32("succeed"), "divide", "recover", "ratio"];
        uint256[4] memory waited;
        uint256[4] memory parted;
        for (uint256 run; run < 10; ++run) {
            setUp();
            for (uint256 turn; turn < 200; ++turn) {
                play(uint256(keccak256(abi.encode(run, turn))));
            }
            for (uint256 i; i < 4; ++i) {
                waited[i] += player.waited(rare[i]);
                parted[i] += player.parted(rare[i]);
            }
        }
        for (uint256 i; i < 4; ++i) {
            require(waited[i] != 0 && parted[i] != 0, string.concat("never: ", string(abi.encodePacked(rare[i]))));
        }
    }

    /// @dev Each act's words are small, and a truth value where it wants one.
    function play(uint256 draw) private {
        bytes4[] memory acts = targetSelectors()[0].selectors;
        bytes4 act = acts[draw % acts.length];
        bool decides = act == Passing.recover.selector || act == Player.pause.selector || act == Player.scale.selector;
        uint256 first = uint8(draw >> 8) % (decides ? 2 : 256);
        bytes memory words = abi.encode(first, uint8(draw >> 16), uint8(draw >> 24), draw >> 32 & 1);
        (bool ok,) = address(player).call(abi.encodePacked(act, words));
        require(ok, "an act failed");
    }

    /// @dev One check for all, so that each sequence is judged by every invariant.
    function invariant_entriesAreTheState() public view {
        require(bytes(player.fault()).length == 0, player.fault());
        require(player.head() == token.head(), "replay reaches the head");
        require(player.supply() == token.totalSupply(), "supply");
        require(player.policyWord() == token.policy(), "policy");
        require(player.holders() == token.holderCount(), "holders by person");
        uint256 sum;
        uint256[6] memory held = openHolds();
        for (uint256 i; i < 6; ++i) {
            address account = player.walletOf(i);
            uint256 balance = token.balanceOf(account);
            sum += balance;
            require(player.units(account) == balance, "balance");
            require(player.encumbered(account) <= balance, "encumbered <= balance");
            uint256 unheld = balance - player.encumbered(account);
            uint256 frozen = player.frozen(account);
            require(frozen == token.getFrozenTokens(account), "frozen");
            require((unheld > frozen ? unheld - frozen : 0) == token.freeUnits(account), "free");
            require(held[i] == player.encumbered(account), "open holds = encumbered");
        }
        require(sum == token.totalSupply(), "sum of balances = supply");
    }

    /// @dev What the open holds of each account add up to, each held against what the entries say of it.
    function openHolds() private view returns (uint256[6] memory sums) {
        uint256 count = player.holds();
        for (uint256 i; i < count; ++i) {
            bytes32 id = player.holdIds(i);
            ITokenTypes.Hold memory hold = token.holdOf(id);
            require(hold.units == player.held(id), "a hold's units");
            require(token.claimOf(id) == player.claimed(id), "what an attachment claims");
            bool pledges = uint256(hold.data) >> 252 == 3;
            require(!pledges || hold.to == player.pledgee(id), "a pledgee");
            require(!player.outOfRank(id), "the first rank takes first");
            if (hold.units == 0) continue;
            require(hold.account == player.accountOf(id), "a hold's account");
            sums[uint160(hold.account) - uint160(player.walletOf(0))] += hold.units;
        }
    }
}
