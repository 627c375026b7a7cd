import reference from "@scalar/fastify-api-reference";
import type { FastifyInstance, onRequestAsyncHookHandler } from "fastify";

export const referencePath = "/docs";

/** The browser itself sees to it that the page loads and calls nothing but this server. */
const contentPolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The reference page, from the package's own bundle: fonts, telemetry and proxy of its maker are off. */
export async function serveReference(app: FastifyInstance, limit: onRequestAsyncHookHandler): Promise<void> {
  await app.register(reference, {
    routePrefix: referencePath,
    hooks: {
      onRequest: function (request, reply, done) {
        reply.header("content-security-policy", contentPolicy);
        limit.call(this, request, reply).then(() => done(), done);
      },
    },
    configuration: {
      url: "/openapi.json",
      title: "Genbo API",
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
    },
  });
}
