/** A refusal as the tables have it: `errors` are custom errors of the contracts that mean it. */
export type RefusalRow = [
  number: number,
  en: string,
  ja: string,
  fix: string,
  errors?: readonly string[],
  retryable?: boolean,
];
