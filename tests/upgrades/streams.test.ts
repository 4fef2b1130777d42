/**
 * What every release has written is folded by the newest code to what that release showed. New fields may come to a view; what was
 * there stays as it was. So do the events between Workers, which wait in outboxes and dead letters across an upgrade.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { stateFormat } from '../../scripts/lib/release.ts';
import { type Contracts, readContracts } from '../../scripts/openapi/contracts.ts';
import { lastRelease, type ReleasedSchema, readFixture, releases } from './releases.ts';
import { type AnyEvent, type FixtureStream, operationKinds, streamKinds } from './stream-kinds.ts';

/** Types of events that the last release could write and its fixture lacks. Each with why nothing writes it any more. */
const unwritten: Readonly<Record<string, string>> = {};

const streamsOf = (release: string) => readFixture<readonly FixtureStream[]>(release, 'streams.json.gz');
const last = streamsOf(lastRelease);

function kindOf({ kind }: FixtureStream) {
  const found = streamKinds[kind];
  if (found === undefined) throw new Error(`Nothing folds a stream of the kind ${kind} any more`);
  return found;
}

const typesOf = (streams: readonly FixtureStream[]) =>
  new Set(streams.flatMap(({ kind, events }) => events.map(({ type }) => `${kind} ${type}`)));

describe.each(releases)('%s', (release) => {
  const streams = streamsOf(release).map((stream) => [`${stream.kind} ${stream.streamId}`, stream] as const);

  test.each(streams)('%s is what it was, from its events and from a snapshot', (_, stream) => {
    const kind = kindOf(stream);
    const { events, streamId, snapshot, view, isAwaited } = stream;
    expect(kind.fold(events, streamId)).toMatchObject({ view, isAwaited });
    expect(kind.foldFrom(snapshot, events, streamId)).toMatchObject({ view, isAwaited });
  });

  test('every stream can be folded as far as it had come at any moment', () => {
    for (const [, stream] of streams)
      for (let length = 1; length < stream.events.length; length += 1)
        kindOf(stream).fold(stream.events.slice(0, length), stream.streamId);
  });

  describe('what it told', () => {
    let contracts: Contracts;
    beforeAll(async () => {
      contracts = await readContracts();
    });

    test('is understood by those who hear it later', () => {
      const envelopes = readFixture<readonly { type: string; data: unknown }[]>(release, 'envelopes.json.gz');
      expect(envelopes.length).toBeGreaterThan(0);
      for (const { type, data } of envelopes)
        expect(contracts.events.get(type)?.safeParse(data).error, type).toBeUndefined();
    });
  });
});

test('every type of event is in the fixture of the last release, or new and with a number of the format that is, too', () => {
  const known = typesOf(last);
  const missing = Object.entries(streamKinds).flatMap(([kind, { eventTypes }]) =>
    eventTypes.map((type) => `${kind} ${type}`).filter((type) => !known.has(type) && !(type in unwritten)),
  );
  if (stateFormat === readFixture<ReleasedSchema>(lastRelease, 'schema.json').format) expect(missing).toEqual([]);
});

test('every operation on an order is in the fixture', () => {
  const done = new Set(
    last.flatMap(({ events }) =>
      events.flatMap(
        (event: AnyEvent & { readonly deed?: { readonly kind: string } | null }) => event.deed?.kind ?? [],
      ),
    ),
  );
  expect([...done].sort()).toEqual(Object.keys(operationKinds).sort());
});

test('a field that is renamed, and an event that is not understood any more, are noticed', () => {
  const paid = last.find(({ events }) => events.some(({ type }) => type === 'order-paid'));
  if (paid === undefined) throw new Error('Some order was paid');
  const renamed = paid.events.map((event) => ({
    ...event,
    type: event.type === 'order-paid' ? 'order-settled' : event.type,
  }));
  const fold = () => kindOf(paid).fold(renamed, paid.streamId);
  expect(() => expect(fold()).toMatchObject({ view: paid.view })).toThrow();
});
