/**
 * Encrypts the payment tokens that checkouts store. A checkout needs its token again when a crash came before the provider was
 * asked, but a reader of the storage must not be able to pay with it. It is encrypted when the request arrives, for one order, and
 * decrypted only to call the payments Worker.
 */
import { sha256 } from '../../../shared/digest/sha256.ts';
import type { Secrets } from '../../../shared/digest/shop-secrets.ts';
import { assert } from '../../../shared/values/result.ts';
import type { PaymentChoice } from '../domain/checkout/payments.ts';

interface PaymentWish extends Pick<PaymentChoice, 'provider' | 'isByMerchant'> {
  readonly methodId?: string | undefined;
  readonly token?: string | null | undefined;
  readonly returnUrl?: string | null | undefined;
}

const algorithm = 'AES-GCM';
const ivBytes = 12;
/** Tells a sealed token from any that a provider hands out. */
const prefix = 'sealed.';

async function keyOf(orderId: string, secret: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`payment-token:${secret}\n${orderId}`));
  return crypto.subtle.importKey('raw', digest, algorithm, false, ['encrypt', 'decrypt']);
}

async function sealToken(token: string, orderId: string, secret: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const data = new TextEncoder().encode(token);
  const sealed = await crypto.subtle.encrypt({ name: algorithm, iv }, await keyOf(orderId, secret), data);
  return prefix + btoa(String.fromCharCode(...iv, ...new Uint8Array(sealed)));
}

/** How a shopper wishes to pay, as it is kept for one order. */
export async function sealed(
  { provider, token = null, returnUrl = null, methodId, isByMerchant }: PaymentWish,
  orderId: string,
  secrets: Secrets,
): Promise<PaymentChoice> {
  const how = {
    ...(methodId === undefined ? {} : { methodId }),
    ...(isByMerchant === undefined ? {} : { isByMerchant }),
  };
  if (token === null) return { provider, token, mark: null, returnUrl, ...how };
  const [secret, ...previous] = secrets;
  const [kept, mark] = await Promise.all([sealToken(token, orderId, secret), markOf(token, orderId, secret)]);
  const formerMarks = await Promise.all(previous.map((former) => markOf(token, orderId, former)));
  const former = formerMarks.length === 0 ? {} : { formerMarks };
  return { provider, token: kept, mark, returnUrl, ...how, ...former };
}

/** The same for another order: a request may go on with a checkout that is not the one it was sealed for. */
export async function resealed(
  choice: PaymentChoice,
  { from, to }: { readonly from: string; readonly to: string },
  secrets: Secrets,
): Promise<PaymentChoice> {
  if (choice.token === null || from === to) return choice;
  return sealed({ ...choice, token: await openToken(choice.token, from, secrets) }, to, secrets);
}

/** Tells whether two tokens of one order are the same, without saying what they are: without the secret none can be tried out. */
function markOf(token: string, orderId: string, secret: string): Promise<string> {
  return sha256(`payment-mark:${secret}\n${orderId}\n${token}`);
}

/** Throws when it was sealed for another order, or under none of these secrets. */
export async function openToken(sealed: string, orderId: string, secrets: Secrets): Promise<string> {
  assert(sealed.startsWith(prefix), 'a payment token is kept sealed');
  const bytes = Uint8Array.from(atob(sealed.slice(prefix.length)), (character) => character.charCodeAt(0));
  const [iv, data] = [bytes.slice(0, ivBytes), bytes.slice(ivBytes)];
  const opened = await Promise.any(
    secrets.map(async (secret) => crypto.subtle.decrypt({ name: algorithm, iv }, await keyOf(orderId, secret), data)),
  );
  return new TextDecoder().decode(opened);
}
