// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

/// @title Delivery versus payment: all legs of an instruction move, or none
/// @notice An instruction is known by {idOf}, the hash of all its terms. Each leg is pledged to exactly these terms
/// by the side that gives: a token leg by a DvP hold whose id is {legIdOf} and whose controller is this contract, a
/// cash leg by {fund}, a bank transfer by the settlement agent's {attest}. So nobody consents to less than the whole.
interface ISettlement {
    /// @param kind 1 token (a DvP hold), 2 cash (ERC-20), 3 bank transfer (attested)
    /// @param asset the security token or the cash token; zero for a bank transfer
    struct Leg {
        uint8 kind;
        address asset;
        address from;
        address to;
        uint256 amount;
    }

    /// @param deadline last second (unix) at which it can settle; after it each side gets its own back
    struct Instruction {
        bytes32 ref;
        uint64 deadline;
        Leg[] legs;
    }

    event Funded(bytes32 indexed id, uint256 leg);
    event Attested(bytes32 indexed id, uint256 leg, bytes32 evidence);
    event Settled(bytes32 indexed id, bytes32 indexed ref);
    event Returned(bytes32 indexed id, uint256 leg);

    /// @notice Fewer than two legs, more than the most, an unknown kind, a leg without an amount or to oneself.
    error InstructionInvalid();
    error DeadlinePassed(uint64 deadline);
    error DeadlineAhead(uint64 deadline);
    error AlreadySettled(bytes32 id);
    /// @notice The leg is not (or no longer) in this contract's hands, or is there already.
    error LegNotReady(uint256 leg);
    error LegReady(uint256 leg);
    /// @notice Only the payer funds his leg.
    error NotPayer(address payer);
    /// @notice The cash token took another amount than asked.
    error CashShort(uint256 asked, uint256 received);

    /// @notice Puts the caller's cash leg into this contract's hands; needs its allowance.
    function fund(Instruction calldata instruction, uint256 leg) external;

    /// @notice The settlement agent saw the bank transfer of a leg. Settlement agent only.
    function attest(Instruction calldata instruction, uint256 leg, bytes32 evidence) external;

    /// @notice Moves every leg. Anyone may call; the tokens check their rules again.
    function settle(Instruction calldata instruction) external;

    /// @notice Gives a funded or held leg back to its giver after the deadline. Anyone may call. Attested bank
    /// transfers go back outside.
    function giveBack(Instruction calldata instruction, uint256 leg) external;

    /// @notice The hash of the chain, this contract and all terms of an instruction.
    function idOf(Instruction calldata instruction) external view returns (bytes32);

    /// @notice The id that the DvP hold of a token leg must bear.
    function legIdOf(bytes32 id, uint256 leg) external pure returns (bytes32);

    /// @notice Bit i: cash or bank leg i is in; bit 255: settled.
    function stateOf(bytes32 id) external view returns (uint256);
}
