/**
 * Reads the `Idempotency-Key` of a request. The key is scoped to the caller, and the body is fingerprinted, so that the
 * owner of the effect can tell a retry (same answer again) from a reuse (refused). What an owner keeps: `values/idempotency.ts`.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { sha256 } from '../digest/sha256.ts';
import { cardNumberFault } from '../values/card-number.ts';
import type { IdempotencyKey } from '../values/idempotency.ts';
import type { Actor } from './actor.ts';
import { problem } from './problem.ts';

export const replayedHeader = { 'idempotency-replayed': 'true' };

/** A request as far as its key is concerned. */
interface KeyedRequest {
  readonly request: Request;
  readonly actor: Actor;
  /** The same key in another scope is another key: see `keyScopeOf`. */
  readonly scope: string;
  /** The body, or what stands for it. */
  readonly content: string;
  readonly isRequired: boolean;
}

/**
 * Whose key it is. A caller with a credential is the scope of its keys. A guest has none and may retry from another network, so
 * for a guest it is the cart, checkout or order that the request is about, which only its shopper may touch.
 */
export function keyScopeOf({ kind, id }: Actor, params: unknown, body: unknown): string {
  const about =
    kind === 'guest'
      ? (textIn(params, 'cartId') ??
        textIn(params, 'checkoutId') ??
        textIn(params, 'orderId') ??
        textIn(body, 'cartId'))
      : null;
  return `${kind}:${about ?? id}`;
}

function textIn(value: unknown, name: string): string | null {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null;
  return typeof found === 'string' ? found : null;
}

/** The key of a request, null when it has none, or the problem to answer. */
export async function idempotencyKeyOf({
  request,
  actor: { requestId },
  scope,
  content,
  isRequired,
}: KeyedRequest): Promise<IdempotencyKey | null | Response> {
  const header = request.headers.get('idempotency-key');
  if (header === null) {
    if (!isRequired) return null;
    const detail =
      'Send an Idempotency-Key header: a new UUID for each time that you want this, and the same one when you retry.';
    return problem('idempotency-key-missing', { detail, requestId });
  }
  const key = header.startsWith('"') && header.endsWith('"') && header.length > 1 ? header.slice(1, -1) : header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const detail = '1 to 255 printable ASCII characters without spaces.';
    return problem('idempotency-key-invalid', { detail, requestId });
  }
  const cardFault = cardNumberFault(key, null);
  if (cardFault !== null) return problem('idempotency-key-invalid', { detail: cardFault, requestId });
  const { pathname, search } = new URL(request.url);
  const [hashedKey, fingerprint] = await Promise.all([
    sha256(`${scope}\n${request.method} ${pathname}\n${key}`),
    sha256(`${request.method} ${pathname}${search}\n${content}`),
  ]);
  return { key: shortened(hashedKey), fingerprint: shortened(fingerprint) };
}

/** The key of a request whose body is read by its handler: content of another body is another request. */
export async function withContent(key: IdempotencyKey | null, content: string): Promise<IdempotencyKey | null> {
  if (key === null) return null;
  return { ...key, fingerprint: shortened(await sha256(`${key.fingerprint}\n${content}`)) };
}

/** 128 bits: no two keys of a shop meet, and the index of kept answers is half as large. */
const shortened = (hash: string) => hash.slice(0, 32);
