import { createHash, createPublicKey, verify } from "node:crypto";
import type { WireAnswer } from "@genbo/api-schema/wire";
import type { DemoIssue } from "./issue.ts";
import type { Parties } from "./parties.ts";
import type { Step } from "./steps.ts";

interface Statement {
  article: string;
  accounts: { account: string; holding: { units: string } }[];
}

/** A certificate of all that one holder has, checked as whoever is shown it does: with no key of the platform. */
export async function certify(
  step: Step,
  parties: Parties,
  { id }: DemoIssue,
  { name, personId, asOf }: { name: string; personId: string; asOf: string },
): Promise<{ number: string; statement: Statement }> {
  const { trustee, operator } = parties.as;
  const asked = { params: { id }, body: { personId, asOf }, key: `demo:${name}:certificate` };
  const { number } = (await trustee.call("issueCertificate", asked)).body;
  const params = { number };
  const { body: read } = await trustee.call("readCertificate", { params, query: { purpose: "demo" } });
  const { body: open } = await operator.call("verifyCertificate", { params });
  const payload = Buffer.from(read.jws.payload, "base64url");
  const sha256 = createHash("sha256").update(payload).digest("hex");
  const signed = read.jws.signatures.map((signature) => isSigned(read.jws.payload, signature, open.signers));
  step.check(
    "anybody checks its hash and signatures with the public keys of its page",
    [sha256, signed],
    [open.sha256, read.jws.signatures.map(() => true)],
  );
  return { number, statement: JSON.parse(payload.toString()) };
}

type Jws = WireAnswer<"readCertificate">["jws"];

/** ES256 over the signing input of a general JWS (RFC 7515). */
function isSigned(
  payload: string,
  { protected: header, signature }: Jws["signatures"][number],
  signers: WireAnswer<"verifyCertificate">["signers"],
): boolean {
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString());
  const signer = signers.find((each) => each.kid === kid);
  if (signer === undefined) return false;
  const key = createPublicKey({ key: signer.jwk, format: "jwk" });
  const bytes = Buffer.from(`${header}.${payload}`);
  return verify("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
}
