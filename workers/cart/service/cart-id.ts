/**
 * Cart ids. An id says where the cart's object is and in which country and currency the cart began, and is sealed with a
 * keyed hash: a cart that holds nothing yet needs no storage, and an id that we did not make is no cart.
 *
 * Form: `cart_` + 26 sortable characters + 3 of place + 5 of country and currency + 8 of seal.
 */
import { createHmac } from 'node:crypto';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { type Entropy, madeAt, sortableTail, toBase32 } from '../../../shared/values/ids.ts';
import { Currency } from '../../../shared/values/money.ts';
import { decodePlace, encodePlace, type Place } from '../../../shared/values/placement.ts';
import type { CartOrigin } from '../domain/cart.ts';

const form = /^cart_([0-7][0-9a-hjkmnp-tv-z]{25})([a-z][0-9a-z]{2})([a-z]{2})([a-z]{3})([0-9a-z]{8})$/;

/** Forty bits of HMAC-SHA-256: guessing one costs 2^39 requests, and gains an empty cart. */
const sealLength = 8;

function sealOf(unsealed: string, secret: string): string {
  const digest = createHmac('sha256', `cart-id:${secret}`).update(unsealed).digest();
  const bits = digest.subarray(0, 5).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return toBase32(bits, sealLength);
}

export function makeCartId(
  place: Place,
  { country, currency }: Pick<CartOrigin, 'country' | 'currency'>,
  entropy: Entropy,
  secret: string,
): string {
  const unsealed = `cart_${sortableTail(entropy)}${encodePlace(place)}${(country + currency).toLowerCase()}`;
  return unsealed + sealOf(unsealed, secret);
}

export interface ReadCartId {
  readonly place: Place;
  readonly origin: CartOrigin;
}

/** Ids whose seal this isolate has found right: a cart is asked for many times while it is filled and bought. */
const sealed = new BoundedMap<string, ReadCartId>(2 * megabyte);

/** Reads an id, or answers null when it is none of ours. */
export function readCartId(cartId: string, secret: string): ReadCartId | null {
  const known = sealed.get(secret + cartId);
  if (known !== undefined) return known;
  const match = form.exec(cartId);
  const place = decodePlace(match?.[2] ?? '');
  const currency = Currency.safeParse(match?.[4]?.toUpperCase());
  const createdAt = madeAt(cartId);
  if (match === null || place === null || !currency.success || createdAt === null) return null;
  const unsealed = cartId.slice(0, -sealLength);
  if (sealOf(unsealed, secret) !== match[5]) return null;
  const origin = { country: (match[3] ?? '').toUpperCase(), currency: currency.data, createdAt };
  const read = { place, origin };
  sealed.set(secret + cartId, read);
  return read;
}
