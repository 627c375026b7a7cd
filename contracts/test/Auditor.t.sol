// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

import {ITokenTypes} from "../interfaces/ITokenTypes.sol";
import {Fixture, Vm} from "./Fixture.t.sol";

/// @dev Folds the entries of one token as an auditor would: from the events alone, knowing nothing of the contract's
/// storage.
abstract contract Auditor is Fixture {
    uint256 internal constant WALLETS = 6;
    uint256 internal constant PLACES = 3;

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
    /// @dev An order is at work, which no cap of holders stops.
    bool internal _forced;

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

    function holders() public view returns (uint256 count) {
        if (units[walletOf(0)] + units[walletOf(1)] != 0) ++count;
        for (uint256 i = 2; i < WALLETS; ++i) {
            if (units[walletOf(i)] != 0) ++count;
        }
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

    function fold() internal {
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
        else if (kind == 17) foldSuccession(from, to, amount, ref, uint256(e[2]));
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

    /// @dev Units go over with what rests on them: the hold itself, or a part of it.
    function foldSuccession(address from, address to, uint256 amount, bytes32 ref, uint256 data) private {
        (units[from], units[to]) = (units[from] - amount, units[to] + amount);
        (encumbered[from], encumbered[to]) = (encumbered[from] - amount, encumbered[to] + amount);
        if (data >> 253 & 1 == 0) {
            accountOf[ref] = to;
            if (held[ref] != amount) fault = "a hold that goes whole has other units";
            return;
        }
        bytes32 part = partOf(ref, to);
        holdIds.push(part);
        (accountOf[part], pledgee[part]) = (to, pledgee[ref]);
        (held[ref], held[part]) = (held[ref] - amount, amount);
        uint256 claim = uint96(data >> 64);
        if (claimed[ref] != 0) claimed[ref] -= claim;
        if (claim != amount) claimed[part] = claim;
        if (firstOf[ref] == 0) return;
        firstOf[part] = partOf(firstOf[ref], to);
        _ranked[firstOf[part]].push(part);
    }

    function partOf(bytes32 id, address account) internal pure returns (bytes32) {
        return bytes32(uint256(type(uint96).max - 1) << 160 | uint160(uint256(keccak256(abi.encode(id, account)))));
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
}
