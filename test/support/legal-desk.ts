import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import type { Client } from "@genbo/cli/client";
import { expect } from "vitest";

export type NewCase = NonNullable<WireRequest<"fileCase">["body"]>;
type DocumentKind = NewCase["documents"][number]["kind"];

export const papers = (...kinds: DocumentKind[]): NewCase["documents"] =>
  kinds.map((kind) => ({ kind, name: `${kind}.pdf`, sha256: "c0".repeat(32) }));

/** The codes of a refusal's rows, or the error itself. */
export const codesOf = async (refused: Promise<unknown>): Promise<string[]> => {
  const error = await refused.then(
    () => undefined,
    (thrown) => thrown,
  );
  return error?.problem?.failing?.map(({ code }: { code: string }) => code) ?? [String(error)];
};

export interface LegalDesk {
  file(body: NewCase, by?: Client): Promise<WireAnswer<"fileCase">>;
  /** Files by one person, approves by another, and waits until the act is entered. */
  enter(body: NewCase, by?: Client): Promise<WireAnswer<"getCase">>;
  approve(caseId: string): Promise<WireAnswer<"getOperation">>;
  holds(asOf?: string): Promise<WireAnswer<"listHolds">["items"]>;
  /** Units of one person as of a day. */
  unitsOf(personId: string, asOf?: string): Promise<number>;
}

/** What the trustee's two persons do for an issue. */
export function openLegalDesk(issueId: string, maker: Client, checker: Client): LegalDesk {
  const file: LegalDesk["file"] = async (body, by = maker) =>
    (await by.call("fileCase", { params: { id: issueId }, body })).body;
  const approve: LegalDesk["approve"] = async (id) => {
    const { body } = await checker.call("approveCase", { params: { id }, body: {} });
    return checker.waitForOperation(body.operationId);
  };
  return {
    file,
    approve,
    enter: async (body, by) => {
      const { id } = await file(body, by);
      const operation = await approve(id);
      const read = (await maker.call("getCase", { params: { id } })).body;
      expect([operation.state, operation.rowsRefused, read.state, read.code]).toEqual([
        "entered",
        0,
        "entered",
        null,
      ]);
      return read;
    },
    holds: async (asOf) => {
      const query = asOf === undefined ? {} : { asOf };
      return (await maker.call("listHolds", { params: { id: issueId }, query })).body.items;
    },
    unitsOf: async (personId, asOf) => {
      const query = { personId, ...(asOf === undefined ? {} : { asOf }) };
      const { items } = (await maker.call("readRegister", { params: { id: issueId }, query })).body;
      return items.reduce((sum, { units }) => sum + Number(units), 0);
    },
  };
}
