/** Every advisory lock of the platform by its key, in one place because two locks of one key would wait for each other. */
export const advisoryLocks = {
  /** Making the database roles of a server. */
  roles: 7_305_410_001n,
  /** The right to write the register. */
  indexer: 7_305_410_002n,
  /** Handing out the numbers that parties have on chain. */
  partyNumbers: 7_305_410_003n,
  /** Sealing audit rows. */
  auditSeal: 7_305_410_004n,
  /** Making the first key of a party. */
  firstKeys: 7_305_410_005n,
  /** Rebuilding the register beside the live one. */
  reindex: 7_305_410_006n,
} as const;
