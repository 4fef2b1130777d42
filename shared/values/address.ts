/**
 * A postal address. What is needed and what it looks like differs per country. `AddressInput` is
 * the form for one from outside: it refuses what is no postal code or region of the country and keeps one form of each. What a
 * parcel still lacks is told by `missingFields` and `namesRecipient`, because a cart may be priced before its address is complete.
 */
import * as z from 'zod';
import {
  countryOf,
  fieldWords,
  findRegion,
  isRegionOfSeveral,
  type NeededField,
  RealCountry,
  suggestRegions,
} from './countries.ts';
import { readPostalCode } from './postal-codes.ts';
import { filledText, OptionalPhone, text } from './text.ts';

export const Address = z.strictObject({
  firstName: text(100).optional(),
  lastName: text(100).optional(),
  company: text(200).optional(),
  address1: filledText(200),
  address2: text(200).optional(),
  /** Not every country has one in its addresses. */
  city: text(100).optional(),
  /** ISO 3166-2, such as `US-CA`. It may be given by any name. */
  region: text(100).optional(),
  /** As the country writes it. */
  postalCode: text(20).optional(),
  country: RealCountry,
  phone: OptionalPhone.optional(),
});
export type Address = z.infer<typeof Address>;

/** What is wrong with one field of an address. */
interface AddressFault {
  readonly field: 'city' | 'region' | 'postalCode';
  readonly detail: string;
}

/** An address from outside. */
export const AddressInput = Address.check((context) => {
  const { address, faults } = readAddress(context.value);
  for (const { field, detail } of faults)
    context.issues.push({ code: 'custom', message: detail, path: [field], input: context.value[field] });
  context.value = address;
});

/**
 * An address with its region and postal code in the one form that is kept of them, and what is wrong with it. The empty text
 * says as little as no text.
 */
export function readAddress(given: Address): { readonly address: Address; readonly faults: readonly AddressFault[] } {
  const { region, postalCode, city, country, address1, ...optional } = given;
  const faults: AddressFault[] = [];
  const readRegion = isSaid(region) ? regionCodeOf(given.country, region) : undefined;
  if (readRegion?.ok === false) faults.push({ field: 'region', detail: readRegion.detail });
  const readCode = isSaid(postalCode) ? postalCodeOf(given.country, postalCode) : undefined;
  if (readCode?.ok === false) faults.push({ field: 'postalCode', detail: readCode.detail });
  const hasCity = isSaid(city);
  if (!hasCity && countryOf(given.country)?.needed.includes('city') === true)
    faults.push({ field: 'city', detail: tellField('city', given.country) });
  const { firstName, lastName, company, address2, phone } = optional;
  const address = {
    ...(isSaid(firstName) ? { firstName } : {}),
    ...(isSaid(lastName) ? { lastName } : {}),
    ...(isSaid(company) ? { company } : {}),
    address1,
    ...(isSaid(address2) ? { address2 } : {}),
    country,
    ...(isSaid(phone) ? { phone } : {}),
    ...(hasCity ? { city } : {}),
    ...(readRegion?.ok === true ? { region: readRegion.value } : {}),
    ...(readCode?.ok === true ? { postalCode: readCode.value } : {}),
  };
  return { address, faults };
}

type Read = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly detail: string };

/** The code of a region, or what to say of a text that is no region of the country. */
export function regionCodeOf(country: string, region: string): Read {
  const found = findRegion(country, region);
  if (found !== null) return { ok: true, value: found.code };
  const near = suggestRegions(country, region).map(({ name, code }) => `${name} (${code})`);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Choose one from the list of its regions.';
  const what = isRegionOfSeveral(country, region)
    ? `Several regions of this country may be called "${region}".`
    : `There is no region "${region}" in this country.`;
  return { ok: false, detail: `${what} ${hint}` };
}

function postalCodeOf(country: string, postalCode: string): Read {
  const rules = countryOf(country)?.postalCode ?? null;
  // Where there are none, whatever stands there does no harm.
  if (rules === null) return { ok: true, value: postalCode.trim() };
  const value = readPostalCode(country, rules, postalCode);
  if (value !== null) return { ok: true, value };
  const like = rules.example === '' ? '' : ` One looks like ${rules.example}.`;
  return { ok: false, detail: `This is no postal code of this country.${like}` };
}

const tellMissing: Readonly<Record<NeededField, string>> = {
  address1: 'Give the street and number.',
  city: 'Give the city.',
  region: 'Give the state, province or region.',
  postalCode: 'Give the postal code.',
};

/** What an address must have before anything is sent to it, with what to tell a person. */
export function missingFields(address: Address): readonly { readonly field: NeededField; readonly detail: string }[] {
  const needed = countryOf(address.country)?.needed ?? [];
  return needed
    .filter((field) => !isSaid(address[field]))
    .map((field) => ({ field, detail: tellField(field, address.country) }));
}

/** A parcel goes to somebody: the post of every country asks for a person or a company, in whichever of these fields. */
export const recipientFields = ['firstName', 'lastName', 'company'] as const satisfies readonly (keyof Address)[];

export function namesRecipient(address: Address): boolean {
  return recipientFields.some((field) => isSaid(address[field]));
}

/** What to give, in the word that the country has for it: an emirate, a prefecture, a ZIP code. */
export function tellField(field: NeededField, country: string | null): string {
  const called = field === 'address1' || country === null ? null : countryOf(country)?.called[field];
  const word = called === null || called === undefined ? undefined : fieldWords[called];
  return word === undefined ? tellMissing[field] : `Give the ${word}.`;
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
