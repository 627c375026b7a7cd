/** What is asked of a list: so many rows after `cursor`, from the beginning without one. */
export interface Page {
  cursor?: string | undefined;
  limit: number;
}

/** A list's rows by id, oldest first; one more than `limit`, if there are more. */
export const pageById = <Conditions extends object[]>(page: Page, ...conditions: Conditions) =>
  pageBy("id", page, conditions);

/** The same of rows that have an address for an id. */
export const pageByAddress = <Conditions extends object[]>(page: Page, ...conditions: Conditions) =>
  pageBy("address", page, conditions);

/** A filter without what it leaves open. */
export function given<Filter extends object>(
  filter: Filter,
): { [Key in keyof Filter]?: Exclude<Filter[Key], undefined> } {
  const named = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [Key in keyof Filter]?: Exclude<Filter[Key], undefined> };
}

function pageBy<Key extends string, Conditions extends object[]>(
  key: Key,
  { cursor, limit }: Page,
  conditions: Conditions,
) {
  const after = cursor === undefined ? [] : [{ [key]: { gt: cursor } } as Record<Key, { gt: string }>];
  return {
    where: { AND: [...conditions, ...after] as (Conditions | typeof after)[number][] },
    orderBy: { [key]: "asc" } as Record<Key, "asc">,
    take: limit + 1,
  };
}
