/**
 * Ids: a prefix from one closed table and a sortable UUIDv7 in Crockford base 32, as in `prd_01jd…`. Ids of streams that
 * share objects also carry where their object is (region and shard), so an id leads straight to it. Time and randomness
 * are handed in: nothing here reads a clock.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
import * as z from 'zod';

export const prefixes = {
  product: 'prd',
  variant: 'var',
  collection: 'col',
  image: 'img',
  stockUnit: 'stk',
  location: 'loc',
  cart: 'cart',
  line: 'lin',
  checkout: 'chk',
  order: 'ord',
  payment: 'pay',
  event: 'evt',
  import: 'imp',
  bulkJob: 'job',
  request: 'req',
  market: 'mkt',
  shippingRate: 'shr',
  promotion: 'pro',
  priceList: 'plt',
  taxRate: 'txr',
  giftCard: 'gft',
  deadLetter: 'ded',
  transfer: 'trf',
  discountCode: 'cod',
  codeBatch: 'cbt',
} as const;

export type IdKind = keyof typeof prefixes;

/** What an id is made of: the time in milliseconds since 1970 and sixteen random bytes. */
export interface Entropy {
  readonly now: number;
  readonly random: Uint8Array;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const tailPattern = '[0-7][0-9a-hjkmnp-tv-z]{25}';

/** The 26 characters after the prefix: a UUIDv7 in base 32, of which the first stands for three bits. */
export function sortableTail({ now, random }: Entropy): string {
  const byte = (index: number) => random[index] ?? 0;
  let text = '';
  let bits = 0;
  let held = 2;
  const write = (value: number) => {
    bits = (bits << 8) | value;
    for (held += 8; held >= 5; held -= 5) text += alphabet.charAt((bits >> (held - 5)) & 31);
    bits &= (1 << held) - 1;
  };
  for (let shift = 40; shift >= 0; shift -= 8) write(Math.floor(now / 2 ** shift) % 256);
  write(0x70 | (byte(0) & 0x0f));
  write(byte(1));
  write(0x80 | (byte(2) & 0x3f));
  for (let index = 3; index < 10; index += 1) write(byte(index));
  return text;
}

/** Writes a number in Crockford base 32 with leading zeros. */
export function toBase32(value: bigint, length: number): string {
  let text = '';
  for (let left = value, index = 0; index < length; index += 1) {
    text = (alphabet[Number(left & 31n)] ?? '0') + text;
    left >>= 5n;
  }
  return text;
}

/** Reads Crockford base 32 back; null when a character is foreign. */
export function fromBase32(text: string): bigint | null {
  let value = 0n;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return null;
    value = (value << 5n) | BigInt(digit);
  }
  return value;
}

export function makeId(kind: IdKind, entropy: Entropy): string {
  return `${prefixes[kind]}_${sortableTail(entropy)}`;
}

/** The schema of an ordinary id of one kind. */
export function Id(kind: IdKind) {
  return z.string().regex(new RegExp(`^${prefixes[kind]}_${tailPattern}$`), {
    error: `Not an id of this kind (${prefixes[kind]}_…).`,
  });
}

const tailForm = new RegExp(`^${tailPattern}$`);

/** The millisecond at which an id was made, read from the first ten characters of its tail; null when it is not an id. */
export function madeAt(id: string): number | null {
  const start = id.indexOf('_') + 1;
  const tail = id.slice(start, start + 26);
  if (!tailForm.test(tail)) return null;
  let time = 0;
  for (let index = 0; index < 10; index += 1) time = time * 32 + alphabet.indexOf(tail.charAt(index));
  return time;
}

/** The same tail under another prefix: a checkout and its order share one. */
export function sibling(id: string, kind: IdKind): string {
  return `${prefixes[kind]}_${id.slice(id.indexOf('_') + 1)}`;
}

/** Prefix, sortable part and place of a checkout's id; the order has these, and not the seal that follows. */
const unsealedLength = 'chk_'.length + 26 + 3;

/** The order that a checkout became or becomes; also of a key that begins with the id of the checkout. */
export function orderIdOf(checkoutId: string): string {
  return sibling(checkoutId.slice(0, unsealedLength), 'order');
}
