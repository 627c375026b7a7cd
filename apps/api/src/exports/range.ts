/** What of a file a request asks for: all of it, a part, or a part that is not there. */
export type Asked = { from: number; to: number; isPart: boolean } | "outside";

/**
 * The one range of `Range: bytes=A-B`, `A-` or `-N` (RFC 9110, 14.2); `to` is exclusive. Anything else, and a part of
 * another file than `If-Range` names, is answered with the whole file, as the RFC lets us.
 */
export function rangeOf(
  { range, ifRange }: { range: string | undefined; ifRange: string | undefined },
  file: { bytes: number; etag: string },
): Asked {
  const whole = { from: 0, to: file.bytes, isPart: false };
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? "") ?? [];
  if (first === "" && last === "") return whole;
  if (ifRange !== undefined && ifRange !== file.etag) return whole;
  if (first === "") {
    return last === "0"
      ? "outside"
      : { from: Math.max(0, file.bytes - Number(last)), to: file.bytes, isPart: true };
  }
  const from = Number(first);
  if (from >= file.bytes) return "outside";
  if (last !== "" && Number(last) < from) return whole;
  return { from, to: last === "" ? file.bytes : Math.min(Number(last) + 1, file.bytes), isPart: true };
}
