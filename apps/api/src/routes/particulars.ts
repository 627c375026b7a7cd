import {
  changedTaxStatusPart,
  changeInvestorPart,
  customerForChange,
  type InvestorRow,
} from "@genbo/database/parties/investors";
import { walletsOf } from "@genbo/database/parties/wallets";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestParticulars, particularsPart } from "@genbo/database/vault/vault";
import { canonicalJson } from "@genbo/domain/canonical-json";
import { newId } from "@genbo/domain/ids";
import { classBitsOf } from "@genbo/domain/investor-class";
import { dayOf, jstDay } from "@genbo/domain/jst";
import type { Custody } from "@genbo/domain/states";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound } from "../http/problem.ts";
import { recordCommand } from "../parties/records.ts";
import { isUnborn } from "../parties/registration.ts";
import { sealNext } from "../parties/sealing.ts";

type Change = CallOf<"changeParticulars">;

export const particularsHandlers = (ctx: ApiContext): Handlers<"changeParticulars"> => ({
  changeParticulars: (call) => command(ctx, call, (db) => change(ctx, db, call), { long: true }),
});

/** A change of a person's data: a new sealed version, and a new record for each account, which enters the register. */
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
  const wallets = await walletsOf(db, investor.id);
  const addressesOf = (wanted: Custody) =>
    wallets.filter(({ custody }) => custody === wanted).map(({ address }) => address);
  const [addresses, own] = [addressesOf("CUSTODIED"), addressesOf("SELF")];
  const operationId = addresses.length > 0 ? newId("op", at) : null;
  const custodianId = principal.custodianId!;
  const record = { ...next, custodianId, commitment };
  const known = { effectiveOn: body.effectiveOn, evidenceRef: body.evidenceRef, at, operationId };
  return {
    answer: {
      status: operationId === null ? 200 : 202,
      body: { id: investor.id, version, operationId, wallets: addresses, ownWallets: own },
    },
    target: investor.id,
    detail: { version, evidenceRef: body.evidenceRef, wallets: addresses.length },
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
        commands: addresses.map((address) => recordCommand({ ...record, address }, principal.signer!)),
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
