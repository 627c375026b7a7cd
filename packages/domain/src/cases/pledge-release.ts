import { releaseOf } from "./release.ts";

/** The pledge ends when the pledgee says so or was paid; the pledgee's side signs it. */
export const pledgeRelease = releaseOf("PLEDGE", "PLEDGE_RELEASE", [
  "PLEDGEE_CONSENT",
  "DISCHARGE_CERTIFICATE",
]);
