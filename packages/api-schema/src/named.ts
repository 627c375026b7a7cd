import { z } from "zod";

interface Name {
  /** The schema's name in the OpenAPI document and in generated clients. */
  id: string;
  description?: string;
}

/** Every schema with a name of its own: the components of the OpenAPI document. */
export const namedSchemas = z.registry<Name>();

/** Gives a schema its name. Bodies and answers have one; query and path parameters need none. */
export function named<S extends z.ZodType>(id: string, schema: S, description?: string): S {
  // One schema has one name: a second one would take the first away.
  if (namedSchemas.has(schema))
    throw new Error(`${id} is the schema ${namedSchemas.get(schema)?.id} already.`);
  namedSchemas.add(schema, description === undefined ? { id } : { id, description });
  return schema;
}
