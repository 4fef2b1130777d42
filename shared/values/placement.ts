/**
 * Which object, and where on earth, holds a stream: a table, as data. Carts and orders share a fixed number of objects per
 * region; region and shard are written into the id as three characters, so an id leads straight to its object, for ever.
 * Changing `shardsPerRegion` would strand every id that exists: it is fixed for good.
 */

import { fnv1a } from './hash.ts';
import { fromBase32, toBase32 } from './ids.ts';

/** One letter per region in ids. Letters are never reused. @see https://developers.cloudflare.com/durable-objects/reference/data-location/ */
export const regions = {
  weur: 'w',
  eeur: 'e',
  enam: 'n',
  wnam: 'p',
  apac: 'a',
  oc: 'c',
  sam: 's',
  afr: 'f',
  me: 'm',
} as const;

export type Region = keyof typeof regions;
export const regionDefault: Region = 'weur';

const regionOfContinent: Readonly<Record<string, Region>> = {
  EU: 'weur',
  NA: 'enam',
  SA: 'sam',
  AS: 'apac',
  OC: 'oc',
  AF: 'afr',
  AN: 'oc',
};

/** The region nearest to a continent code as Cloudflare reports it. */
export function regionOf(continent: string | undefined | null): Region {
  return (continent !== undefined && continent !== null ? regionOfContinent[continent] : undefined) ?? regionDefault;
}

/** Objects per region for carts and for orders. */
export const shardsPerRegion = 16;

export interface Place {
  readonly region: Region;
  readonly shard: number;
}

/** Three characters: the region's letter and the shard. */
export function encodePlace({ region, shard }: Place): string {
  return regions[region] + toBase32(BigInt(shard), 2);
}

export function decodePlace(text: string): Place | null {
  const region = (Object.keys(regions) as Region[]).find((name) => regions[name] === text[0]);
  const shard = fromBase32(text.slice(1, 3));
  if (region === undefined || shard === null || text.length !== 3 || shard >= BigInt(shardsPerRegion)) return null;
  return { region, shard: Number(shard) };
}

/** The name under which the object of a place is found. */
export function objectNameOf(place: Place): string {
  return `${place.region}-${place.shard}`;
}

/** The hint that a new object is made near its region. Region codes are location hints. */
export function locationHintOf(place: Place): DurableObjectLocationHint {
  return place.region;
}

export function isRegion(text: string): text is Region {
  return Object.hasOwn(regions, text);
}

/** Objects that share all stock units of the shop. Changing it would strand every ledger: it is fixed for good. */
const stockShards = 16;

/** The names of all Stock objects, for a message to each of them. */
export const stockObjectNames: readonly string[] = Array.from({ length: stockShards }, (_, shard) => `stock-${shard}`);

/** The name of the object that holds a stock unit: by the last characters of its id, which are random. */
export function stockObjectNameOf(stockUnitId: string): string {
  const tail = fromBase32(stockUnitId.slice(-2)) ?? 0n;
  return `stock-${Number(tail % BigInt(stockShards))}`;
}

/** Objects that share all allowances of the shop. Changing it would strand every ledger: it is fixed for good. */
const allowanceShards = 16;

/** The names of all Allowance objects, to go through every allowance. */
export const allowanceObjectNames: readonly string[] = Array.from(
  { length: allowanceShards },
  (_, shard) => `allowance-${shard}`,
);

/**
 * The name of the object that holds an allowance: by the first id in its name, so that all uses and the budget of one
 * promotion lie together and are held in one commit. A hash, because ids of other shops need not be random anywhere.
 */
export function allowanceObjectNameOf(allowance: string): string {
  const id = allowance.split(':')[1] ?? '';
  return `allowance-${fnv1a(id) % allowanceShards}`;
}
