import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

const compiler = (runs: number) => ({
  version: "0.8.28",
  path: require.resolve("solc/soljson.js"),
  settings: {
    evmVersion: "berlin",
    optimizer: { enabled: true, runs },
    metadata: { bytecodeHash: "none", appendCBOR: false },
  },
});

// The compiler comes from npm, so a build reaches nothing but a package registry. Berlin is the newest fork
// that GoQuorum and Besu QBFT networks share; solc 0.8.28 still compiles for it without a warning.
export default defineConfig({
  paths: { sources: "./contracts", tests: { solidity: "./contracts" } },
  solidity: {
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
    compilers: [compiler(10_000)],
    // Rarely run code, and the largest: what it saves in bytes keeps it below 24,576.
    overrides: {
      "contracts/token/LegalActs.sol": compiler(200),
      "contracts/token/CorporateActs.sol": compiler(200),
    },
  },
  networks: {
    // Solidity tests ignore this network's fork unless it is named: `hardhat test solidity --network berlin`.
    berlin: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "berlin",
      gasPrice: 0n,
      blockGasLimit: 800_000_000n,
    },
  },
  test: {
    solidity: {
      profiles: {
        default: { fuzz: { runs: 256 }, invariant: { runs: 256, depth: 200, failOnRevert: true } },
        // By hand, with `--test-profile long`: a million acts.
        long: { fuzz: { runs: 10_000 }, invariant: { runs: 5000, depth: 200, failOnRevert: true } },
      },
    },
  },
});
