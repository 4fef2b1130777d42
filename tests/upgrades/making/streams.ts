/**
 * The streams that a release leaves: of all that a furnished shop and the simulation write, as few as have every type of event in
 * every form, that is with every field that it may have.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import { decideStock, emptyStock, evolveStock, type StockEvent } from '../../../workers/inventory/domain/decide.ts';
import { run } from '../../simulation/run.ts';
import { type AnyEvent, type FixtureStream, streamKinds } from '../stream-kinds.ts';

/** A longer stream has nothing that shorter ones lack. */
const eventsMax = 120;

export interface RawStream {
  readonly streamId: string;
  readonly events: readonly AnyEvent[];
}

/** The streams of all objects of a shop that has stopped. */
export function streamsOfShop(stateDir: string): RawStream[] {
  const storage = path.join(stateDir, 'storage', 'do');
  return readdirSync(storage, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .flatMap((name) => streamsIn(path.join(storage, name)));
}

function streamsIn(file: string): RawStream[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const found = database.prepare("select 1 from sqlite_master where name = 'events'").get();
    if (found === undefined) return [];
    const streams = new Map<string, AnyEvent[]>();
    for (const { stream, event } of database
      .prepare('select stream, event from events order by stream, sequence')
      .all()) {
      const events = streams.get(String(stream)) ?? [];
      events.push(JSON.parse(String(event)));
      streams.set(String(stream), events);
    }
    return [...streams].map(([streamId, events]) => ({ streamId, events }));
  } finally {
    database.close();
  }
}

/** What nobody can bring about over HTTP: it takes two requests that overtake each other. */
export function overtakenStreams(): RawStream[] {
  const opened = { type: 'open', levels: { loc_main: 5 }, floor: 0, now: 1 } as const;
  const canceled = { type: 'cancel-transfer', transferId: 'trf_1', now: 2 } as const;
  const events: StockEvent[] = [];
  for (const command of [opened, canceled])
    events.push(...decideStock(events.reduce(evolveStock, emptyStock), command).events);
  return [{ streamId: 'stk_overtaken', events }];
}

/** The streams of simulated shops, in which everything goes wrong that can. */
export async function simulatedStreams(seeds: number): Promise<RawStream[]> {
  const found: RawStream[] = [];
  const { write } = MemoryStreamStorage.prototype;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const storages = new Map<MemoryStreamStorage<unknown>, Set<string>>();
    MemoryStreamStorage.prototype.write = function (this: MemoryStreamStorage<unknown>, commit) {
      const streamIds = storages.get(this) ?? new Set();
      storages.set(this, streamIds.add(commit.streamId));
      write.call(this, commit);
    };
    try {
      await run(seed);
    } finally {
      MemoryStreamStorage.prototype.write = write;
    }
    for (const [storage, streamIds] of storages)
      for (const streamId of streamIds)
        found.push({ streamId, events: JSON.parse(JSON.stringify(storage.history(streamId))) });
  }
  return found;
}

function kindOf({ streamId, events }: RawStream): string | null {
  const has = (type: string) => events.some((event) => event.type === type);
  if (events.length === 0) return null;
  if (has('cart-started')) return 'cart';
  if (has('checkout-opened') || has('payment-started') || has('order-placed')) return 'order';
  if (streamId.includes(':')) return 'allowance';
  return has('stock-opened') ? 'stock' : null;
}

/** What a stream has that another may lack: types of events with their fields, operations with theirs, and where it stands. */
function featuresOf(kind: string, { events }: RawStream): string[] {
  const fields = (value: object) => Object.keys(value).sort().join();
  const features = events.flatMap((event) => {
    const inner = Object.values(event).filter(
      (value) => typeof value === 'object' && value !== null && 'kind' in value,
    );
    const effects = inner.flatMap((value) => Reflect.get(value, 'effects') ?? []);
    return [
      `${event.type} ${fields(event)}`,
      ...effects.map((effect: { readonly kind: string }) => `${event.type} effect ${effect.kind}`),
      ...inner.map((value) => `${event.type} ${Reflect.get(value, 'kind')} ${fields(value)}`),
    ];
  });
  return [...features, `ends ${events.at(-1)?.type}`].map((feature) => `${kind} ${feature}`);
}

/** As few streams as have all features, the shortest that bring most first. */
export function coveringStreams(raw: readonly RawStream[]): FixtureStream[] {
  const candidates = raw.flatMap((stream) => {
    const kind = kindOf(stream);
    if (kind === null || stream.events.length > eventsMax) return [];
    return [
      { ...stream, kind, features: new Set(featuresOf(kind, stream)), size: JSON.stringify(stream.events).length },
    ];
  });
  const missing = new Set(candidates.flatMap(({ features }) => [...features]));
  const chosen: FixtureStream[] = [];
  while (missing.size > 0) {
    const gainOf = ({ features, size }: (typeof candidates)[number]) =>
      [...features].filter((feature) => missing.has(feature)).length / (2_000 + size);
    const best = candidates.reduce((one, other) => (gainOf(other) > gainOf(one) ? other : one));
    for (const feature of best.features) missing.delete(feature);
    chosen.push(asFixture(best.kind, best));
  }
  return chosen.sort((a, b) => (a.kind + a.streamId < b.kind + b.streamId ? -1 : 1));
}

function asFixture(kind: string, { streamId, events }: RawStream): FixtureStream {
  const type = streamKinds[kind];
  if (type === undefined) throw new Error(`There is no kind ${kind}`);
  const version = Math.max(1, Math.floor(events.length / 2));
  const snapshot = { version, json: type.snapshot(events.slice(0, version)) };
  return { kind, streamId, events, snapshot, ...type.fold(events, streamId) };
}
