/**
 * Money as integer minor units with an ISO 4217 currency, and the exact arithmetic on it. Nothing here is ever a float:
 * rates are decimal strings, fractions are BigInt pairs, and a value is rounded once, where the caller says so.
 */
import * as z from 'zod';
import { assert } from './result.ts';

/**
 * Currencies a price may be stated in, each with its digits after the decimal point.
 *
 * @see https://www.iso.org/iso-4217-currency-codes.html
 */
const exponents = {
  AED: 2,
  ARS: 2,
  AUD: 2,
  BDT: 2,
  BGN: 2,
  BHD: 3,
  BIF: 0,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CLP: 0,
  CNY: 2,
  COP: 2,
  CZK: 2,
  DJF: 0,
  DKK: 2,
  EGP: 2,
  EUR: 2,
  GBP: 2,
  GNF: 0,
  HKD: 2,
  HUF: 2,
  IDR: 2,
  ILS: 2,
  INR: 2,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KES: 2,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  MAD: 2,
  MXN: 2,
  MYR: 2,
  NGN: 2,
  NOK: 2,
  NZD: 2,
  OMR: 3,
  PEN: 2,
  PHP: 2,
  PKR: 2,
  PLN: 2,
  PYG: 0,
  QAR: 2,
  RON: 2,
  RWF: 0,
  SAR: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  TND: 3,
  TRY: 2,
  TWD: 2,
  UAH: 2,
  UGX: 0,
  USD: 2,
  UYU: 2,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  ZAR: 2,
} as const;

export const currencies = Object.keys(exponents) as readonly (keyof typeof exponents)[];

export const Currency = z.enum(currencies, { error: 'The ISO 4217 code of a currency, such as EUR.' });
export type Currency = z.infer<typeof Currency>;

/** The largest amount accepted anywhere: far below 2^53, so sums over a whole cart stay exact. */
export const amountMax = 1_000_000_000_000;

/** An amount on the wire: integer minor units of an ISO 4217 currency. */
export const Money = z.strictObject({ amount: z.int().min(-amountMax).max(amountMax), currency: Currency });
export type Money = z.infer<typeof Money>;

/** A price: money that is not negative. */
export const Price = z.strictObject({ amount: z.int().min(0).max(amountMax), currency: Currency });

export function money(amount: number, currency: Currency): Money {
  return { amount, currency };
}

/** Digits after the decimal point of a currency: 0, 2 or 3; 2 for a currency that is not listed. */
export function exponentOf(currency: string): number {
  const known: Readonly<Record<string, number>> = exponents;
  return known[currency] ?? 2;
}

export type RoundingMode = 'half-up' | 'down';

/** Rounds `numerator / denominator` once. `half-up` sends ties away from zero, `down` goes towards zero. */
export function roundFraction(numerator: bigint, denominator: bigint, mode: RoundingMode): number {
  assert(denominator > 0n, 'a denominator is positive');
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  const down = size / denominator;
  const isUp = mode === 'half-up' && (size % denominator) * 2n >= denominator;
  const rounded = isUp ? down + 1n : down;
  const result = Number(negative ? -rounded : rounded);
  assert(Number.isSafeInteger(result), 'an amount is a safe integer');
  return result === 0 ? 0 : result;
}

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Reads a decimal string such as `"0.19"` exactly. Throws on anything else: rates come from checked settings. */
export function parseRate(rate: string): Fraction {
  const known = parsedRates.get(rate);
  if (known !== undefined) return known;
  const parsed = readRate(rate);
  if (parsedRates.size >= parsedRatesMax) parsedRates.clear();
  parsedRates.set(rate, parsed);
  return parsed;
}

/** A shop has a few rates and reads them for every cart. */
const parsedRates = new Map<string, Fraction>();
const parsedRatesMax = 1_000;

function readRate(rate: string): Fraction {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(rate);
  assert(match !== null, `"${rate}" is not a decimal rate`);
  const whole = match[1] ?? '0';
  const decimals = match[2] ?? '';
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** Several rates over one denominator, so that they add up as they stand. */
export interface Rates {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/** Reads decimal strings such as `["0.05", "0.09975"]` exactly. Throws like `parseRate`. */
export function parseRates(rates: readonly string[]): Rates {
  const fractions = rates.map(parseRate);
  let denominator = 1n;
  for (const one of fractions) if (one.denominator > denominator) denominator = one.denominator;
  return { numerators: fractions.map((one) => one.numerator * (denominator / one.denominator)), denominator };
}

/** The sum of amounts; throws when it leaves the safe integers. */
export function sumOf(amounts: readonly number[]): number {
  let total = 0;
  for (const amount of amounts) {
    total += amount;
    assert(Number.isSafeInteger(total), 'an amount is a safe integer');
  }
  return total;
}

/** A unit price times a quantity; throws when it leaves the safe integers. */
export function multiply(amount: number, quantity: number): number {
  const product = amount * quantity;
  assert(Number.isSafeInteger(product), 'an amount is a safe integer');
  return product;
}

/** No integer with more digits is safe. */
const safeDigitsMax = 16;

/**
 * Reads a decimal amount such as `"-49.95"` into minor units, or answers null when it is not one: only digits, one optional
 * minus, one dot, at most as many decimals as the currency has, no leading zeros, no minus zero, nothing beyond 2^53 − 1.
 */
export function parseAmount(text: string, currency: string): number | null {
  const match = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const exponent = exponentOf(currency);
  const decimals = match[3] ?? '';
  if (decimals.length > exponent) return null;
  const digits = (match[2] ?? '0') + decimals.padEnd(exponent, '0');
  if (digits.length > safeDigitsMax) return null;
  const minor = Number(BigInt(digits));
  if (!Number.isSafeInteger(minor)) return null;
  if (match[1] === '') return minor;
  return minor === 0 ? null : -minor;
}

/** Reads a decimal price such as `"49.95"` into minor units: an amount that is not negative and not above `amountMax`. */
export function parseDecimal(text: string, currency: string): number | null {
  const minor = parseAmount(text, currency);
  return minor !== null && !text.startsWith('-') && minor <= amountMax ? minor : null;
}

/** Writes minor units as a decimal string: `1999 EUR` is `"19.99"`, `500 JPY` is `"500"`. */
export function formatDecimal(amount: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const text = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
  return amount < 0 ? `-${text}` : text;
}

/** Zeros behind the last decimal of a currency change nothing: other systems write `1200.00` for yen too. */
export function withoutIdleZeros(text: string, currency: string): string {
  const [, whole, kept = ''] = new RegExp(`^(\\d+)\\.(\\d{${exponentOf(currency)}})0+$`).exec(text) ?? [];
  if (whole === undefined) return text;
  return kept === '' ? whole : `${whole}.${kept}`;
}

/** An amount in a sentence: `19.99 EUR`. */
export function moneyText({ amount, currency }: Money): string {
  return `${formatDecimal(amount, currency)} ${currency}`;
}
