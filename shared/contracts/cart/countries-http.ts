/** How addresses are written in the countries of the world, for the forms of a storefront. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { addressFields } from '../../values/countries.ts';
import { Currency } from '../../values/money.ts';
import { Country, text } from '../../values/text.ts';

const AddressFieldName = z.enum(addressFields);

const countryFacts = {
  /** ISO 3166-1 alpha-2. */
  code: Country,
  name: z.string(),
  isSold: z
    .boolean()
    .nullable()
    .describe('Whether a market of the shop sells there; null for a moment in which that is not known.'),
  currency: Currency.nullable().describe('That of a cart which names the country only; null where nothing is sold.'),
  currencies: z.array(Currency).describe('All that carts of the country may be in.'),
  /** The fields of an address in the order in which they are written there. */
  fields: z.array(AddressFieldName),
  /** Without these a checkout of goods that ship is refused. */
  requiredFields: z.array(AddressFieldName),
  /** Without one of these, whichever, such a checkout is refused too: to whom the goods go. */
  requiredOneOf: z.array(AddressFieldName),
  /** What the fields are called there, in English. */
  labels: z.record(AddressFieldName, z.string()),
  /** Null where there are no postal codes. */
  postalCode: z
    .strictObject({
      /** A regular expression for the whole code as it is kept. Spaces, hyphens and case may be given otherwise. */
      pattern: z.string(),
      example: z.string(),
    })
    .nullable(),
};

export const CountrySummary = z.strictObject(countryFacts);
export type CountrySummary = z.infer<typeof CountrySummary>;

export const CountryView = z.strictObject({
  ...countryFacts,
  /** Those that addresses there name; where they name none, the largest. */
  regions: z.array(
    z.strictObject({
      /** ISO 3166-2, or the name that the post uses where ISO has no code. */
      code: z.string(),
      /** In English. */
      name: z.string(),
      /** As it is written there. */
      localName: z.string(),
      /** The larger region that it lies in. Zones of taxes and shipping may name it too. */
      parentCode: z.string().nullable(),
    }),
  ),
});
export type CountryView = z.infer<typeof CountryView>;

const Language = z.strictObject({
  /** The language of the country's name, such as `fr` or `pt-BR`. Absent: the first one of `Accept-Language` that is known. */
  language: text(35)
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, { error: 'Give a language tag such as fr or pt-BR.' })
    .optional(),
});

export const listCountries = operation({
  id: 'listCountries',
  isConditional: true,
  method: 'GET',
  path: '/v1/countries',
  summary: 'The countries: whether the shop sells there, and how addresses are written in each',
  query: Language.extend({
    sold: z.enum(['true', 'false']).optional().describe('Only countries that a market sells to, or only the others.'),
  }),
  answer: z.strictObject({ items: z.array(CountrySummary), next: z.null() }),
});

export const getCountry = operation({
  id: 'getCountry',
  isConditional: true,
  method: 'GET',
  path: '/v1/countries/:code',
  summary: 'How addresses are written in a country, with its regions',
  params: z.strictObject({ code: text(10) }),
  query: Language,
  answer: CountryView,
});

export const countriesOperations = [listCountries, getCountry];
