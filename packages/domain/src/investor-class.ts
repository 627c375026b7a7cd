/** Classes of receivers that a policy's mask may admit: bits of a registry record and of the policy word. */
export const investorClasses = {
  QII: 1, // 適格機関投資家, DEF 10
  PROFESSIONAL: 2, // 特定投資家, FIEA 2(31)
  CORPORATE: 4,
  RETAIL: 8,
  ISSUER_TRUSTEE: 16, // the issuer or trustee itself
  BROKER: 32, // a broker's own account
} as const;
export type InvestorClass = keyof typeof investorClasses;

export const investorClassNames = Object.keys(investorClasses) as InvestorClass[];

/** The bit mask of a set of classes. */
export const classBitsOf = (classes: readonly InvestorClass[]): number =>
  classes.reduce((bits, name) => bits | investorClasses[name], 0);

/** The names in a bit mask, in the order of their bits; bits without a name are left out. */
export const classesOf = (bits: number): InvestorClass[] =>
  investorClassNames.filter((name) => (bits & investorClasses[name]) !== 0);

/** Whether a holder of these classes may receive under a policy; mask 0 admits everybody. */
export const classAdmitted = (classMask: number, classBits: number): boolean =>
  classMask === 0 || (classMask & classBits) !== 0;

/** Flags of a registry record. */
export const recordFlags = { FROZEN: 1, DECEASED: 2, SANCTIONED: 4 } as const;
