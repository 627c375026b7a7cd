import { representativeRoles } from "@genbo/domain/representation";
import { z } from "zod";
import { coOwnersFields, particulars } from "./investors.ts";
import { day } from "./primitives.ts";

export const text = z.unknown().describe("As the person's particulars have it; null once they were erased");
export const receiver = z.object({ name: text, address: text });

/** Who a person is and who acts for it, as a register names it on a day. */
export const personFields = {
  name: text,
  address: text,
  kind: particulars.shape.kind.nullable(),
  notices: receiver.nullable().describe("To whom and where notices go (Trust Act 191; Companies Act 685)"),
  minor: z.boolean(),
  representatives: z.array(
    z.object({
      role: z.enum(representativeRoles),
      name: z.string(),
      address: z.string(),
      until: day.nullable(),
    }),
  ),
  coOwners: z
    .object(coOwnersFields)
    .nullable()
    .describe(
      "Members with shares, and whom they named to exercise the rights (Trust Act 193; Companies Act 686)",
    ),
  rightsRest: z.boolean().describe("Co-owners who named nobody exercise no rights"),
};
