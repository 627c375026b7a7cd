import type { RegisterExport } from "@genbo/database/register/exports";
import { type EntryLine, entriesPage } from "@genbo/database/register/read-entries";
import { articlesJa } from "@genbo/domain/articles-ja";
import { entryKindOf, entryKindsJa } from "@genbo/domain/entry-kinds";
import { isoInJst } from "@genbo/domain/jst";
import { legalBasisOf } from "@genbo/domain/legal-basis";
import type { ProfileName } from "@genbo/domain/profiles";
import type { ApiContext } from "../context.ts";
import { ownSides } from "../register/own-sides.ts";
import { entryWire } from "../wire/register.ts";
import { peopleOf, type Shown } from "./people.ts";
import { both, type Column, type Sheet, sheetOf } from "./sheet.ts";

/** Lines of a page: as many as there are accounts in one of the register. */
const pageLines = 500;

interface NamedLine {
  line: EntryLine;
  wire: ReturnType<ReturnType<typeof entryWire>>;
  from: Shown | undefined;
  to: Shown | undefined;
}

const plain = (key: keyof NamedLine["wire"], heading: string): Column<NamedLine> => ({
  key,
  heading: both(heading),
  of: ({ wire }) => wire[key] as string | number | null,
});

const columns: Column<NamedLine>[] = [
  plain("seq", "記載の番号"),
  plain("kind", "記載の種別の符号"),
  {
    key: "kindText",
    heading: both("記載の種別"),
    of: ({ line }) => entryKindsJa[entryKindOf(line.kind)!],
  },
  plain("basis", "記載の原因の符号"),
  {
    key: "basisText",
    heading: both("記載の原因"),
    of: ({ line }) => legalBasisOf(line.basis)?.ja ?? String(line.basis),
  },
  {
    key: "basisArticle",
    heading: both("根拠条文の略号"),
    of: ({ wire }) => (wire.basisArticle === "-" ? null : wire.basisArticle),
  },
  {
    key: "basisArticleText",
    heading: both("根拠条文"),
    of: ({ wire }) => articlesJa(wire.basisArticle) || null,
  },
  {
    key: "units",
    heading: { TRUST_BENEFICIAL: "受益権の口数", BOND: "社債の数" },
    of: ({ line }) => line.units,
  },
  plain("from", "譲渡人等の口座"),
  plain("fromPerson", "譲渡人等の番号"),
  {
    key: "fromName",
    heading: both("譲渡人等の氏名又は名称"),
    of: ({ from }) => from?.name ?? null,
    isName: true,
  },
  {
    key: "fromAddress",
    heading: both("譲渡人等の住所"),
    of: ({ from }) => from?.address ?? null,
    isName: true,
  },
  plain("to", "取得者等の口座"),
  plain("toPerson", "取得者等の番号"),
  { key: "toName", heading: both("取得者等の氏名又は名称"), of: ({ to }) => to?.name ?? null, isName: true },
  { key: "toAddress", heading: both("取得者等の住所"), of: ({ to }) => to?.address ?? null, isName: true },
  plain("tradeDate", "約定日"),
  plain("acquiredOn", "取得日"),
  plain("settlementDate", "受渡日"),
  {
    key: "lots",
    heading: both("取得日別の数"),
    of: ({ wire }) => wire.lots.map(({ acquiredOn, units }) => `${acquiredOn} ${units}`),
  },
  plain("holdId", "制限の番号"),
  plain("corrects", "訂正する記載の番号"),
  plain("effectiveOn", "判決等の効力発生日"),
  {
    key: "correctedBy",
    heading: both("この記載を訂正した記載の番号"),
    of: ({ wire }) => wire.correctedBy.map(String),
  },
  plain("operationId", "手続の番号"),
  plain("maker", "起票者"),
  plain("checker", "承認者"),
  { key: "enteredAt", heading: both("記載の日時（日本時間）"), of: ({ line }) => isoInJst(line.enteredAt) },
  {
    key: "perfectedAt",
    heading: both("対抗要件を備えた日時（日本時間）"),
    of: ({ line }) => line.perfectedAt && isoInJst(line.perfectedAt),
  },
  plain("block", "ブロック"),
  plain("txHash", "取引ハッシュ"),
  plain("logIndex", "ログの番号"),
  plain("ref", "参照"),
  plain("data", "データ語"),
  plain("head", "記載後のヘッド"),
];

/** The numbered lines of an issue up to an entry; a broker's are those of its customers. */
export function entriesSheet(ctx: ApiContext, order: RegisterExport, profile: ProfileName): Sheet {
  const state = { issueId: order.issueId, seq: order.position.seq };
  const { custodianId } = order;
  const filter = custodianId === null ? {} : { custodianId };
  const wireOf = entryWire(profile);
  return sheetOf(order, profile, columns, async (after) => {
    const query = { ...filter, after: Number(after), limit: pageLines };
    const page = await entriesPage(ctx.pool, state, query, order.known.seq);
    const lines = custodianId === null ? page.lines : await ownSides(ctx.pool, custodianId, page.lines);
    const people = await peopleOf(
      ctx,
      order,
      lines.flatMap(({ from, to }) => [from, to]),
    );
    const rows = lines.map((line) => ({
      line,
      wire: wireOf(line),
      from: people.get(line.from),
      to: people.get(line.to),
    }));
    return { rows, next: page.next === null ? null : String(page.next) };
  });
}
