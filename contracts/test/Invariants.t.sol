// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ICorporateActs} from "../interfaces/ICorporateActs.sol";
import {ILegalActs} from "../interfaces/ILegalActs.sol";
import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {SecurityToken} from "../token/SecurityToken.sol";
import {Fixture, IActs, Vm} from "./Fixture.t.sol";

/// @dev Plays acts of every role against one token and folds its entries as an auditor would: from the events
/// alone, knowing nothing of the contract's storage.
contract Player is Fixture {
    uint256 internal constant WALLETS = 6;
    uint256 internal constant PLACES = 3;
    uint96 internal constant CAP = 1_000_000;

    // What the entries say.
    bytes32 public head;
    uint256 public supply;
    uint256 public policyWord;
    mapping(address => uint256) public units;
    mapping(address => uint256) public encumbered;
    mapping(bytes32 => uint256) public held;
    mapping(address => uint256) public frozen;
    /// @dev What an attachment or a pledge behind another claims while it waits for some of it.
    mapping(bytes32 => uint256) public claimed;
    /// @dev Of a pledge: who receives the units.
    mapping(bytes32 => address) public pledgee;
    /// @dev Of a pledge behind another: the first one on the same units, and its place among those behind that one.
    mapping(bytes32 => bytes32) public firstOf;
    /// @dev By first pledge: those behind it in their rank, and what pledges on its units released in this act.
    mapping(bytes32 => bytes32[]) private _ranked;
    mapping(bytes32 => uint256) private _freed;
    bytes32[] private _freeing;
    mapping(bytes32 => address) public accountOf;
    bytes32[] public holdIds;

    /// @dev The first thing that went wrong, if any.
    string public fault;
    uint256 private _nonce;
    bool private _forced;
    uint256 private _now;

    constructor() {
        Fixture.setUp();
        for (uint256 i; i < WALLETS - 1; ++i) {
            register(walletOf(i), personOf(i), i % 3 == 2 ? 2 : 1);
        }
        vm.recordLogs();
        token = create_("invariant", policyOf(0, 0, 0, 0, 0, PLACES));
        fold();
    }

    function tokenOf() external view returns (SecurityToken) {
        return token;
    }

    function walletOf(uint256 i) public pure returns (address) {
        return address(uint160(0x5000 + i % WALLETS));
    }

    /// @dev The first two wallets are one person's; the last one is nobody's.
    function personOf(uint256 i) public pure returns (uint256) {
        return i % WALLETS < 2 ? 1 : i % WALLETS;
    }

    function holds() external view returns (uint256) {
        return holdIds.length;
    }

    function issue(uint256 to, uint96 amount) external {
        vm.prank(ISSUER);
        token.issue(issueRow(walletOf(to), amount % 200, next()), false);
        fold();
    }

    function redeem(uint256 from, uint96 amount) external {
        ITokenTypes.RedeemRow[] memory rows = new ITokenTypes.RedeemRow[](1);
        rows[0] = ITokenTypes.RedeemRow(walletOf(from), amount % 200, next(), 0);
        vm.prank(ISSUER);
        token.redeem(rows, false);
        fold();
    }

    function transfer(uint256 from, uint256 to, uint96 amount, bool whole) external {
        (address a, address b) = (walletOf(from), walletOf(to));
        uint96 moved = whole ? uint96(token.freeUnits(a)) : amount % 200;
        bool can = token.canTransfer(a, b, moved);
        bool all = token.failingRules(a, b, moved) == 0;
        uint8 first = token.detectTransferRestriction(a, b, moved);
        bool needsRequest = token.policy() >> 248 & 6 != 0;
        uint256 before = token.seq();
        vm.prank(from % WALLETS % 3 == 2 ? BROKER_2 : BROKER_1);
        token.custodiedTransfer(transferRow(a, b, moved), false);
        bool done = token.seq() != before;
        if (done != can || can != (all && !needsRequest)) fault = "pre-check and outcome differ";
        if (can != (first == 0)) fault = "the first failing rule and the outcome differ";
        fold();
    }

    function request(uint256 from, uint256 to, uint96 amount) external {
        vm.prank(from % WALLETS % 3 == 2 ? BROKER_2 : BROKER_1);
        token.requestTransfers(requestRow(walletOf(from), walletOf(to), amount % 200, 0, next()), false);
        fold();
    }

    function decide(uint256 which, uint8 how) external {
        if (holdIds.length == 0) return;
        bytes32 id = holdIds[which % holdIds.length];
        if (how % 4 == 0) {
            vm.prank(REGISTRAR);
            token.approveTransfers(one(id), false);
        } else if (how % 4 == 1) {
            vm.prank(BROKER_1);
            token.acceptTransfers(one(id), false);
        } else if (how % 4 == 2) {
            vm.prank(BROKER_2);
            token.cancelTransfers(one(id), false);
        } else {
            vm.prank(AGENT);
            IActs(address(token)).releaseHolds(one(id), false);
        }
        fold();
    }

    function createHold(uint256 account, uint256 to, uint96 amount, uint8 kind) external {
        vm.prank(REGISTRAR);
        IActs(address(token)).createHolds(
            holdRow(walletOf(account), walletOf(to), AGENT, amount % 200, 3 + kind % 3, 0, next()), false
        );
        fold();
    }

    /// @dev A pledge behind another, mostly on the right account.
    function pledgeBehind(uint256 which, uint256 to, uint96 amount, bool astray) external {
        if (holdIds.length == 0) return;
        bytes32 behind = holdIds[which % holdIds.length];
        address account = astray ? walletOf(which) : accountOf[behind];
        ITokenTypes.HoldRow[] memory rows = holdRow(account, walletOf(to), AGENT, amount % 200, 3, 0, next());
        rows[0].behind = behind;
        vm.prank(REGISTRAR);
        IActs(address(token)).createHolds(rows, false);
        fold();
    }

    function assign(uint256 which, uint256 to) external {
        if (holdIds.length == 0) return;
        bytes32 id = holdIds[which % holdIds.length];
        vm.prank(AGENT);
        (bool ok,) = address(token).call(abi.encodeCall(ILegalActs.assignPledge, (id, walletOf(to), AGENT)));
        if (ok && token.holdOf(id).to != walletOf(to)) fault = "another pledgee";
        fold();
    }

    function execute(uint256 which, uint96 amount) external {
        if (holdIds.length == 0) return;
        ITokenTypes.ExecuteRow[] memory rows = new ITokenTypes.ExecuteRow[](1);
        rows[0] = ITokenTypes.ExecuteRow(holdIds[which % holdIds.length], amount % 200);
        vm.prank(AGENT);
        IActs(address(token)).executeHolds(rows, false);
        fold();
    }

    function enforce(uint256 from, uint256 to, uint96 amount, uint256 breaks) external {
        ITokenTypes.OrderedRow[] memory rows = new ITokenTypes.OrderedRow[](1);
        bytes32[] memory ids = holdIds.length == 0 ? new bytes32[](0) : one(holdIds[breaks % holdIds.length]);
        rows[0] = ITokenTypes.OrderedRow(walletOf(from), walletOf(to), amount % 200, 3, next(), 0, ids);
        _forced = true;
        vm.prank(ENFORCER);
        IActs(address(token)).enforceTransfers(rows, false);
        fold();
        _forced = false;
    }

    function recover(bool back) external {
        (address lost, address fresh) = back ? (walletOf(1), walletOf(0)) : (walletOf(0), walletOf(1));
        bytes32[] memory open = openHolds(lost, true);
        vm.prank(ENFORCER);
        (bool ok,) = address(token).call(abi.encodeCall(ILegalActs.recover, (lost, fresh, next(), open)));
        if (!ok && units[lost] != 0) fault = "a recovery got stuck";
        fold();
    }

    function pause(bool paused) external {
        vm.prank(REGISTRAR);
        IActs(address(token)).setPaused(paused, next());
        fold();
    }

    function freeze(uint256 account, uint96 amount) external {
        vm.prank(ENFORCER);
        IActs(address(token)).setFrozenTokens(walletOf(account), amount % 300);
        fold();
    }

    /// @dev Mostly back to the first policy, else no act would be done.
    function changePolicy(uint8 how) external {
        uint256[4] memory flags = [uint256(32), 32, 32 | 2, 32 | 4];
        uint256 policy = policyOf(flags[how & 3], 0, 0, 0, 0, how & 4 == 0 ? PLACES : PLACES - 1);
        vm.prank(ISSUER);
        IActs(address(token)).proposePolicy(policy);
        waitADay();
        vm.prank(REGISTRAR);
        IActs(address(token)).executePolicy(policy, next());
        fold();
    }

    /// @dev A whole consolidation or split, 1:2 or 2:1.
    function scale(bool splits) external {
        (uint64 n, uint64 d) = splits ? (2, 1) : (1, 2);
        vm.prank(ISSUER);
        IActs(address(token)).proposeRatio(n, d);
        waitADay();
        bytes32 ref = next();
        vm.prank(REGISTRAR);
        (bool begun,) = address(token).call(abi.encodeCall(ICorporateActs.beginRatio, (n, d, ref)));
        if (!begun) return;
        ICorporateActs.CarriedRow[] memory rows = new ICorporateActs.CarriedRow[](WALLETS);
        for (uint256 i; i < WALLETS; ++i) {
            rows[i] = ICorporateActs.CarriedRow(walletOf(i), ascending(openHolds(walletOf(i), false)));
        }
        vm.startPrank(REGISTRAR);
        IActs(address(token)).carry(rows);
        IActs(address(token)).endRatio(ref);
        vm.stopPrank();
        fold();
    }

    function waitADay() private {
        _now = (_now == 0 ? START : _now) + 1 days;
        vm.warp(_now);
    }

    /// @param waiting those that wait for units too
    function openHolds(address account, bool waiting) private view returns (bytes32[] memory open) {
        open = new bytes32[](holdIds.length);
        uint256 count;
        for (uint256 i; i < holdIds.length; ++i) {
            bytes32 id = holdIds[i];
            uint8 state = token.holdOf(id).state;
            bool listed = accountOf[id] == account && (state == 1 || state == 2) && (waiting || claimed[id] == 0);
            if (listed) open[count++] = id;
        }
        assembly ("memory-safe") {
            mstore(open, count)
        }
    }

    function ascending(bytes32[] memory ids) private pure returns (bytes32[] memory) {
        for (uint256 i = 1; i < ids.length; ++i) {
            for (uint256 j = i; j > 0 && ids[j - 1] > ids[j]; --j) {
                (ids[j - 1], ids[j]) = (ids[j], ids[j - 1]);
            }
        }
        return ids;
    }

    function next() private returns (bytes32) {
        return keccak256(abi.encode("ref", ++_nonce));
    }

    function fold() private {
        uint256 holdersBefore = holders();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(token) || logs[i].topics[0] != ITokenTypes.Entry.selector) continue;
            foldOne(abi.decode(logs[i].data, (bytes32[4])), logs[i].topics[1]);
        }
        while (_freeing.length != 0) {
            delete _freed[_freeing[_freeing.length - 1]];
            _freeing.pop();
        }
        uint256 holdersNow = holders();
        if (!_forced && holdersNow > holdersBefore && holdersNow > places()) fault = "a holder above the cap";
    }

    /// @param e the event's words: fromUnits, toLine, data, head
    function foldOne(bytes32[4] memory e, bytes32 ref) private {
        head = numbered(head, keccak256(abi.encode(head, e[0], e[1], ref, e[2])));
        if (head != e[3]) fault = "an entry's head";
        uint256 kind = uint8(uint256(e[1]));
        uint256 amount = uint96(uint256(e[0]));
        address from = address(uint160(uint256(e[0]) >> 96));
        address to = address(uint160(uint256(e[1]) >> 96));
        if (kind <= 5 || kind == 8) {
            if (from == address(0)) supply += amount;
            else units[from] -= amount;
            if (to == address(0)) supply -= amount;
            else units[to] += amount;
        }
        bool freezes = uint256(ref) >> 160 == type(uint96).max;
        if (freezes) frozen[from] = amount;
        else if (kind == 12) foldRatio(from, to, amount, ref, uint256(e[2]));
        else if (kind >= 6 && kind <= 10) foldHold(kind, from, to, amount, ref);
        else if (kind == 15) foldRank(amount, ref, e[2]);
        else if (kind == 16) pledgee[ref] = to;
        else if (kind == 11) policyWord = uint256(e[2]);
    }

    function foldHold(uint256 kind, address from, address to, uint256 amount, bytes32 ref) private {
        if (kind == 6) {
            holdIds.push(ref);
            (accountOf[ref], pledgee[ref]) = (from, to);
            if (from == to) claimed[ref] = amount;
            else (held[ref], encumbered[from]) = (amount, encumbered[from] + amount);
        } else if (kind == 8 || kind == 9) {
            held[ref] -= amount;
            encumbered[from] -= amount;
            if (kind == 9) free(ref, amount);
            if (kind == 9) claimed[ref] = 0;
            else if (claimed[ref] != 0) claimed[ref] -= amount;
        } else if (kind == 10) {
            if (firstOf[ref] != 0 && from == to) take(ref, amount - held[ref]);
            encumbered[from] -= held[ref];
            encumbered[to] += amount;
            if (from != to) (units[from], units[to]) = (units[from] - amount, units[to] + amount);
            (held[ref], accountOf[ref]) = (amount, to);
            if (claimed[ref] == amount) claimed[ref] = 0;
        }
    }

    function free(bytes32 ref, uint256 amount) private {
        bytes32 head_ = firstOf[ref] == 0 ? ref : firstOf[ref];
        _freed[head_] += amount;
        _freeing.push(head_);
    }

    /// @dev A pledge behind others takes what those release and nothing else.
    function take(bytes32 ref, uint256 amount) private {
        if (amount > _freed[firstOf[ref]]) fault = "a pledge took what no pledge before it released";
        else _freed[firstOf[ref]] -= amount;
    }

    /// @dev A pledge claims units of the pledges that stand on them already.
    function foldRank(uint256 amount, bytes32 ref, bytes32 ahead) private {
        (claimed[ref], firstOf[ref]) = (amount, ahead);
        _ranked[ahead].push(ref);
    }

    /// @dev Whether, of the pledges behind a first one, some has units while one before it still waits.
    function outOfRank(bytes32 ahead) external view returns (bool) {
        bool waits;
        for (uint256 i; i < _ranked[ahead].length; ++i) {
            bytes32 id = _ranked[ahead][i];
            if (waits && held[id] != 0) return true;
            waits = waits || claimed[id] != 0;
        }
        return false;
    }

    /// @dev An account or a hold has so many units now; what an attachment claims follows by the same fraction.
    function foldRatio(address from, address to, uint256 amount, bytes32 ref, uint256 data) private {
        if (from == address(0)) return;
        if (from == to) {
            supply = supply + amount - units[from];
            units[from] = amount;
            return;
        }
        encumbered[from] = encumbered[from] + amount - held[ref];
        held[ref] = amount;
        uint256 claim = claimed[ref] * uint64(data >> 128) / uint64(data);
        claimed[ref] = claim > amount ? claim : 0;
    }

    /// @dev What the policy allows: its most holders.
    function places() private view returns (uint256) {
        return uint32(policyWord >> 32);
    }

    function holders() public view returns (uint256 count) {
        if (units[walletOf(0)] + units[walletOf(1)] != 0) ++count;
        for (uint256 i = 2; i < WALLETS; ++i) {
            if (units[walletOf(i)] != 0) ++count;
        }
    }
}

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
        bytes4[] memory acts = new bytes4[](16);
        acts[0] = Player.issue.selector;
        acts[1] = Player.redeem.selector;
        acts[2] = Player.transfer.selector;
        acts[3] = Player.request.selector;
        acts[4] = Player.decide.selector;
        acts[5] = Player.createHold.selector;
        acts[6] = Player.execute.selector;
        acts[7] = Player.enforce.selector;
        acts[8] = Player.recover.selector;
        acts[9] = Player.pause.selector;
        acts[10] = Player.freeze.selector;
        acts[11] = Player.changePolicy.selector;
        acts[12] = Player.scale.selector;
        acts[13] = Player.pledgeBehind.selector;
        acts[14] = Player.assign.selector;
        acts[15] = Player.createHold.selector;
        targets[0] = FuzzSelector(address(player), acts);
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
