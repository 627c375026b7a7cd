import pg from "pg";

const reconnectMs = 500;

export interface Listening {
  close(): Promise<void>;
}

/**
 * Hears notifications of `channels`. `wake` is also called after each (re)connection: what was said meanwhile is lost,
 * so the caller must look for itself.
 */
export async function listen(
  url: string,
  channels: readonly string[],
  wake: (channel: string | undefined, payload: string | undefined) => void,
): Promise<Listening> {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const retry = () => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => connect().catch(retry), reconnectMs);
  };
  const connect = async () => {
    const made = new pg.Client({ connectionString: url, keepAlive: true });
    client = made;
    made.on("error", () => undefined);
    made.on("notification", ({ channel, payload }) => wake(channel, payload));
    await made.connect();
    made.on("end", retry);
    await made.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join("; "));
    wake(undefined, undefined);
  };
  const close = async () => {
    closed = true;
    clearTimeout(timer);
    await client?.end().catch(() => undefined);
  };
  try {
    await connect();
  } catch (error) {
    // Nobody has it in hand to close it.
    await close();
    throw error;
  }
  return { close };
}
