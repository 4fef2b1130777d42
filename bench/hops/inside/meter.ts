/**
 * What one instrumented Worker counts, and how long it makes each hop wait. It lives in the Worker's isolate, beside the
 * Worker's objects, and is read and set over HTTP under `meterPath`.
 */

/** A hop leaves the isolate and comes back: a call to a Worker or an object, a statement or batch of D1, a send to a queue. */
export type HopKind = 'service' | 'object' | 'd1' | 'queue';

/**
 * Milliseconds that are added. A key is a kind of hop, or a kind and a binding (`object:STOCK`), which goes before its kind.
 * `commit` is how long the output gate of an object stays closed after a write.
 */
export type Delays = Readonly<Record<string, number>>;

export type Counts = Record<string, number>;

export interface TracedHop {
  readonly from: string;
  readonly to: string;
  readonly kind: HopKind;
  readonly startedAt: number;
  endedAt: number;
}

export interface Reading {
  readonly counts: Counts;
  readonly trace: readonly TracedHop[];
}

export const meterPath = '/__hops';

/** A trace is for reading by people. */
const traceMax = 2_000;

const state = { worker: '', delays: {} as Delays, counts: {} as Counts, trace: [] as TracedHop[] };

export function nameWorker(worker: string): void {
  state.worker = worker;
}

export function count(what: string, howMany = 1): void {
  if (howMany !== 0) state.counts[what] = (state.counts[what] ?? 0) + howMany;
}

/** The added time of a commit or of a hop over a binding; undefined where nothing is added. */
export function delayOf(kind: HopKind | 'commit', binding = ''): number | undefined {
  return state.delays[`${kind}:${binding}`] ?? state.delays[kind];
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Counts a hop, lets it wait, makes it, and writes it into the trace. */
export async function measured<Value>(
  kind: HopKind,
  binding: string,
  method: string,
  call: () => Value,
): Promise<Awaited<Value>> {
  count(kind);
  const hop = { from: state.worker, to: `${binding}.${method}`, kind, startedAt: Date.now(), endedAt: 0 };
  if (state.trace.length < traceMax) state.trace.push(hop);
  const delay = delayOf(kind, binding);
  if (delay !== undefined) await sleep(delay);
  try {
    return await call();
  } finally {
    hop.endedAt = Date.now();
  }
}

/** `POST` sets the delays and forgets what was counted; both methods answer what was counted until then. */
export async function answerMeter(request: Request): Promise<Reading> {
  const reading = { counts: state.counts, trace: state.trace };
  if (request.method === 'POST') {
    state.delays = await request.json();
    state.counts = {};
    state.trace = [];
  }
  return reading;
}
