import pg from "pg";
import { keepAliveAfterMs } from "./connection.ts";

const reconnectMs = 500;
/** To connect, and to be told that it listens, may take so long each. */
const answerMsMax = 5_000;

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
    const made = new pg.Client({
      connectionString: url,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfterMs,
      connectionTimeoutMillis: answerMsMax,
      query_timeout: answerMsMax,
    });
    client = made;
    made.on("error", () => undefined);
    made.on("notification", ({ channel, payload }) => wake(channel, payload));
    await made.connect();
    made.on("end", retry);
    try {
      await made.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join("; "));
    } catch (error) {
      made.end().catch(() => undefined);
      throw error;
    }
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
