import type { ProfileName } from "@genbo/domain/profiles";
import type { StateOfIssue } from "@genbo/domain/states";
import { inVain } from "../commands/operation-progress.ts";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Issue, IssueState, Prisma, PrismaClient } from "../generated/client.ts";
import { isQuarantined } from "../register/breaks.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewIssue {
  id: string;
  ref: string;
  issuerId: string;
  trusteeId: string;
  profile: string;
  name: string;
  symbol: string;
  terms: Readonly<Record<string, unknown>>;
  termsHash: string;
  totalUnits: bigint;
  unitPriceYen: bigint;
  minUnits: bigint;
  lot: bigint;
  policy: string;
  successionKeepsDates: boolean;
  maker: string;
  at: Date;
}

export const issuePart = (row: NewIssue): Part =>
  insertPart<NewIssue>(
    "issue",
    {
      id: ["text", (issue) => issue.id],
      ref: ["text", (issue) => issue.ref],
      issuer_id: ["text", (issue) => issue.issuerId],
      trustee_id: ["text", (issue) => issue.trusteeId],
      profile: ["text", (issue) => issue.profile],
      name: ["text", (issue) => issue.name],
      symbol: ["text", (issue) => issue.symbol],
      terms: ["jsonb", (issue) => JSON.stringify(issue.terms)],
      terms_hash: ["text", (issue) => issue.termsHash],
      certificateless: ["boolean", () => true],
      total_units: ["bigint", (issue) => issue.totalUnits],
      unit_price_yen: ["bigint", (issue) => issue.unitPriceYen],
      min_units: ["bigint", (issue) => issue.minUnits],
      lot: ["bigint", (issue) => issue.lot],
      policy: ["text", (issue) => issue.policy],
      succession_keeps_dates: ["boolean", (issue) => issue.successionKeepsDates],
      state: ["text", () => "draft"],
      maker: ["text", (issue) => issue.maker],
      created_at: ["timestamptz", (issue) => issue.at],
    },
    [row],
  );

export interface IssueDecision {
  id: string;
  state: "approved" | "rejected";
  checker: string;
  reason: string | null;
  at: Date;
}

/** A draft, or an approved issue whose deployment the chain has refused: that may be asked for again. */
const undecided = `(issue.state = 'draft' or (issue.state = 'approved'
  and exists (select 1 from operation o
    where o.subject_id = issue.id and o.kind = 'issue.approve' and o.state in ${inVain})
  and not exists (select 1 from operation o
    where o.subject_id = issue.id and o.kind = 'issue.approve' and o.state not in ${inVain})))`;

/** Decides a draft; a guard, so that of two checkers only the first one counts. */
export const decideIssuePart = (decision: IssueDecision): Part => ({
  name: "decide",
  sql: (param, from) => `update issue set state = ${param(decision.state, "text")},
      checker = ${param(decision.checker, "text")}, reason = ${param(decision.reason, "text")},
      decided_at = ${param(decision.at, "timestamptz")}
    from ${from} where id = ${param(decision.id, "text")} and ${undecided} returning 1`,
});

/** Which issues a party sees: its own, those it is trustee of, those that are open to brokers, or all. */
export type IssueView =
  | { as: "issuer" | "trustee"; partyId: string }
  | { as: "broker" }
  | { as: "everything" };

const brokersSee = ["approved", "active", "closed"];

const visible = (view: IssueView): Prisma.IssueWhereInput => {
  if (view.as === "issuer") return { issuerId: view.partyId };
  if (view.as === "trustee") return { trusteeId: view.partyId };
  return view.as === "broker" ? { state: { in: brokersSee } } : {};
};

export type IssueWithState = Narrowed<Issue, { profile: ProfileName; state: StateOfIssue }> & {
  issueState: IssueState | null;
};

export interface IssueFilter extends Page {
  state?: string | undefined;
}

export const listIssues = (
  prisma: PrismaClient,
  view: IssueView,
  { state, ...page }: IssueFilter,
): Promise<IssueWithState[]> =>
  prisma.issue.findMany({
    ...pageById(page, visible(view), given({ state })),
    include: { issueState: true },
  }) as Promise<IssueWithState[]>;

/** An issue that the view may see, else null. */
export const findIssue = (
  prisma: PrismaClient,
  view: IssueView,
  id: string,
): Promise<IssueWithState | null> =>
  prisma.issue.findFirst({
    where: { AND: [{ id }, visible(view)] },
    include: { issueState: true },
  }) as Promise<IssueWithState | null>;

/** What a command on an issue needs to know of it. */
export interface IssueForCommand {
  id: string;
  issuerId: string;
  trusteeId: string;
  profile: ProfileName;
  state: string;
  /** Who approved it for the trustee. */
  checker: string | null;
  createdAt: Date;
  token: string | null;
  totalUnits: bigint;
  minUnits: bigint;
  /** In force: the register's, or the draft's before the first entry. */
  policy: string;
  /** A break of its register is open: nothing new may be entered. */
  quarantined: boolean;
}

/** @param lock keeps whoever asks the same waiting until the transaction ends */
export async function issueForCommand(
  db: Queryable,
  id: string,
  lock: "" | "for no key update of i" = "",
): Promise<IssueForCommand | undefined> {
  const found = await db.query<IssueForCommand>({
    name: `issue-for-command ${lock}`,
    text: `select i.id, i.issuer_id as "issuerId", i.trustee_id as "trusteeId", i.profile, i.state, i.checker,
        i.created_at as "createdAt", i.token,
        i.total_units as "totalUnits", i.min_units as "minUnits", coalesce(s.policy, i.policy) as policy,
        ${isQuarantined("i.id")} as quarantined
      from issue i left join issue_state s on s.issue_id = i.id where i.id = $1 ${lock}`,
    values: [id],
  });
  return found.rows[0];
}
