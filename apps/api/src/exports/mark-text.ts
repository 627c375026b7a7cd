import type { MarkAt } from "@genbo/database/register/read-marks";
import { articlesJa } from "@genbo/domain/articles-ja";
import { basisArticleOf, basisCode } from "@genbo/domain/legal-basis";
import type { ProfileName } from "@genbo/domain/profiles";
import { capacitiesJa } from "@genbo/domain/trust-mark";

const trustProperty = basisCode("TRUST_PROPERTY_MARK");

/**
 * That units belong to another trust (Trust Act 206, Companies Act 695-2), or to which property the trustee's own belong
 * (rules 20), how many they are and by which article. @param most what the account has: a rectified one may have fewer
 */
export function markText(
  { basis, units, capacity, trust }: MarkAt,
  profile: ProfileName,
  most: bigint,
): string {
  const says = basis === trustProperty ? ["信託財産に属する", trust] : [capacitiesJa[capacity]];
  const article = articlesJa(basisArticleOf(basis, profile));
  return [...says, String(units < most ? units : most), article].filter(Boolean).join(" ");
}
