/**
 * Tells the merchant from everybody else. The admin key is compared by SHA-256 digest in constant time; the digest of the
 * configured key is kept in memory, so a call costs one digest. Without a configured key nobody is an admin.
 */

export type Authentication = 'admin' | 'missing' | 'wrong';

/** Longer than any key; a longer header is not digested. */
const keyLengthMax = 512;

let configured: { readonly key: string; readonly digest: ArrayBuffer } | undefined;

/** Checks `Authorization: Bearer` or `X-Api-Key` against the configured key. */
export async function authenticateAdmin(headers: Headers, adminKey: string | undefined): Promise<Authentication> {
  const key = credentialOf(headers);
  if (key === null) return 'missing';
  if (adminKey === undefined || key === '' || key.length > keyLengthMax) return 'wrong';
  if (configured?.key !== adminKey) configured = { key: adminKey, digest: await digestOf(adminKey) };
  const expected = configured.digest;
  return crypto.subtle.timingSafeEqual(await digestOf(key), expected) ? 'admin' : 'wrong';
}

/** An Authorization header of another scheme is a credential that is wrong, not one that is missing. */
function credentialOf(headers: Headers): string | null {
  const authorization = headers.get('authorization');
  if (authorization === null) return headers.get('x-api-key');
  return /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? '';
}

function digestOf(key: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
}
