/**
 * The regions of a country by whatever people call them: `California`, `CA`, `US-CA` and `us ca` are one region, and so are
 * `東京都`, `Tokyo` and `JP-13`. One code is kept of each: ISO 3166-2, or the post's own name where ISO has none.
 */
import { distanceOf, plainName, plainStem } from './region-names.ts';

export interface Region {
  readonly code: string;
  /** In English. */
  readonly name: string;
  /** As its post writes it; null where that is the same. */
  readonly localName: string | null;
  readonly otherNames: readonly string[];
  /** The region that it lies in. */
  readonly parentCode: string | null;
  /** Whether addresses of its country name it, rather than a smaller or a larger one. */
  readonly isInAddresses: boolean;
}

/** A row of the table: see `scripts/countries/table.ts`, which writes it. */
export function parseRegions(country: string, row: string): readonly Region[] {
  if (row === '') return [];
  return row.split('~').map((text): Region => {
    const isInAddresses = text.startsWith('*');
    const [place = '', name = '', localName = '', ...otherNames] = text.slice(isInAddresses ? 1 : 0).split('|');
    const [id = '', parent] = place.split('>');
    const code = id.startsWith('=') ? id.slice(1) : `${country}-${id}`;
    const parentCode = parent === undefined ? null : `${country}-${parent}`;
    return { code, name, localName: localName === '' ? null : localName, otherNames, parentCode, isInAddresses };
  });
}

/** Finds regions by their codes and names. */
export type RegionIndex = ReadonlyMap<string, Region>;

/**
 * Codes count before names, names of regions that addresses name before those of larger and smaller ones, and what their own
 * people call them before anything else. A name that several of one rank share finds one of them: that which the list shows under it
 * in English, or else the larger division.
 */
export function indexRegions(regions: readonly Region[]): RegionIndex {
  const index = new Map<string, Region>();
  const enter = (
    ranked: readonly Region[],
    formsOf: (region: Region) => readonly string[],
    choose: (form: string, called: readonly Region[]) => Region | null = () => null,
  ): void => {
    const entered = new Map<string, Region[]>();
    for (const region of ranked)
      for (const form of new Set(formsOf(region)))
        if (form !== '' && !index.has(form)) entered.set(form, [...(entered.get(form) ?? []), region]);
    for (const [form, called] of entered) {
      const region = called.length === 1 ? called[0] : choose(form, called);
      if (region) index.set(form, region);
    }
  };
  const rankOf = ({ isInAddresses, parentCode }: Region): number => (isInAddresses ? 0 : parentCode === null ? 1 : 2);
  enter(regions, ({ code }) => [plainName(code), ...(/^[A-Z]{2}-/.test(code) ? [plainName(code.slice(3))] : [])]);
  for (const form of [plainName, plainStem])
    for (const rank of [0, 1, 2]) {
      const ranked = regions.filter((region) => rankOf(region) === rank);
      enter(ranked, ({ name, localName }) => [form(localName ?? name)]);
      enter(ranked, (region) => namesOf(region).map(form), regionOfName);
    }
  return index;
}

/**
 * The one that a name of several means. An address has a field of its own for the city, so the larger division comes first:
 * English calls it a district, county or province beside the bare name, and its code is the shorter one.
 */
function regionOfName(form: string, called: readonly Region[]): Region | null {
  const isShown = ({ name }: Region): number => (plainName(name) === form ? 0 : 1);
  const isBare = ({ name }: Region): number => (plainStem(name) === plainName(name) ? 1 : 0);
  const before = (a: Region, b: Region): number =>
    isShown(a) - isShown(b) || isBare(a) - isBare(b) || a.code.length - b.code.length || (a.code < b.code ? -1 : 1);
  return called.toSorted(before)[0] ?? null;
}

export function regionIn(index: RegionIndex, text: string): Region | null {
  return index.get(plainName(text)) ?? index.get(plainStem(text)) ?? null;
}

const suggestionsMax = 3;
/** So many letters of a longer name are likely meant as that name. */
const partLengthMin = 4;

/** The regions whose names are nearly what was written, nearest first. */
export function nearbyRegions(regions: readonly Region[], text: string): readonly Region[] {
  const wanted = plainName(text);
  // A third of a name may be wrong: of a code of two letters nothing is nearly right.
  const distanceMax = Math.min(3, Math.floor([...wanted].length / 3));
  const farFrom = (name: string): number => {
    const isPart = wanted.length >= partLengthMin && (name.includes(wanted) || wanted.includes(name));
    return isPart ? 1 : distanceOf(wanted, name);
  };
  return regions
    .map((region) => ({ region, distance: Math.min(...namesOf(region).map((name) => farFrom(plainName(name)))) }))
    .filter(({ distance }) => distance <= distanceMax)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, suggestionsMax)
    .map(({ region }) => region);
}

function namesOf({ name, localName, otherNames }: Region): readonly string[] {
  return localName === null ? [name, ...otherNames] : [name, localName, ...otherNames];
}
