/**
 * Encrypts the payment tokens that checkouts store. A checkout needs its token again when a crash came before the provider was
 * asked, but a reader of the storage must not be able to pay with it. It is encrypted when the request arrives, for one order, and
 * decrypted only to call the payments Worker.
 */
import { assert } from '../../../shared/values/result.ts';

const algorithm = 'AES-GCM';
const ivBytes = 12;
/** Tells a sealed token from any that a provider hands out. */
const prefix = 'sealed.';

async function keyOf(orderId: string, secret: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`payment-token:${secret}\n${orderId}`));
  return crypto.subtle.importKey('raw', digest, algorithm, false, ['encrypt', 'decrypt']);
}

export async function sealToken(token: string, orderId: string, secret: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const data = new TextEncoder().encode(token);
  const sealed = await crypto.subtle.encrypt({ name: algorithm, iv }, await keyOf(orderId, secret), data);
  return prefix + btoa(String.fromCharCode(...iv, ...new Uint8Array(sealed)));
}

/** The same token for another order: a request may go on with a checkout that is not the one it was sealed for. */
export async function resealToken(
  sealed: string,
  { from, to }: { readonly from: string; readonly to: string },
  secret: string,
): Promise<string> {
  return from === to ? sealed : sealToken(await openToken(sealed, from, secret), to, secret);
}

/** Throws when it was sealed for another order, or under another secret. */
export async function openToken(sealed: string, orderId: string, secret: string): Promise<string> {
  assert(sealed.startsWith(prefix), 'a payment token is kept sealed');
  const bytes = Uint8Array.from(atob(sealed.slice(prefix.length)), (character) => character.charCodeAt(0));
  const [iv, data] = [bytes.slice(0, ivBytes), bytes.slice(ivBytes)];
  return new TextDecoder().decode(
    await crypto.subtle.decrypt({ name: algorithm, iv }, await keyOf(orderId, secret), data),
  );
}
