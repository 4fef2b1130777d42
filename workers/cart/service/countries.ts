/** The countries as a storefront shows them: their names in a language, and how addresses are written there. */
import type { CountrySummary, CountryView } from '../../../shared/contracts/cart/countries-http.ts';
import { recipientFields } from '../../../shared/values/address.ts';
import {
  type AddressField,
  type CountryRules,
  countryCodes,
  countryOf,
  fieldWords,
  regionsOf,
} from '../../../shared/values/countries.ts';
import { listedRegions } from '../../../shared/values/regions.ts';
import type { Sale } from './sales.ts';

type SaleIn = (country: string) => Sale;

const languageDefault = 'en';

/**
 * The language to answer in: the one that is asked for, or the first one of `Accept-Language` that names of countries are known
 * in.
 */
export function languageOf(asked: string | undefined, acceptLanguage: string | undefined): string {
  const accepted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== '*' && tag !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
  for (const tag of asked === undefined ? accepted : [asked, ...accepted]) {
    const [known] = supported(tag);
    if (known !== undefined) return known;
  }
  return languageDefault;
}

function supported(tag: string): readonly string[] {
  try {
    return Intl.DisplayNames.supportedLocalesOf([tag]);
  } catch {
    // What is no language tag at all is no language that we know.
    return [];
  }
}

/** All countries, in the order of their names. */
export function listCountries(language: string, saleIn: SaleIn): readonly CountrySummary[] {
  const nameOf = namesIn(language);
  const { compare } = new Intl.Collator(language);
  return countryCodes
    .flatMap((code) => summaryOf(code, nameOf, saleIn) ?? [])
    .sort((a, b) => compare(a.name, b.name) || (a.code < b.code ? -1 : 1));
}

/** Null where there is no such country. */
export function showCountry(code: string, language: string, saleIn: SaleIn): CountryView | null {
  const summary = summaryOf(code, namesIn(language), saleIn);
  if (summary === null) return null;
  return {
    ...summary,
    regions: listedRegions(regionsOf(code)).map(({ code: region, name, localName, parentCode }) => {
      return { code: region, name, localName: localName ?? name, parentCode };
    }),
  };
}

function namesIn(language: string): (code: string) => string {
  const names = new Intl.DisplayNames([language], { type: 'region' });
  return (code) => names.of(code) ?? code;
}

function summaryOf(code: string, nameOf: (code: string) => string, saleIn: SaleIn): CountrySummary | null {
  const rules = countryOf(code);
  if (rules === null) return null;
  const { fields, needed, postalCode } = rules;
  const { isSold, currency, currencies } = saleIn(code);
  return {
    code,
    name: nameOf(code),
    ...{ isSold, currency, currencies: [...currencies] },
    fields: [...fields],
    requiredFields: [...needed],
    requiredOneOf: [...recipientFields],
    labels: labelsOf(rules),
    postalCode: postalCode === null ? null : { pattern: postalCode.pattern.source, example: postalCode.example },
  };
}

const usualLabels: Readonly<Record<AddressField, string>> = {
  firstName: 'First name',
  lastName: 'Last name',
  company: 'Company',
  address1: 'Street and number',
  address2: 'Apartment, floor or building',
  city: 'City',
  region: 'Province',
  postalCode: 'Postal code',
  phone: 'Telephone',
};

function labelsOf({ called }: CountryRules): Record<AddressField, string> {
  const labelOf = (field: 'city' | 'region' | 'postalCode') => {
    const word = fieldWords[called[field] ?? ''];
    return word === undefined ? usualLabels[field] : word.charAt(0).toUpperCase() + word.slice(1);
  };
  return { ...usualLabels, city: labelOf('city'), region: labelOf('region'), postalCode: labelOf('postalCode') };
}
