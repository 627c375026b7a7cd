import type { IssueWithState } from "@genbo/database/issues/issues";
import type { CertificateSide } from "@genbo/database/legal/certificates";
import type { Reading } from "@genbo/database/register/read-overlay";
import { articlesJa } from "@genbo/domain/articles-ja";
import type { ProfileName } from "@genbo/domain/profiles";
import type { ApiContext } from "../context.ts";
import { bookTerms } from "../register/register-book.ts";
import { type AccountPart, holderParts, pledgeePart } from "./certificate-parts.ts";

export interface CertificateSubject {
  number: string;
  side: CertificateSide;
  /** Null: all accounts of the holder. A pledgee's is of one. */
  account: string | null;
  personId: string;
  at: Date;
}

export interface CertificateContent {
  /** What is signed. */
  statement: Readonly<Record<string, unknown>>;
  accounts: string[];
  /** Of the particulars that it opens, account by account. */
  commitments: string[];
  holdIds: string[];
}

/** What it is called in the trade. */
const titles: Readonly<Record<ProfileName, Record<CertificateSide, string>>> = {
  TRUST_BENEFICIAL: {
    HOLDER: "受益権原簿記載事項証明書",
    PLEDGEE: "登録受益権質権者についての受益権原簿記載事項証明書",
  },
  BOND: { HOLDER: "社債原簿記載事項証明書", PLEDGEE: "質権者についての社債原簿記載事項証明書" },
};

const articles: Readonly<Record<ProfileName, Record<CertificateSide, string>>> = {
  TRUST_BENEFICIAL: { HOLDER: "TA 187(1)", PLEDGEE: "TA 202(1)" },
  BOND: { HOLDER: "CA 682(1)", PLEDGEE: "CA 695(1)" },
};

/**
 * What a certificate says: of one holder its own entries, holding, lots and holds, account by account; of one pledgee its
 * pledges. Of whoever stands on the other side of an entry it says nothing.
 * @throws ProblemError NOT_FOUND where the register has nothing of it, STATE_CONFLICT
 */
export async function certificateContent(
  ctx: ApiContext,
  issue: IssueWithState,
  position: Reading,
  of: CertificateSubject,
): Promise<CertificateContent> {
  const profile = issue.profile;
  const parts =
    of.side === "HOLDER"
      ? await holderParts(ctx, position, of, profile)
      : [await pledgeePart(ctx, position, of.account!, profile)];
  const [first] = parts as [AccountPart, ...AccountPart[]];
  const { seq, head, block, hash, time, legalTime } = position;
  // A pledgee's says pledges alone (Trust Act 202(1), Companies Act 695(1)).
  const terms =
    of.side === "HOLDER" ? await bookTerms(ctx, issue, { seq, knownSeq: position.knownAt.seq }) : {};
  const article = articleOf(profile, of.side, parts);
  const { name, address } = first.opening.particulars;
  const statement = {
    type: "genbo-certificate-of-entries",
    version: of.account === null ? 3 : 2,
    title: titles[profile][of.side],
    number: of.number,
    article,
    articleText: articlesJa(article),
    issuedAt: of.at,
    issue: { id: issue.id, profile, name: issue.name, symbol: issue.symbol, token: issue.token },
    // The registry names persons as of the legal time, which may be after the last entry.
    asOf: { seq, head, block, hash, time, legalTime },
    ...terms,
    side: of.side,
    person: { personId: of.personId, name, address },
    ...(of.account === null ? { accounts: parts.map(saidOf) } : saidOf(first)),
  };
  return {
    statement,
    accounts: parts.map(({ account }) => account),
    commitments: parts.map(({ opening }) => opening.commitment),
    holdIds: parts.flatMap(({ holdIds }) => holdIds),
  };
}

const saidOf = ({ account, opening, body }: AccountPart) => ({ account, opening, ...body });

/** Once units are marked as trust property, the certificate is the other trust's trustee's and says so. */
const ofTrustProperty: Readonly<Record<ProfileName, string>> = {
  TRUST_BENEFICIAL: "TA 206(3)",
  BOND: "CA 695-2(3)",
};

function articleOf(profile: ProfileName, side: CertificateSide, parts: readonly AccountPart[]): string {
  const article = articles[profile][side];
  const isMarked = parts.some(({ body: { marks = [] } }) => marks.some(({ trustProperty }) => trustProperty));
  return isMarked ? `${article}, ${ofTrustProperty[profile]}` : article;
}
