/** Where a database is and as whom to log in. Kept apart, because parts of Prisma misread a URL (see migrate.ts). */
export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export function databaseUrl(address: DatabaseAddress): string {
  const url = new URL(`postgresql://${address.host}:${address.port}`);
  url.username = encodeURIComponent(address.user);
  url.password = encodeURIComponent(address.password);
  url.pathname = encodeURIComponent(address.database);
  return url.href;
}

/** @throws Error when `url` is no PostgreSQL URL with a user and a database. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parsed = URL.parse(url);
  const database = decodeURIComponent(parsed?.pathname.slice(1) ?? "");
  if (
    parsed === null ||
    !/^postgres(ql)?:$/.test(parsed.protocol) ||
    parsed.username === "" ||
    database === ""
  ) {
    throw new Error("A database URL looks like postgresql://user:password@host:5432/database.");
  }
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database,
  };
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
