import type { Env } from "@genbo/domain/env";
import { type FaultyNode, openFaultyNode } from "../../support/faulty-node.ts";
import { openTcpLink, type TcpLink } from "../../support/tcp-link.ts";

/** What stands between one of our processes and the rest. */
export interface Wires {
  database: TcpLink;
  chain: FaultyNode;
}

/** Puts wires of its own before a process. @returns them, and what the process is told instead */
export async function openWires(name: string, env: Env): Promise<{ wires: Wires; env: Env }> {
  const url = new URL(env.databaseUrl);
  const database = await openTcpLink(Number(url.port));
  const chain = await openFaultyNode(env.chainRpcUrls[0]!);
  url.port = String(database.port);
  // By this name the database tells whose session holds the lead.
  url.searchParams.set("application_name", name);
  return { wires: { database, chain }, env: { ...env, databaseUrl: url.href, chainRpcUrls: [chain.url] } };
}
