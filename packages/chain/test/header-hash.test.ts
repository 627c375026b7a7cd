import { expect, test } from "vitest";
import { hashOfHeader } from "../src/header-hash.ts";

const emptyRoot = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
const empty = {
  difficulty: "0x1",
  gasLimit: "0x2faf0800",
  gasUsed: "0x0",
  logsBloom: `0x${"0".repeat(512)}`,
  mixHash: "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365",
  nonce: "0x0000000000000000",
  receiptsRoot: emptyRoot,
  sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
  transactionsRoot: emptyRoot,
};
/** Blocks of networks that `genbo network init` made, as the clients gave them, with three validators' signatures. */
const headers = {
  goquorum: {
    ...empty,
    number: "0x21",
    hash: "0x3e2a5fc054ba0612e5c101ea5d5466bae21b2884c683b6a3d6b94c10128e5cf2",
    parentHash: "0x263d9a1f789bf285db8f12dd02b4a47f4cd76ffc7315efde6b3b8a0e8b83b891",
    stateRoot: "0x40816f68c37c17853706ac7a7d8d016af6949ea576416c256e519aa05bfef4e9",
    miner: "0x2466597d017dca38bb947a8ae3aa17de99a63225",
    timestamp: "0x6b0e017b",
    extraData:
      "0xf90144a0d580846765746888676f312e32362e38856c696e757800000000000000000000f854940554825f0fb0e554087aa6b551e73b816637fbe4942466597d017dca38bb947a8ae3aa17de99a6322594703782c72f0999bb4e068fee9130f54de5feb93794730579b638f08e9f726e98b41d11af4d58d662b2c080f8c9b841c08605ec2c1d59b4022b549d6225a40ba4a85820d1d0a842cceadf05163b8f0962d32a0a18942c16cd245d4d7e1fb73aadb94e195d99f682a7b775911442973d01b841ca1eb478dee7a85105e40ce7e68aa0cf209da29075985ce921e8353ffa8c7eb824e247c201146717ea37abc37cc6369fc852dbe95dc6a5b2b7d57f80ba75d34901b8410e53007e93e3a9ceef480a3d3733a1d0088086f49aa44bcba2b1460e4404987462d03fdadfd05ce1dd2bda121b9995585050a9bcfedbb1a1f20f0c8d96cd3e1c00",
  },
  besu: {
    ...empty,
    number: "0x1d",
    hash: "0xcd9a447f5e997d678139735800b4ed554a6c2aebba64275b2084fc910915fd13",
    parentHash: "0xc98b30cb1c9df3a7af1651a8be8304aaa0c23328c83b88c151f6026f56abde83",
    stateRoot: "0x2ec46fcb703821ccdaf93ea11b014f44339ac3b4170c11a061276fe1b7cc6192",
    miner: "0x85048b6b2dae0d5a4131df7844b10ccfdfad2e58",
    timestamp: "0x6b0e01b8",
    extraData:
      "0xf90144a000000000000000626573752032362e332d646576656c6f702d33666432323465f854945457245f48d39e0ee45bd973c43abcd8ce38cce89485048b6b2dae0d5a4131df7844b10ccfdfad2e5894ac28d6b0ba934c2904fca3370e9d4c9a564e50b294d38ecc4bd7b5e39bdcd2eb43e1c3dac3ebd5ff52c080f8c9b841e17eb9f7285bf86bd131349b3c58ae2d5b578b9ae13e1ebd30b83b20930167822a5b76a5850b5ca57950bb176aab88a1e508aba43391bcabf0929b783bc2474701b84131bee6e6092361799dd78adaba1f721eebae879f6458f754c36c43358630bc9337eb91dd60bf799f003d29f8fb30ad9e653c9eacfa322738ea1869740cb87d0d00b8418b8c17e89dc42adf2ec6a46b3a69d6b70309a11f287e3d1706016e253ece9c1732cddc39372c75a25e03353c2e02aff5e0ca817740149b6a1f7c6f3f88e1306d00",
  },
};

test.each(["goquorum", "besu"] as const)(
  "a QBFT header of %s has the hash that its validators signed",
  (client) => {
    const { hash, ...header } = headers[client];
    expect(hashOfHeader(header)).toBe(hash);
    expect(hashOfHeader({ ...header, timestamp: "0x6b0e017c" })).not.toBe(hash);
    expect(hashOfHeader({ ...header, receiptsRoot: header.stateRoot })).not.toBe(hash);
  },
);

test("extra data that QBFT does not write is refused", () => {
  const { hash: _, ...header } = headers.besu;
  expect(() => hashOfHeader({ ...header, extraData: "0x00" })).toThrow("Not a list of RLP");
});
