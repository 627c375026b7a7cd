import { besu } from "./besu.ts";
import type { ClientProfile } from "./client-profile.ts";
import type { ChainClient } from "./genesis.ts";
import { goquorum } from "./goquorum.ts";

export const clientProfiles: Readonly<Record<ChainClient, ClientProfile>> = { besu, goquorum };
