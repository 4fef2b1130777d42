/**
 * Turns the credential of a request into who asks. There is one credential so far, the admin key of the shop, and its holder
 * has the scope `*`. While the key is replaced, the previous one counts as well. Keys are compared by SHA-256 digest in constant
 * time, and each with all; the digests of the configured keys are kept in memory, so a call costs one digest. Without a configured
 * key nobody is authenticated.
 */
import type { Actor } from '../../shared/http/actor.ts';

/** Who asks, apart from where and in which request. */
export type Identity = Pick<Actor, 'kind' | 'id' | 'scopes'>;

interface AdminKeys {
  readonly VITRINE_ADMIN_KEY?: string;
  readonly VITRINE_ADMIN_KEY_PREVIOUS?: string;
}

/** Finds out who holds the credential of a request, or that there is none, or a wrong one. */
export type Authenticate = (headers: Headers, settings: AdminKeys) => Promise<Identity | 'missing' | 'wrong'>;

const merchant: Identity = { kind: 'key', id: 'admin', scopes: ['*'] };

/** Longer than any key; a longer header is not digested. */
const keyLengthMax = 512;

let configured: { readonly keys: readonly string[]; readonly digests: readonly ArrayBuffer[] } = {
  keys: [],
  digests: [],
};

/** Checks `Authorization: Bearer` or `X-Api-Key` against the configured key. */
export const authenticate: Authenticate = async (headers, settings) => {
  const key = credentialOf(headers);
  if (key === null) return 'missing';
  const keys = [settings.VITRINE_ADMIN_KEY, settings.VITRINE_ADMIN_KEY_PREVIOUS].filter((one) => one !== undefined);
  if (key === '' || key.length > keyLengthMax) return 'wrong';
  const expected = await digestsOf(keys);
  const digest = await digestOf(key);
  const isKnown = expected.map((one) => crypto.subtle.timingSafeEqual(digest, one));
  return isKnown.includes(true) ? merchant : 'wrong';
};

async function digestsOf(keys: readonly string[]): Promise<readonly ArrayBuffer[]> {
  const isKept = keys.length === configured.keys.length && keys.every((key, index) => key === configured.keys[index]);
  if (!isKept) configured = { keys, digests: await Promise.all(keys.map(digestOf)) };
  return configured.digests;
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
