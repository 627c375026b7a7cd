import { type ProblemCode, problemOf } from "./problems.ts";
import { problemsOf, type Route } from "./route.ts";

/** The page of documentation of one code, in Markdown: docs/problems/CODE.md, and where a problem's `type` points. */
export function problemMarkdown(code: ProblemCode, routes: readonly Route[]): string {
  const { status, retryable, title, fix } = problemOf(code);
  const users = routes.filter((route) => problemsOf(route).includes(code));
  const lines = users.map(({ method, path }) => `- \`${method} ${path}\``);
  return [
    `# ${code}`,
    `**${title.en}** (${title.ja})`,
    `HTTP status ${status}. ${retryable ? "Send the same request again later." : "The same request will fail again."}`,
    "## What to do",
    `${fix.en}\n\n${fix.ja}`,
    ...(lines.length > 0 ? [`## Routes\n\n${lines.join("\n")}`] : []),
    "Every problem is an `application/problem+json` (RFC 9457) with `code`, `retryable`, `fix` and `requestId`.",
  ]
    .join("\n\n")
    .concat("\n");
}
