/**
 * The regions of a country by whatever people call them: `California`, `CA`, `US-CA` and `us ca` are one region, and so are
 * `東京都`, `Tokyo` and `JP-13`. One code is kept of each: ISO 3166-2, or the post's own name where ISO has none.
 */
import { distanceOf, type NameParts, partsOf, plainName, type RegionKind, spellingsOf } from './region-names.ts';

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

/** The regions that a form of a text may mean. */
type Bearers = ReadonlyMap<string, readonly Region[]>;

/** Finds regions by their codes and names. */
export interface RegionIndex {
  readonly byCode: Bearers;
  readonly byName: Bearers;
  /** By names without what kind of region they are. */
  readonly byStem: Bearers;
  /** Those that a form offers: what addresses name, or else the largest. */
  readonly listed: ReadonlySet<Region>;
}

export function indexRegions(regions: readonly Region[]): RegionIndex {
  return {
    byCode: bearersOf(regions, ({ code }) => [code, /^[A-Z]{2}-/.test(code) ? code.slice(3) : code].map(plainName)),
    byName: bearersOf(regions, (region) => namesOf(region).flatMap(spellingsOf).map(plainName)),
    byStem: bearersOf(regions, (region) => partsOfAll(region).map(({ stem }) => stem)),
    listed: new Set(listedRegions(regions)),
  };
}

/** The regions that a form offers: those that addresses of the country name; where they name none, the largest. */
export function listedRegions(regions: readonly Region[]): readonly Region[] {
  const named = regions.filter(({ isInAddresses }) => isInAddresses);
  return named.length > 0 ? named : regions.filter(({ parentCode }) => parentCode === null);
}

function bearersOf(regions: readonly Region[], formsOfRegion: (region: Region) => readonly string[]): Bearers {
  const bearers = new Map<string, Region[]>();
  for (const region of regions)
    for (const form of new Set(formsOfRegion(region)))
      if (form !== '') bearers.set(form, [...(bearers.get(form) ?? []), region]);
  return bearers;
}

/** The regions that a text may mean: none, the one, or several between which nobody but its writer can choose. */
export function regionsIn(index: RegionIndex, text: string): readonly Region[] {
  const form = plainName(text);
  const coded = index.byCode.get(form) ?? [];
  if (coded.length > 0) return coded;
  const named = index.byName.get(form) ?? [];
  if (named.length > 0) return likeliest(index, named, form);
  const { kind, stem } = partsOf(text);
  const ofKind = (index.byStem.get(stem) ?? []).filter((region) => mayBe(region, stem, kind));
  return withoutParts(preferred(index, ofKind));
}

/**
 * What a form offers comes before what lies above or below it, and what is shown under exactly this name before what is
 * also called so.
 */
function likeliest(index: RegionIndex, called: readonly Region[], form: string): readonly Region[] {
  const among = preferred(index, called);
  const shown = among.filter(({ name, localName }) => [name, localName ?? name].map(plainName).includes(form));
  return withoutParts(shown.length > 0 ? shown : among);
}

function preferred(index: RegionIndex, regions: readonly Region[]): readonly Region[] {
  const listed = regions.filter((region) => index.listed.has(region));
  return listed.length > 0 ? listed : regions;
}

/** Of a region and those that lie in it, only the larger one: it is true of all of them. */
function withoutParts(regions: readonly Region[]): readonly Region[] {
  const codes = new Set(regions.map(({ code }) => code));
  return regions.filter(({ parentCode }) => parentCode === null || !codes.has(parentCode));
}

/** Whether a region that shares a stem with a text may be of the kind that the text says: no area is the city of its name. */
function mayBe(region: Region, stem: string, kind: RegionKind): boolean {
  if (kind === null) return true;
  const all = partsOfAll(region);
  const kindsOf = (parts: typeof all): ReadonlySet<RegionKind> =>
    new Set(parts.flatMap((part) => (part.kind === null ? [] : [part.kind])));
  const ofStem = kindsOf(all.filter((parts) => parts.stem === stem));
  // 서울특별시 says that Seoul is a city too.
  const kinds = ofStem.size > 0 ? ofStem : kindsOf(all);
  return kinds.has(kind) || (kind === 'area' && kinds.size === 0);
}

function partsOfAll(region: Region): readonly NameParts[] {
  return namesOf(region).flatMap(spellingsOf).map(partsOf);
}

const suggestionsMax = 3;
/** So many letters of a longer name are likely meant as that name. */
const partLengthMin = 4;

/** The regions whose names are nearly what was written, nearest first; all of those that it may equally mean. */
export function nearbyRegions(regions: readonly Region[], index: RegionIndex, text: string): readonly Region[] {
  const meant = regionsIn(index, text);
  if (meant.length > 1) return meant.slice(0, suggestionsMax);
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
