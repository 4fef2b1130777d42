/**
 * An answer that is kept for a repetition must hold the code of its card, and the database must not. So the code is kept
 * encrypted with the caller's Idempotency-Key, of which the database has a hash only: who repeats the request can read it,
 * for as long as the answer is kept. It is as safe as that key is hard to guess.
 */
const algorithm = 'AES-GCM';
const ivBytes = 12;

async function keyOf(idempotencyKey: string): Promise<CryptoKey> {
  const secret = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`gift card code\n${idempotencyKey}`));
  return crypto.subtle.importKey('raw', secret, algorithm, false, ['encrypt', 'decrypt']);
}

export async function seal(code: string, idempotencyKey: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const data = new TextEncoder().encode(code);
  const sealed = await crypto.subtle.encrypt({ name: algorithm, iv }, await keyOf(idempotencyKey), data);
  return btoa(String.fromCharCode(...iv, ...new Uint8Array(sealed)));
}

/** Throws when it was sealed with another key. */
export async function unseal(sealed: string, idempotencyKey: string): Promise<string> {
  const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0));
  const [iv, data] = [bytes.slice(0, ivBytes), bytes.slice(ivBytes)];
  return new TextDecoder().decode(
    await crypto.subtle.decrypt({ name: algorithm, iv }, await keyOf(idempotencyKey), data),
  );
}
