import { isoOfDay, jstDay } from "@genbo/domain/jst";
import { requestBytes } from "./http-load.ts";
import type { Platform } from "./platform.ts";

/** A transfer of one unit from an account of one of the brokers to any other account. */
interface Order {
  broker: number;
  from: string;
  to: string;
}

/** The bench runs on the real clock, and the API takes no trade that lies far from its day. */
const tradeDate = isoOfDay(jstDay(new Date()));

/** Orders that go round the brokers and their accounts, so that no account is moved twice in a row. */
export function orderSource({ brokers, issueId }: Platform) {
  const all = brokers.flatMap(({ accounts }) => accounts);
  let made = 0;
  const order = (): Order => {
    const broker = made % brokers.length;
    const { accounts } = brokers[broker]!;
    const at = Math.floor(made / brokers.length);
    const from = accounts[at % accounts.length]!;
    const to = all[(made * 7 + 1) % all.length]!;
    made += 1;
    return { broker, from, to: to === from ? all[(made * 7 + 3) % all.length]! : to };
  };
  const wire = ({ from, to }: Order) => ({
    issueId,
    from,
    to,
    units: "1",
    tradeDate,
    settlementDate: tradeDate,
  });
  return {
    /** A single transfer as the bytes of its request. */
    request: (): Buffer => {
      const next = order();
      return requestBytes({
        method: "POST",
        path: "/v1/transfers",
        secret: brokers[next.broker]!.secret,
        key: crypto.randomUUID(),
        json: JSON.stringify(wire(next)),
      });
    },
    /** Rows of a bulk request of one broker. */
    rows: (broker: number, count: number) => {
      const found: ReturnType<typeof wire>[] = [];
      while (found.length < count) {
        const next = order();
        if (next.broker === broker) found.push(wire(next));
      }
      return found;
    },
  };
}
