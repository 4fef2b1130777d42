/**
 * Codes of gift cards: how one is made, read as people type it, and hashed. What is kept is the hash and four characters.
 * A code is looked up by its hash, so the time a look-up takes says nothing about how much of a guess was right.
 */
import { createHash } from 'node:crypto';
import { sha256 } from '../../../../shared/digest/sha256.ts';
import { toBase32 } from '../../../../shared/values/ids.ts';
import { normalizedCardCode } from '../../../../shared/values/typed-codes.ts';

/** Eighty bits: no number of guesses that a rate limit lets through finds one. */
const randomBytes = 10;
const codeLength = 16;

/** Makes a code such as `7Q2K-M0RX-…` from at least ten random bytes: without I, L, O and U, which read like others. */
export function makeCode(random: Uint8Array): string {
  let value = 0n;
  for (let index = 0; index < randomBytes; index += 1) value = (value << 8n) | BigInt(random[index] ?? 0);
  const text = toBase32(value, codeLength).toUpperCase();
  return (text.match(/.{4}/g) ?? []).join('-');
}

export function last4Of(code: string): string {
  return normalizedCardCode(code).slice(-4);
}

/** The hash under which a card is kept. Characters that are easily taken for one another count as the same. */
export function hashOfCode(code: string): Promise<string> {
  return sha256(hashedTextOf(code));
}

/** Whether a card that is kept under this hash has this code. */
export function isCodeOf(code: string, codeHash: string): boolean {
  return createHash('sha256').update(hashedTextOf(code)).digest('hex') === codeHash;
}

function hashedTextOf(code: string): string {
  return `gift card\n${normalizedCardCode(code).replaceAll('O', '0').replaceAll(/[IL]/g, '1')}`;
}
