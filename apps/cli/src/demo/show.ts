import type { WireAnswer } from "@genbo/api-schema/wire";
import type { Findings } from "./checks.ts";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import type { RegisterRow } from "./reads.ts";
import type { Screen } from "./steps.ts";
import { renderTable } from "./table.ts";

const shownRows = 12;

/** The register as a table. Names are read one by one from the vault, and each read is audited. */
export async function showRegister(
  screen: Screen,
  parties: Parties,
  issue: DemoIssue,
  { now }: Findings,
): Promise<void> {
  const largest = [...now.rows].sort((a, b) => Number(b.units) - Number(a.units)).slice(0, shownRows);
  const rows = await Promise.all(largest.map((row) => rowOf(row, parties, issue)));
  const columns = [
    { title: "account" },
    { title: "氏名" },
    { title: "住所" },
    { title: "units", align: "right" as const },
    { title: "acquired on" },
  ];
  for (const line of renderTable(columns, rows)) screen.line(`   ${line}`);
  if (now.rows.length > shownRows) screen.line(`   … and ${now.rows.length - shownRows} more holders`);
}

async function rowOf(row: RegisterRow, parties: Parties, issue: DemoIssue): Promise<string[]> {
  const { body } = await parties.as.trustee.call("readHolder", {
    params: { id: issue.id, personId: row.personId },
    query: { purpose: "demo: the register as a table" },
  });
  const { name, address } = nameAndAddress(body);
  const lots = row.lots.map((lot) => lot.acquiredOn).join(", ");
  return [`${row.account.slice(0, 8)}…${row.account.slice(-4)}`, name, address, row.units, lots];
}

function nameAndAddress(holder: WireAnswer<"readHolder">): { name: string; address: string } {
  const value = holder.particulars[0]?.value;
  if (!value) return { name: "-", address: "-" };
  return { name: value.name.kanji, address: `${value.address.prefecture}${value.address.city}` };
}

/** Where `npm start` serves the API. */
const startUrl = "http://127.0.0.1:8080";

/** What to try next, with a key that works as long as the platform runs on the demo's data. */
export function nextSteps(screen: Screen, startCommand: string, trusteeKey: string, issueId: string): void {
  const curl = (path: string) => `   curl -s -H 'Authorization: Bearer ${trusteeKey}' '${startUrl}${path}'`;
  screen.line(`
What to try next
   ${startCommand}   brings the platform up on the demo's data, until Ctrl-C. Then:
   ${startUrl}/docs is the API reference, ${startUrl}/openapi.json the description for your generator.

   Some questions with the trustee's key:
${curl(`/v1/issues/${issueId}/register?asOf=2021-10-06&limit=3`)}
${curl(`/v1/issues/${issueId}/register/entries?after=243`)}
${curl(`/v1/issues/${issueId}/record-dates`)}
   curl -s ${startUrl}/status`);
}
