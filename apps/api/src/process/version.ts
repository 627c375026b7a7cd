import manifest from "../../package.json" with { type: "json" };

/** Of the API, as /openapi.json and /status give it. */
export const { version } = manifest;
