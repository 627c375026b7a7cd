import type { ContractName } from "@genbo/chain/abi";

export type Role = "admin" | "registrar" | "broker" | "enforcer" | "agent" | "issuer" | "stranger";

/**
 * Who may call what. `checked` functions are open to every caller and decide inside: by custodian, by the hold's
 * controller, by signature or by being the owner. A state-changing function that is in no list fails the test.
 */
export const grants: Partial<Record<ContractName, Partial<Record<Role | "checked", string[]>>>> = {
  SecurityToken: {
    issuer: ["issue", "redeem", "proposePolicy", "proposeRatio"],
    broker: ["custodiedTransfer", "requestTransfers", "acceptTransfers", "createDvpHolds"],
    registrar: [
      "approveTransfers",
      "rejectTransfers",
      "createHolds",
      "executePolicy",
      "setPaused",
      "mark",
      "changeTerms",
      "setDocument",
      "removeDocument",
      "beginRatio",
      "carry",
      "endRatio",
    ],
    enforcer: [
      "enforceTransfers",
      "forcedTransfer",
      "setFrozenTokens",
      "recover",
      "releaseByOrder",
      "succeed",
    ],
    checked: [
      "initialize",
      "setAuthority",
      "transfer",
      "transferFrom",
      "approve",
      "cancelTransfers",
      "executeHolds",
      "releaseHolds",
      "changeController",
      "assignPledge",
      "relay",
      "revoke",
      "permit",
    ],
  },
  HolderRegistry: { admin: ["setCustodian"], checked: ["setRecords", "consentToMove", "setAuthority"] },
  TokenFactory: { registrar: ["createIssue"], checked: ["setAuthority"] },
  Settlement: { agent: ["attest"], checked: ["fund", "settle", "giveBack", "setAuthority"] },
  RegisterAnchor: { registrar: ["anchor"], checked: ["setAuthority"] },
};
