/** No line of an export is longer. */
const lineBytesMax = 4_096;

/** Cuts bytes into lines, without their line breaks. What follows the last break counts as a line of its own. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      yield bytes.subarray(from, to);
      from = to + 1;
    }
    rest = bytes.subarray(from);
    // A file without line breaks must not be read into memory: its beginning is no line either.
    if (rest.length > lineBytesMax) break;
  }
  if (rest.length > 0) yield rest;
}
