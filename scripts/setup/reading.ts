/** How what somebody types is read: each reader gives a value, or says in a sentence what to give instead. */
import type * as z from 'zod';
import { readWith } from '../../shared/http/faults.ts';
import { countryCodes } from '../../shared/values/countries.ts';
import { type Currency, currencies, formatDecimal, type Money, parseDecimal } from '../../shared/values/money.ts';

type Read<Value> = { readonly value: Value } | { readonly fault: string };
export type Reader<Value> = (text: string) => Read<Value>;

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
export const countryName = (code: string): string => countryNames.of(code) ?? code;

/** A text by a schema; the empty one is null where that is allowed. */
export function readBy<Schema extends z.ZodType>(schema: Schema): Reader<z.infer<Schema>> {
  return (text) => {
    const read = readWith(schema, text);
    return read.isRead ? { value: read.value } : { fault: read.faults[0]?.detail ?? 'This cannot be used.' };
  };
}

export function orNothing<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (text) => (text === '' || text === '-' ? { value: null } : reader(text));
}

export const readYesNo: Reader<boolean> = (text) => {
  if (/^y(?:es)?$/i.test(text)) return { value: true };
  return /^no?$/i.test(text) ? { value: false } : { fault: 'Answer yes or no.' };
};

/** A code of two letters, or the English name. */
export const readCountry: Reader<string> = (text) => {
  const wanted = text.trim().toLowerCase();
  const found = countryCodes.find(
    (code) => code.toLowerCase() === wanted || countryName(code).toLowerCase() === wanted,
  );
  if (found !== undefined) return { value: found };
  return { fault: `"${text}" is no country. Give its two letters, such as DE or GB, or its name in English.` };
};

export const readCountries: Reader<readonly string[]> = (text) => {
  const found: string[] = [];
  for (const word of text.split(',').map((one) => one.trim())) {
    if (word === '') continue;
    const read = readCountry(word);
    if ('fault' in read) return read;
    if (!found.includes(read.value)) found.push(read.value);
  }
  return { value: found };
};

export const readCurrency: Reader<Currency> = (text) => {
  const found = currencies.find((code) => code === text.trim().toUpperCase());
  return found === undefined
    ? { fault: `"${text}" is no currency that prices may be in, such as EUR.` }
    : { value: found };
};

/** "19", "19 %" and "8,1" as the decimal that the shop keeps: nothing is ever a float. */
export const readPercent: Reader<string> = (text) => {
  const match = /^(\d{1,3})(?:[.,](\d{1,6}))?\s*%?$/.exec(text.trim());
  if (match === null) return { fault: 'Give a percentage, such as 19 or 8.1.' };
  const [whole = '', decimals = ''] = [match[1], match[2]];
  const digits = `${whole.padStart(3, '0')}${decimals}`;
  const rate = `${Number(digits.slice(0, -2 - decimals.length))}.${digits.slice(-2 - decimals.length)}`;
  const plain = rate.replace(/0+$/, '').replace(/\.$/, '');
  if (/^(?:0|1)$/.test(plain) || plain.startsWith('0.')) return { value: plain };
  return { fault: 'A rate is 100 % at most.' };
};

/** "0.081" as "8.1". */
export function percentOf(rate: string): string {
  const [whole = '0', decimals = ''] = rate.split('.');
  const padded = decimals.padEnd(2, '0');
  const percent = `${whole}${padded.slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  const rest = padded.slice(2).replace(/0+$/, '');
  return rest === '' ? percent : `${percent}.${rest}`;
}

export function readPrice(currency: Currency): Reader<Money> {
  return (text) => {
    const amount = parseDecimal(text.trim().replace(',', '.'), currency);
    if (amount !== null) return { value: { amount, currency } };
    return { fault: `Give an amount in ${currency}, such as ${formatDecimal(490, currency)}.` };
  };
}
