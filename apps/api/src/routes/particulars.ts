import { investorAccounts } from "@genbo/database/parties/investor-accounts";
import {
  changedTaxStatusPart,
  changeInvestorPart,
  customerForChange,
  type InvestorRow,
} from "@genbo/database/parties/investors";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestParticulars, particularsPart } from "@genbo/database/vault/vault";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { newId } from "@genbo/domain/ids";
import { classBitsOf } from "@genbo/domain/investor-class";
import { dayOf, jstDay } from "@genbo/domain/jst";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound } from "../http/problem.ts";
import { recordCommand, recordOf } from "../parties/records.ts";
import { isUnborn } from "../parties/registration.ts";
import { sealNext } from "../parties/sealing.ts";

type Change = CallOf<"changeParticulars">;

export const particularsHandlers = (ctx: ApiContext): Handlers<"changeParticulars"> => ({
  changeParticulars: (call) => command(ctx, call, (db) => change(ctx, db, call), { long: true }),
});

/**
 * A change of a person's data: a new sealed version, and a new record for each account that a broker keeps, which enters
 * the register. On its way to another broker an account has that one's key write it, after the change of custodian.
 */
async function change(ctx: ApiContext, db: Queryable, call: Change): Promise<Outcome<Change["route"]>> {
  const { principal, params, body, at } = call;
  const investor = await customerForChange(db, principal.partyId, params.id);
  if (investor === undefined) throw notFound();
  if (dayOf(body.effectiveOn) > jstDay(at)) throw invalidField("/effectiveOn", "lies in the future");
  if (body.particulars && isUnborn(body.particulars, at))
    throw invalidField("/particulars/bornOn", "lies in the future");
  const next = changed(investor, call);
  const latest = (await latestParticulars(db, ctx.vaultKeys, [investor.personId])).get(investor.personId)!;
  const isNew =
    body.particulars !== undefined && canonicalJson(body.particulars) !== canonicalJson(latest.value);
  const sealed = isNew ? await sealNext(ctx, db, investor.personId, body.particulars!) : undefined;
  const { version, commitment } = sealed ?? latest;
  const accounts = await investorAccounts(db, investor.id);
  const commands = accounts.flatMap((account) =>
    account.signer === null ? [] : [recordCommand(recordOf(next, account, commitment, at), account.signer)],
  );
  const addressesOf = (isOwn: boolean) =>
    accounts.filter(({ signer }) => (signer === null) === isOwn).map(({ address }) => address);
  const [wallets, ownWallets] = [addressesOf(false), addressesOf(true)];
  const operationId = commands.length > 0 ? newId("op", at) : null;
  const known = { effectiveOn: body.effectiveOn, evidenceRef: body.evidenceRef, at, operationId };
  return {
    answer: {
      status: operationId === null ? 200 : 202,
      body: { id: investor.id, version, operationId, wallets, ownWallets },
    },
    target: investor.id,
    detail: { version, evidenceRef: body.evidenceRef, wallets: wallets.length },
    writes: [
      changeInvestorPart(next),
      ...(sealed ? [particularsPart([{ ...sealed, ...known }])] : []),
      ...(next.taxCategory === investor.taxCategory
        ? []
        : [changedTaxStatusPart({ ...next, effectiveOn: body.effectiveOn, at })]),
    ],
    ...(operationId !== null && {
      work: {
        operation: { id: operationId, kind: "particulars.change", issueId: null, subjectId: investor.id },
        commands,
      },
    }),
  };
}

/** The investor as it shall stand. @throws ProblemError when a new end of validity is not ahead */
function changed(investor: InvestorRow, { body, at }: Change): InvestorRow {
  const { classes, country, taxCategory, validUntil } = body;
  if (
    validUntil !== undefined &&
    validUntil <= at &&
    validUntil.getTime() !== investor.validUntil.getTime()
  ) {
    throw invalidField("/validUntil", "lies in the past");
  }
  return {
    ...investor,
    ...(classes && { classBits: classBitsOf(classes) }),
    ...(country !== undefined && { country }),
    ...(taxCategory && { taxCategory }),
    ...(validUntil && { validUntil }),
  };
}
