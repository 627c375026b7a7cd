import { isPoint } from "tiny-secp256k1";
import { hexOf } from "../hex.ts";
import { keccak } from "../keccak.ts";
import { publicKeyOf, randomSecretKey } from "../signer.ts";
import type { ChainClient } from "./genesis.ts";
import { isDigitsFirst } from "./validator-order.ts";

/** Who a node is to its peers. A validator signs blocks with the same key. */
export interface NodeIdentity {
  /** 128 lower-case hex digits without 0x: the uncompressed public key, the id in an enode URL. */
  publicKey: string;
  /** 0x and 40 lower-case hex digits: what validators are voted in and out by. */
  address: string;
}

export interface NodeKey extends NodeIdentity {
  /** 64 hex digits without 0x. Whoever has it can sign blocks as this node. */
  secretKey: string;
}

/** Where peers reach a node. */
export interface Endpoint {
  host: string;
  port: number;
}

/** A key drawn at random; GoQuorum's until the address has one place among validators whichever way they are ordered. */
export function createNodeKey(client: ChainClient): NodeKey {
  for (;;) {
    const key = nodeKeyOf(Buffer.from(randomSecretKey()).toString("hex"));
    if (client !== "goquorum" || isDigitsFirst(key.address)) return key;
  }
}

/** @param secretKey 64 hex digits without 0x */
export function nodeKeyOf(secretKey: string): NodeKey {
  const point = publicKeyOf(Buffer.from(secretKey, "hex"));
  return { secretKey, ...identityOf(Buffer.from(point).toString("hex")) };
}

/** @param publicKey 128 hex digits without 0x */
export function identityOf(publicKey: string): NodeIdentity {
  return { publicKey, address: hexOf(keccak(Buffer.from(publicKey, "hex")).subarray(12)) };
}

const enodeForm = /^enode:\/\/([0-9a-f]{128})@([^@:?/]+):(\d{1,5})(?:\?[^?]*)?$/i;

/** Reads `enode://<128 hex digits>@<host>:<port>`. @throws Error that shows the form */
export function parseEnode(url: string): NodeIdentity & Endpoint {
  const [, publicKey, host, port] = enodeForm.exec(url.trim()) ?? [];
  if (publicKey === undefined || host === undefined || !isPort(Number(port))) {
    throw new Error(`Not an enode URL (enode://<128 hex digits>@<host>:<port>): ${url}`);
  }
  const point = Buffer.from(`04${publicKey}`, "hex");
  if (!isPoint(point)) throw new Error(`No public key of secp256k1: ${url}`);
  return { ...identityOf(publicKey.toLowerCase()), host, port: Number(port) };
}

/** `discport=0` says that the node is found by its place in the list alone, never by discovery. */
export function enodeUrl({ publicKey, host, port }: NodeIdentity & Endpoint): string {
  return `enode://${publicKey}@${host}:${port}?discport=0`;
}

export const isPort = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 65_536;
