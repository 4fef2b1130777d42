/** Addresses from outside: what is refused and what a person is told, the one form that is kept, and what a parcel lacks. */
import { describe, expect, test } from 'vitest';
import { readWith } from '../http/faults.ts';
import { type Address, AddressInput, missingFields, readAddress } from './address.ts';

const base = { address1: 'Main Street 1', city: 'Town' };

function faultsOf(input: object): readonly (readonly [string, string])[] {
  const read = readWith(AddressInput, input);
  return read.isRead ? [] : read.faults.map(({ pointer, detail }) => [pointer.slice(1), detail]);
}

describe('an address', () => {
  test('keeps the code of its region and the usual form of its postal code', () => {
    const given = { ...base, country: 'CA', region: 'québec', postalCode: 'h3z2y7' };
    const kept = { ...given, region: 'CA-QC', postalCode: 'H3Z 2Y7' };
    expect(AddressInput.parse(given)).toEqual(kept);
    // Reading it again changes nothing.
    expect(readAddress(kept)).toEqual({ address: kept, faults: [] });
  });

  test('says nothing by an empty field', () => {
    const fields = ['firstName', 'lastName', 'company', 'address2', 'region', 'postalCode', 'phone'];
    for (const nothing of ['', ' ']) {
      const empty = Object.fromEntries(fields.map((field) => [field, nothing]));
      expect(AddressInput.parse({ ...base, country: 'DE', ...empty })).toEqual({ ...base, country: 'DE' });
    }
  });

  test('may have any postal code where there are none', () => {
    expect(AddressInput.parse({ ...base, country: 'HK', postalCode: ' 999077 ' }).postalCode).toBe('999077');
  });

  test('needs a city only where its country has them', () => {
    expect(faultsOf({ address1: 'Orchard Road 1', country: 'SG' })).toEqual([]);
    expect(faultsOf({ address1: 'Main Street 1', city: ' ', country: 'DE' })).toEqual([['city', 'Give the city.']]);
  });

  test.each([
    [
      { region: 'Atlantis' },
      'region',
      'There is no region "Atlantis" in this country. Choose one from the list of its regions.',
    ],
    [
      { region: 'Californa' },
      'region',
      'There is no region "Californa" in this country. Did you mean California (US-CA)?',
    ],
    [
      { country: 'AR', region: 'Buenos Aires', postalCode: '1000' },
      'region',
      'Several regions of this country may be called "Buenos Aires". Did you mean Buenos Aires Province (AR-B) or Buenos Aires City (AR-C)?',
    ],
    [{ postalCode: 'K1A 0B1' }, 'postalCode', 'This is no postal code of this country. One looks like 95014.'],
    [{ country: 'UK' }, 'country', 'There is no such country. Give its two letters of ISO 3166-1, such as DE or GB.'],
    [{ country: 'us' }, 'country', 'A country is two upper-case letters, such as DE (ISO 3166-1).'],
    [{ address1: undefined }, 'address1', 'Give the street and number.'],
    [{ address1: ' ' }, 'address1', 'Give the street and number.'],
  ])('with %j is refused in words', (wrong, field, message) => {
    expect(faultsOf({ ...base, country: 'US', ...wrong })).toEqual([[field, message]]);
  });
});

describe('a parcel', () => {
  const missing = (address: Partial<Address> & Pick<Address, 'country'>) =>
    missingFields({ ...base, ...address }).map(({ field }) => field);

  test('needs what the post of the country needs', () => {
    expect(missing({ country: 'US' })).toEqual(['region', 'postalCode']);
    expect(missing({ country: 'US', region: 'US-CA', postalCode: '90210' })).toEqual([]);
    expect(missing({ country: 'DE' })).toEqual(['postalCode']);
    expect(missing({ country: 'HK' })).toEqual(['region']);
    expect(missing({ country: 'AE' })).toEqual(['region']);
    expect(missing({ country: 'QA' })).toEqual([]);
  });
});

test.each([
  ['AE', ['Give the emirate.']],
  ['HK', ['Give the area.']],
  ['JP', ['Give the prefecture.', 'Give the postal code.']],
  ['US', ['Give the state.', 'Give the ZIP code.']],
  ['CA', ['Give the state, province or region.', 'Give the postal code.']],
] as const)('of a parcel to %s asks in the words of the country', (country, details) => {
  expect(missingFields({ ...base, country }).map(({ detail }) => detail)).toEqual(details);
});

describe('a telephone number', () => {
  const isTaken = (phone: string) =>
    AddressInput.safeParse({ ...base, country: 'DE', postalCode: '10115', phone }).success;

  test.each([
    '+49 30 1234567',
    '(030) 123-45',
    '030/1234.5',
    '555 1234 ext. 12',
    '5551234x12',
    '555 1234 #3',
    '',
    ' ',
    '٠٣٠١٢٣٤',
  ])('may be written "%s"', (phone) => {
    expect(isTaken(phone)).toBe(true);
  });

  test.each(['-', 'none', '1234', '+', '12 ext. 34567', 'call 030 1234', '030 1234 after six'])(
    'is not "%s"',
    (phone) => {
      expect(isTaken(phone)).toBe(false);
    },
  );
});
