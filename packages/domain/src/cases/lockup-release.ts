import { releaseOf } from "./release.ts";

/** A lock-up ends early when those who agreed on it agree again. */
export const lockupRelease = releaseOf("LOCKUP", "NONE", ["LOCKUP_AGREEMENT", "DECISION"]);
