/**
 * Turns the credential of a request into who asks. There is one credential so far, the admin key of the shop, and its holder
 * has the scope `*`. The key is compared by SHA-256 digest in constant time; the digest of the configured key is kept in
 * memory, so a call costs one digest. Without a configured key nobody is authenticated.
 */
import type { Actor } from '../../shared/http/actor.ts';

/** Who asks, apart from where and in which request. */
export type Identity = Pick<Actor, 'kind' | 'id' | 'scopes'>;

/** Finds out who holds the credential of a request, or that there is none, or a wrong one. */
export type Authenticate = (
  headers: Headers,
  settings: { readonly VITRINE_ADMIN_KEY?: string },
) => Promise<Identity | 'missing' | 'wrong'>;

const merchant: Identity = { kind: 'key', id: 'admin', scopes: ['*'] };

/** Longer than any key; a longer header is not digested. */
const keyLengthMax = 512;

let configured: { readonly key: string; readonly digest: ArrayBuffer } | undefined;

/** Checks `Authorization: Bearer` or `X-Api-Key` against the configured key. */
export const authenticate: Authenticate = async (headers, { VITRINE_ADMIN_KEY: adminKey }) => {
  const key = credentialOf(headers);
  if (key === null) return 'missing';
  if (adminKey === undefined || key === '' || key.length > keyLengthMax) return 'wrong';
  if (configured?.key !== adminKey) configured = { key: adminKey, digest: await digestOf(adminKey) };
  const expected = configured.digest;
  return crypto.subtle.timingSafeEqual(await digestOf(key), expected) ? merchant : 'wrong';
};

/** An Authorization header of another scheme is a credential that is wrong, not one that is missing. */
function credentialOf(headers: Headers): string | null {
  const authorization = headers.get('authorization');
  if (authorization === null) return headers.get('x-api-key');
  return /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? '';
}

function digestOf(key: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
}
