import { defineConfig } from "vitest/config";

// Apart from `npm test`: needs a chain client, takes minutes, and its tests follow each other on one network.
export default defineConfig({
  test: {
    include: ["test/consortium/*.consortium.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    sequence: { concurrent: false, shuffle: false },
    bail: 1,
  },
});
