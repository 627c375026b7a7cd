import {
  type CertificateRow,
  certificatePart,
  findCertificate,
  keeperOf,
  keeperOfPerson,
  openCertificate,
  sealCertificate,
} from "@genbo/database/legal/certificates";
import type { Principal } from "@genbo/database/parties/keys";
import { catchingUp } from "@genbo/database/register/breaks-write";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { auditRead, presentAsOf } from "../http/reads.ts";
import { activeIssueFor } from "../issues/issue-for.ts";
import { certificateContent } from "../legal/certificate-content.ts";
import { signedBy, signersOf } from "../legal/certificate-signing.ts";
import { mayExercise } from "../legal/resting-rights.ts";
import { keyOfPerson } from "../parties/person-key.ts";
import { statedPurpose } from "../register/holder.ts";
import { positionFor } from "../register/moments.ts";

type Routes = "issueCertificate" | "readCertificate" | "verifyCertificate";
type Issuing = CallOf<"issueCertificate">;

export const certificateHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  // Long: an earlier answer is looked for before anything is signed.
  issueCertificate: (call) => command(ctx, call, (db) => issueCertificate(ctx, db, call), { long: true }),
  readCertificate: async (call) => {
    const { principal, params, query } = call;
    const row = await findCertificate(ctx.pool, params.number);
    if (row === undefined || !sees(principal, row)) throw notFound();
    const purpose = statedPurpose(principal, query.purpose);
    const text = await openCertificate(ctx.vaultKeys, row);
    if (text === null) throw notFound();
    await auditRead(ctx, call, row.number, purpose);
    return { status: 200, body: { ...certificateWire(row), jws: JSON.parse(text) } };
  },
  verifyCertificate: async ({ params }) => {
    const asOf = await presentAsOf(ctx);
    const row = await findCertificate(ctx.pool, params.number);
    if (row === undefined) throw notFound();
    const { number, issueId, state, seq, head, sha256 } = row;
    const signers = row.signers.map(({ name, kid, jwk }) => ({ name, kid, jwk }));
    const issuedAt = row.issuedAt.toISOString();
    return { status: 200, body: { number, issueId, state, seq, head, sha256, issuedAt, signers, asOf } };
  },
});

/** A broker sees those of accounts that it keeps; another's is as unknown as none. */
const sees = ({ role, partyId, custodianId }: Principal, row: CertificateRow): boolean =>
  role === "broker" ? row.custodianId === custodianId : row.trusteeId === partyId;

async function issueCertificate(
  ctx: ApiContext,
  db: Queryable,
  call: Issuing,
): Promise<Outcome<Issuing["route"]>> {
  const { principal, params, body, at } = call;
  const issue = await activeIssueFor(ctx, principal, params.id);
  const { side } = body;
  const subject = await subjectOf(db, call);
  const { personId } = subject;
  const { role } = principal;
  const { trusteeAgrees } = body;
  const exercise = { personId, role, trusteeAgrees, language: call.language };
  // What 193 puts to rest are the rights on units; a pledge is not among them.
  const agreed =
    side === "HOLDER" && (await mayExercise(db, { ...exercise, target: issue.id, pointer: subject.pointer }));
  const position = await positionFor(ctx, issue.id, body, "");
  await mustBeWhole(db, issue.id);
  const number = newId("crt", at);
  const { account } = subject;
  const of = { number, side, account, personId, at };
  const { statement, ...content } = await certificateContent(ctx, issue, position, of);
  const { text, sha256, signers } = await signedBy(ctx, await signersOf(db, issue), statement);
  const key = await keyOfPerson(ctx, db, personId);
  const { seq, head, block } = position;
  const wholePerson = account === null;
  const row = {
    number,
    side,
    personId,
    at,
    issueId: issue.id,
    wholePerson,
    seq,
    head,
    block,
    sha256,
    signers,
    ...content,
  };
  const sealed = sealCertificate(key, number, text);
  return {
    answer: { status: 201, body: certificateWire({ ...row, issuedAt: at }) },
    target: number,
    detail: {
      issueId: issue.id,
      account: account ?? personId,
      side,
      seq,
      purpose: body.purpose ?? null,
      ...(agreed && { trusteeAgrees: true }),
    },
    writes: [certificatePart({ ...row, sealed, partyId: principal.partyId })],
  };
}

/** A certificate says what the register says: not while that is known to lack entries. @throws ProblemError ISSUE_QUARANTINED */
async function mustBeWhole(db: Queryable, issueId: string): Promise<void> {
  const held = await catchingUp(db);
  if (held.has(issueId) || held.has(null))
    throw new ProblemError(
      "ISSUE_QUARANTINED",
      "Entries of the issue or of the registry are held back by a break, so nothing is certified.",
    );
}

/** Whom it is about. A broker asks for its own customers. @throws ProblemError INVALID_FIELD, NOT_FOUND */
async function subjectOf(db: Queryable, { principal, body }: Issuing) {
  const { account, personId, side } = body;
  if ((account === undefined) === (personId === undefined))
    throw invalidField("/account", "or `personId` is given, one of them");
  if (personId !== undefined && side === "PLEDGEE")
    throw invalidField("/side", "is of an account: a pledge is in favour of one");
  const keeper = personId === undefined ? await keeperOf(db, account!) : await keeperOfPerson(db, personId);
  const isOwn = principal.role !== "broker" || keeper?.custodianId === principal.custodianId;
  if (keeper === undefined || !isOwn) throw notFound();
  return {
    account: account ?? null,
    personId: keeper.personId,
    pointer: account === undefined ? "/personId" : "/account",
  };
}

type Shown = Pick<
  CertificateRow,
  "number" | "issueId" | "side" | "wholePerson" | "personId" | "seq" | "head" | "sha256" | "issuedAt"
> & { accounts: readonly string[] };

const certificateWire = ({ issuedAt, ...row }: Shown) => ({
  number: row.number,
  issueId: row.issueId,
  side: row.side,
  account: row.wholePerson ? null : row.accounts[0]!,
  accounts: [...row.accounts],
  personId: row.personId,
  seq: row.seq,
  head: row.head,
  sha256: row.sha256,
  issuedAt: issuedAt.toISOString(),
  verification: `/v1/certificates/${row.number}/verification`,
});
