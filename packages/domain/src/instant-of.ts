/** The instant of a block's time, which is in Unix seconds. */
export const instantOf = (unixSeconds: number): Date => new Date(unixSeconds * 1000);
