/**
 * Money as integer minor units with an ISO 4217 currency, and the exact arithmetic on it. Nothing here is ever a float:
 * rates are decimal strings, fractions are BigInt pairs, and a value is rounded once, where the caller says so.
 */
import * as z from 'zod';
import { assert } from './result.ts';

/** Exponents that differ from 2. @see https://www.iso.org/iso-4217-currency-codes.html */
const exponents: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

/** Currencies a price may be stated in. */
export const currencies = [
  'AED',
  'ARS',
  'AUD',
  'BDT',
  'BGN',
  'BHD',
  'BIF',
  'BRL',
  'CAD',
  'CHF',
  'CLP',
  'CNY',
  'COP',
  'CZK',
  'DJF',
  'DKK',
  'EGP',
  'EUR',
  'GBP',
  'GNF',
  'HKD',
  'HUF',
  'IDR',
  'ILS',
  'INR',
  'IQD',
  'ISK',
  'JOD',
  'JPY',
  'KES',
  'KMF',
  'KRW',
  'KWD',
  'LYD',
  'MAD',
  'MXN',
  'MYR',
  'NGN',
  'NOK',
  'NZD',
  'OMR',
  'PEN',
  'PHP',
  'PKR',
  'PLN',
  'PYG',
  'QAR',
  'RON',
  'RWF',
  'SAR',
  'SEK',
  'SGD',
  'THB',
  'TND',
  'TRY',
  'TWD',
  'UAH',
  'UGX',
  'USD',
  'UYU',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
  'ZAR',
] as const;

export const Currency = z.enum(currencies);
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

/** Digits after the decimal point of a currency: 0, 2 or 3. */
export function exponentOf(currency: string): number {
  return exponents[currency] ?? 2;
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
  const match = /^(\d+)(?:\.(\d+))?$/.exec(rate);
  assert(match !== null, `"${rate}" is not a decimal rate`);
  const whole = match[1] ?? '0';
  const decimals = match[2] ?? '';
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** Splits an amount over weights by largest remainder: the parts add up to the amount exactly, ties go to the first. */
export function allocate(amount: number, weights: readonly number[]): number[] {
  if (weights.length === 0) return [];
  if (amount < 0) return allocate(-amount, weights).map((part) => (part === 0 ? 0 : -part));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = total === 0 ? weights.map(() => 1) : weights;
  const whole = BigInt(total === 0 ? weights.length : total);
  const exact = shares.map((share) => BigInt(amount) * BigInt(share));
  const parts = exact.map((share) => Number(share / whole));
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  let left = amount - parts.reduce((sum, part) => sum + part, 0);
  for (const { index } of byRemainder) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

/**
 * Reads a decimal price such as `"49.95"` into minor units, or answers null when it is not one: only digits, one dot,
 * at most as many decimals as the currency has.
 */
export function parseDecimal(text: string, currency: string): number | null {
  const match = /^(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const exponent = exponentOf(currency);
  const decimals = match[2] ?? '';
  if (decimals.length > exponent) return null;
  const minor = Number((match[1] ?? '0') + decimals.padEnd(exponent, '0'));
  return minor <= amountMax ? minor : null;
}

/** Writes minor units as a decimal string: `1999 EUR` is `"19.99"`, `500 JPY` is `"500"`. */
export function formatDecimal(amount: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const text = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
  return amount < 0 ? `-${text}` : text;
}
