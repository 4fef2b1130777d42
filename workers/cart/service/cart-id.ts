/**
 * Cart ids. An id says where the cart's object is and in which country and currency the cart began, and is sealed with a
 * keyed hash: a cart that holds nothing yet needs no storage, and an id that we did not make is no cart.
 *
 * Form: `cart_` + 26 sortable characters + 3 of place + 5 of country and currency + 8 of seal.
 */
import { createHmac } from 'node:crypto';
import type { Secrets } from '../../../shared/digest/shop-secrets.ts';
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
  [secret]: Secrets,
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
export function readCartId(cartId: string, secrets: Secrets): ReadCartId | null {
  const name = `${secrets.join('\n')}\n${cartId}`;
  const known = sealed.get(name);
  if (known !== undefined) return known;
  const read = readOwnCartId(cartId);
  if (read === null) return null;
  const [unsealed, seal] = [cartId.slice(0, -sealLength), cartId.slice(-sealLength)];
  if (!secrets.some((secret) => sealOf(unsealed, secret) === seal)) return null;
  sealed.set(name, read);
  return read;
}

/** Reads an id that the shop itself has kept: it was sealed when it came in, perhaps with a secret that is gone. */
export function readOwnCartId(cartId: string): ReadCartId | null {
  const match = form.exec(cartId);
  const place = decodePlace(match?.[2] ?? '');
  const currency = Currency.safeParse(match?.[4]?.toUpperCase());
  const createdAt = madeAt(cartId);
  if (match === null || place === null || !currency.success || createdAt === null) return null;
  return { place, origin: { country: (match[3] ?? '').toUpperCase(), currency: currency.data, createdAt } };
}
