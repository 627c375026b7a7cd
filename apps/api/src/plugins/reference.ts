import reference from "@scalar/fastify-api-reference";
import type { FastifyInstance } from "fastify";

export const referencePath = "/docs";

/** The reference page, from the package's own bundle: nothing is loaded from elsewhere, fonts included. */
export async function serveReference(app: FastifyInstance): Promise<void> {
  await app.register(reference, {
    routePrefix: referencePath,
    configuration: {
      url: "/openapi.json",
      title: "Genbo API",
      withDefaultFonts: false,
      hideClientButton: true,
    },
  });
}
