import { releaseOf } from "./release.ts";

/** An attachment ends when its court or tax office lifts it or its creditor withdraws. */
export const attachmentRelease = releaseOf("ATTACHMENT", "ATTACHMENT_RELEASE", [
  "RELEASE_ORDER",
  "WITHDRAWAL",
]);
