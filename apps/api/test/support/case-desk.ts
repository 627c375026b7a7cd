import type { WireRequest } from "@genbo/api-schema/wire";
import type { Traded } from "./trades.ts";
import type { World } from "./world.ts";

export type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;

export const paper = (kind: NewCase["documents"][number]["kind"]) => ({
  kind,
  name: `${kind}.pdf`,
  sha256: "a".repeat(64),
});

export const attachmentOf = ({ seller }: Traded, units: string): NewCase => ({
  kind: "ATTACHMENT",
  facts: {
    account: seller.account,
    units,
    form: "ATTACHMENT",
    authority: "東京地方裁判所",
    caseNumber: "令和3年(ル)第1号",
    servedAt: "2021-08-01T01:00:00Z",
  },
  documents: [paper("ATTACHMENT_ORDER")],
});

export const codesOf = (answer: { problem: { failing?: readonly { code: string }[] | undefined } }) =>
  answer.problem.failing?.map(({ code }) => code);

/** The trustee's two persons who file and decide cases. */
export async function openCaseDesk(world: World) {
  const filer = await world.keyFor(world.trustee.partyId, "staff:trustee-files");
  return {
    filer,
    file: (issueId: string, body: NewCase, secret = filer) =>
      world.ask(secret, "fileCase", { params: { id: issueId }, body }),
    approve: (id: string, secret = world.trustee.secret) =>
      world.ask(secret, "approveCase", { params: { id }, body: {} }),
    commandsOf: async (operationId: string) =>
      (
        await world.owner.query(
          "select signer, call, target, ref, args from command where operation_id = $1 order by row",
          [operationId],
        )
      ).rows,
  };
}

export type CaseDesk = Awaited<ReturnType<typeof openCaseDesk>>;
