import { ROOT_CONTEXT, type SpanContext, trace } from "@opentelemetry/api";

export type Attributes = Readonly<Record<string, string | number>>;

/** A piece of work as a trace shows it. Attributes are ids, codes and counts, never personal data. */
export interface ActiveSpan {
  /** W3C trace context under which what follows continues; null where nobody traces. */
  traceparent: string | null;
  /** @param atMs Unix milliseconds; now when left out */
  end(attributes?: Attributes, atMs?: number): void;
}

export interface Traces {
  /** False where spans go nowhere: whoever must fetch something for a span need not. */
  on: boolean;
  /** @param parent the trace context to continue; null begins a trace @param fromMs Unix milliseconds */
  begin(name: string, parent: string | null, fromMs?: number): ActiveSpan;
  close(): Promise<void>;
}

/** Hands on the context that came, and exports nothing. */
export const noTraces: Traces = {
  on: false,
  begin: (_name, parent) => ({ traceparent: parent, end: () => undefined }),
  close: async () => undefined,
};

/** W3C Trace Context, version 00. */
const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const zeros = /^0+$/;

/** A header's trace context; null where there is none or it is no valid one. */
export function traceparentOf(header: unknown): string | null {
  const [, traceId, spanId] = (typeof header === "string" && form.exec(header)) || [];
  if (traceId === undefined || spanId === undefined || zeros.test(traceId) || zeros.test(spanId)) return null;
  return header as string;
}

/** Traces of one process, sent to an OTLP/HTTP collector. With an empty URL `noTraces`, and no library is loaded. */
export async function openTraces(process: string, url: string): Promise<Traces> {
  if (url === "") return noTraces;
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
  const exporter = new OTLPTraceExporter({ url: `${url.replace(/\/+$/, "")}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": `genbo-${process}` }),
    // A collector that is away costs spans, never requests: the queue is bounded and what does not fit is dropped.
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer("genbo");
  return {
    on: true,
    begin: (name, parent, fromMs) => {
      const options = fromMs === undefined ? {} : { startTime: fromMs };
      const span = tracer.startSpan(name, options, contextOf(parent));
      return {
        traceparent: textOf(span.spanContext()),
        end: (attributes = {}, atMs) => {
          span.setAttributes(attributes);
          span.end(atMs);
        },
      };
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

function contextOf(parent: string | null) {
  const [, traceId, spanId, flags] = form.exec(parent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags ?? "0", 16);
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

const textOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
