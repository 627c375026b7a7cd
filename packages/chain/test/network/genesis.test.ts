import { qbftExtraData } from "@genbo/chain/network/extra-data";
import { genesisOf } from "@genbo/chain/network/genesis";
import { describe, expect, test } from "vitest";

const zeros = "0".repeat(64);

describe("QBFT extraData, byte for byte", () => {
  // Besu documentation, "Configure QBFT consensus", genesis file with block header validator selection:
  // https://besu.hyperledger.org/private-networks/how-to/configure/consensus/qbft#genesis-file
  test("the genesis of Besu's documentation", () => {
    const validators = [
      "0x64a702e6263b7297a96638cac6ae65e6541f4169",
      "0x3923390ad55e90c237593b3b0e401f3b08a03185",
      "0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692",
      "0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78",
    ];
    expect(qbftExtraData(validators)).toBe(
      `0xf87aa0${zeros}f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0`,
    );
  });

  // The same page, "Generate extra data": what `besu rlp encode --type=QBFT_EXTRA_DATA` makes of toEncode.json.
  test("Besu's rlp encode", () => {
    const validators = [
      "0x4592c8e45706cc08b8f44b11e43cba0cfc5892cb",
      "0x06e23768a0f59cf365e18c2e0c89e151bcdedc70",
      "0xc5327f96ee02d7bcbc1bf1236b8c15148971e1de",
      "0xab5e7f4061c605820d3744227eed91ff8e2c8908",
    ];
    expect(qbftExtraData(validators)).toBe(
      `0xf87aa0${zeros}f854944592c8e45706cc08b8f44b11e43cba0cfc5892cb9406e23768a0f59cf365e18c2e0c89e151bcdedc7094c5327f96ee02d7bcbc1bf1236b8c15148971e1de94ab5e7f4061c605820d3744227eed91ff8e2c8908c080c0`,
    );
  });

  // The same page: a genesis whose validators a contract names has none in extraData.
  test("no validators", () => {
    expect(qbftExtraData([])).toBe(`0xe5a0${zeros}c0c080c0`);
  });

  // GoQuorum documentation, "Configure QBFT consensus", example genesis file:
  // https://docs.goquorum.consensys.net/configure-and-manage/configure/consensus-protocols/qbft
  test("the genesis of GoQuorum's documentation", () => {
    const validators = [
      "0x93917cadbace5dfce132b991732c6cda9bcc5b8a",
      "0x27a97c9aaf04f18f3014c32e036dd0ac76da5f18",
      "0xce412f988377e31f4d0ff12d74df73b51c42d0ca",
      "0x98c1334496614aed49d2e81526d089f7264fed9c",
    ];
    expect(qbftExtraData(validators)).toBe(goquorumExtraData);
  });
});

const goquorumExtraData = `0xf87aa0${zeros}f8549493917cadbace5dfce132b991732c6cda9bcc5b8a9427a97c9aaf04f18f3014c32e036dd0ac76da5f1894ce412f988377e31f4d0ff12d74df73b51c42d0ca9498c1334496614aed49d2e81526d089f7264fed9cc080c0`;

describe("genesis file, byte for byte", () => {
  // Besu's example as cited above, but for `alloc` (a chain with free gas funds nobody) and `chainid`, which is
  // spelt `chainId` on Besu's other pages and read without regard to case.
  test("Besu", () => {
    const genesis = genesisOf("besu", {
      chainId: 1337,
      validators: [
        "0x64a702e6263b7297a96638cac6ae65e6541f4169",
        "0x3923390ad55e90c237593b3b0e401f3b08a03185",
        "0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692",
        "0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78",
      ],
      epochLength: 30000,
      blockPeriodSeconds: 5,
      requestTimeoutSeconds: 10,
      gasLimit: 0x29b92700,
      timestamp: 0x5b3d92d7,
    });
    expect(JSON.stringify(genesis, null, 2)).toBe(`{
  "config": {
    "chainId": 1337,
    "berlinBlock": 0,
    "qbft": {
      "epochlength": 30000,
      "blockperiodseconds": 5,
      "requesttimeoutseconds": 10
    }
  },
  "nonce": "0x0",
  "timestamp": "0x5b3d92d7",
  "extraData": "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0",
  "gasLimit": "0x29b92700",
  "difficulty": "0x1",
  "mixHash": "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365",
  "coinbase": "0x0000000000000000000000000000000000000000",
  "alloc": {},
  "number": "0x0",
  "gasUsed": "0x0",
  "parentHash": "0x0000000000000000000000000000000000000000000000000000000000000000"
}`);
  });

  // GoQuorum's example as cited above, with what our chain has beyond it: Petersburg, Istanbul and Berlin at block 0,
  // a cap on round time-outs, larger transactions; and without the validator contract, which we do not use.
  test("GoQuorum", () => {
    const genesis = genesisOf("goquorum", {
      chainId: 1337,
      validators: [
        "0x93917cadbace5dfce132b991732c6cda9bcc5b8a",
        "0x27a97c9aaf04f18f3014c32e036dd0ac76da5f18",
        "0xce412f988377e31f4d0ff12d74df73b51c42d0ca",
        "0x98c1334496614aed49d2e81526d089f7264fed9c",
      ],
      epochLength: 30000,
      blockPeriodSeconds: 2,
      requestTimeoutSeconds: 4,
      gasLimit: 0xf7b760,
      timestamp: 0x5f1663fc,
    });
    expect(JSON.stringify(genesis, null, 2)).toBe(`{
  "config": {
    "chainId": 1337,
    "homesteadBlock": 0,
    "eip150Block": 0,
    "eip150Hash": "0x0000000000000000000000000000000000000000000000000000000000000000",
    "eip155Block": 0,
    "eip158Block": 0,
    "byzantiumBlock": 0,
    "constantinopleBlock": 0,
    "petersburgBlock": 0,
    "istanbulBlock": 0,
    "berlinBlock": 0,
    "qbft": {
      "epochlength": 30000,
      "blockperiodseconds": 2,
      "requesttimeoutseconds": 4,
      "policy": 0,
      "ceil2Nby3Block": 0,
      "maxRequestTimeoutSeconds": 10
    },
    "txnSizeLimit": 128,
    "maxCodeSize": 0,
    "isQuorum": true
  },
  "nonce": "0x0",
  "timestamp": "0x5f1663fc",
  "extraData": "${goquorumExtraData}",
  "gasLimit": "0xf7b760",
  "difficulty": "0x1",
  "mixHash": "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365",
  "coinbase": "0x0000000000000000000000000000000000000000",
  "alloc": {},
  "number": "0x0",
  "gasUsed": "0x0",
  "parentHash": "0x0000000000000000000000000000000000000000000000000000000000000000"
}`);
  });
});
