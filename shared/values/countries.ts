/**
 * The countries of the world, and how addresses are written in each: which fields in which order, which are needed, what postal
 * codes look like, and the regions. A country is read from the table when somebody asks for it, and kept.
 */
import { countryRows } from './countries.generated.ts';
import { type PostalCodeRules, parsePostalCodeRules } from './postal-codes.ts';
import { indexRegions, nearbyRegions, parseRegions, type Region, type RegionIndex, regionsIn } from './regions.ts';
import { Country } from './text.ts';

export const addressFields = [
  'firstName',
  'lastName',
  'company',
  'address1',
  'address2',
  'city',
  'region',
  'postalCode',
  'phone',
] as const;
export type AddressField = (typeof addressFields)[number];

/** A field that a country may need, beside the country itself. */
export type NeededField = Extract<AddressField, 'address1' | 'city' | 'region' | 'postalCode'>;

export interface CountryRules {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** In the order in which an envelope names them; the telephone number, which it does not name, comes last. */
  readonly fields: readonly AddressField[];
  readonly needed: readonly NeededField[];
  /** Null where there are no postal codes. */
  readonly postalCode: PostalCodeRules | null;
  /** What people call these fields there, such as `state` or `eircode`; null where nothing else is said. */
  readonly called: Readonly<Record<'city' | 'region' | 'postalCode', string | null>>;
}

/** What the words of `called` mean to a person. */
export const fieldWords: Readonly<Record<string, string>> = {
  area: 'area',
  county: 'county',
  department: 'department',
  district: 'district',
  do_si: 'province or city',
  eircode: 'Eircode',
  emirate: 'emirate',
  island: 'island',
  oblast: 'oblast',
  parish: 'parish',
  pin: 'PIN code',
  post_town: 'post town',
  prefecture: 'prefecture',
  state: 'state',
  suburb: 'suburb',
  zip: 'ZIP code',
};

interface KnownCountry extends CountryRules {
  readonly regionRow: string;
  /** Made when somebody asks for regions. */
  regions: KnownRegions | null;
}

interface KnownRegions {
  readonly all: readonly Region[];
  readonly byCode: ReadonlyMap<string, Region>;
  /** Made when somebody looks for a name. */
  index: RegionIndex | null;
}

const known = new Map<string, KnownCountry>();

export const countryCodes: readonly string[] = Object.keys(countryRows);

function isCountry(code: string): boolean {
  return Object.hasOwn(countryRows, code);
}

/** A country that there is. */
export const RealCountry = Country.refine(isCountry, {
  error: 'There is no such country. Give its two letters of ISO 3166-1, such as DE or GB.',
}).meta({ examples: ['DE'] });

/** Null where there is no such country. */
export function countryOf(code: string): CountryRules | null {
  return knownCountry(code);
}

/** The region of a country that somebody means by a code or name; null where it is none, or may be several. */
export function findRegion(country: string, text: string): Region | null {
  const regions = knownRegions(country);
  if (regions === null) return null;
  const region = regions.byCode.get(text);
  if (region !== undefined) return region;
  const [meant, ...others] = regionsIn(indexOf(regions), text);
  return meant === undefined || others.length > 0 ? null : meant;
}

/** Whether several regions of a country bear a name equally, so that it finds none of them. */
export function isRegionOfSeveral(country: string, text: string): boolean {
  const regions = knownRegions(country);
  return regions !== null && regionsIn(indexOf(regions), text).length > 1;
}

function indexOf(regions: KnownRegions): RegionIndex {
  regions.index ??= indexRegions(regions.all);
  return regions.index;
}

/** All regions of a country; none where there is no such country. */
export function regionsOf(country: string): readonly Region[] {
  return knownRegions(country)?.all ?? [];
}

/** Regions whose names are nearly what was written, or that it may equally mean. */
export function suggestRegions(country: string, text: string): readonly Region[] {
  const regions = knownRegions(country);
  return regions === null ? [] : nearbyRegions(regions.all, indexOf(regions), text);
}

/** Whether a region is the other one, or lies in it. Both are codes. */
export function liesInRegion(country: string, code: string, other: string): boolean {
  if (code === other) return true;
  const parentCode = knownRegions(country)?.byCode.get(code)?.parentCode ?? null;
  return parentCode !== null && liesInRegion(country, parentCode, other);
}

/** The codes of a region and of all that lies in it. */
export function regionsWithin(country: string, code: string): readonly string[] {
  const within = regionsOf(country).filter(
    (region) => region.code !== code && liesInRegion(country, region.code, code),
  );
  return [code, ...within.map((region) => region.code)];
}

const fieldsOfLetter: Readonly<Record<string, readonly AddressField[]>> = {
  N: ['firstName', 'lastName'],
  O: ['company'],
  A: ['address1', 'address2'],
  C: ['city'],
  S: ['region'],
  Z: ['postalCode'],
};
const neededByLetter: Readonly<Record<string, NeededField>> = {
  A: 'address1',
  C: 'city',
  S: 'region',
  Z: 'postalCode',
};

function knownCountry(code: string): KnownCountry | null {
  const before = known.get(code);
  if (before !== undefined) return before;
  const row = Object.hasOwn(countryRows, code) ? countryRows[code] : undefined;
  if (row === undefined) return null;
  const country = parseCountry(code, row);
  known.set(code, country);
  return country;
}

function knownRegions(code: string): KnownRegions | null {
  const country = knownCountry(code);
  if (country === null || country.regions !== null) return country?.regions ?? null;
  const all = parseRegions(code, country.regionRow);
  country.regions = { all, byCode: new Map(all.map((region) => [region.code, region])), index: null };
  return country.regions;
}

function parseCountry(code: string, row: readonly string[]): KnownCountry {
  const [format = '', needs = '', pattern = '', example = '', separators = '', called = '', regionRow = ''] = row;
  const [city, region, postalCode] = called.split('|').map((word) => (word === '' ? null : word));
  // Where no region is known none can be asked for.
  const needed = [...needs].flatMap((letter) => neededByLetter[letter] ?? []);
  return {
    code,
    fields: [...[...format].flatMap((letter) => fieldsOfLetter[letter] ?? []), 'phone'],
    needed: needed.filter((field) => field !== 'region' || regionRow !== ''),
    postalCode: parsePostalCodeRules(pattern, example, separators),
    called: { city: city ?? null, region: region ?? null, postalCode: postalCode ?? null },
    regionRow,
    regions: null,
  };
}
