import { z } from "zod";
import { id } from "../primitives.ts";
import { entryPage, holderAnswer, ownEntriesQuery, ownHoldingQuery } from "../register.ts";
import { route } from "../route.ts";

const tag = "Register";
const ofIssue = z.strictObject({ id: id("iss") });

export const ownRoutes = [
  route({
    operationId: "readOwnHolding",
    method: "GET",
    path: "/v1/issues/{id}/register/own",
    tag,
    summary: "An investor's own holding and particulars in the register, as of any instant",
    scope: "register:own",
    params: ofIssue,
    query: ownHoldingQuery,
    answers: { 200: holderAnswer },
    limit: "read",
  }),
  route({
    operationId: "listOwnEntries",
    method: "GET",
    path: "/v1/issues/{id}/register/own/entries",
    tag,
    summary: "The lines of the register that concern an investor, without the other side's person",
    scope: "register:own",
    params: ofIssue,
    query: ownEntriesQuery,
    answers: { 200: entryPage },
    limit: "read",
  }),
] as const;
