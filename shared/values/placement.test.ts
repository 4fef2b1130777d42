/** Placement: what an id says about its object leads there for ever. */
import { describe, expect, test } from 'vitest';
import {
  decodePlace,
  encodePlace,
  isRegion,
  objectNameOf,
  type Region,
  regionOf,
  regions,
  shardsPerRegion,
} from './placement.ts';

const names = Object.keys(regions) as Region[];

test('every place reads back as it was written, and no two are written alike', () => {
  const written = names.flatMap((region) =>
    Array.from({ length: shardsPerRegion }, (_, shard) => ({ region, shard, text: encodePlace({ region, shard }) })),
  );
  for (const { region, shard, text } of written) expect(decodePlace(text)).toEqual({ region, shard });
  expect(new Set(written.map(({ text }) => text)).size).toBe(written.length);
});

// Ids that exist name these letters and this number of shards: a change would strand them.
test('letters and shards are those that ids were made with', () => {
  expect(regions).toEqual({
    weur: 'w',
    eeur: 'e',
    enam: 'n',
    wnam: 'p',
    apac: 'a',
    oc: 'c',
    sam: 's',
    afr: 'f',
    me: 'm',
  });
  expect(shardsPerRegion).toBe(16);
  expect(objectNameOf({ region: 'weur', shard: 7 })).toBe('weur-7');
});

describe('text that is no place', () => {
  test.each(['', 'w', 'w0', 'w000', 'z00', 'w20', 'wzz', 'W00', 'w0u', 'w-1', '   '])('%j', (text) => {
    expect(decodePlace(text)).toBeNull();
  });
});

test.each([
  ['EU', 'weur'],
  ['NA', 'enam'],
  ['AS', 'apac'],
  ['OC', 'oc'],
  ['XX', 'weur'],
  [undefined, 'weur'],
  [null, 'weur'],
])('a shopper on the continent %s is served from %s', (continent, region) => {
  expect(regionOf(continent)).toBe(region);
});

test.each([
  ['weur', true],
  ['toString', false],
  ['', false],
])('%j is a region: %s', (text, isOne) => {
  expect(isRegion(text)).toBe(isOne);
});
