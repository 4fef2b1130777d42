/**
 * Reads the `Idempotency-Key` of a request. The key is scoped to the caller, and the body is fingerprinted, so that the
 * owner of the effect can tell a retry (same answer again) from a reuse (refused). What an owner keeps: `values/idempotency.ts`.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { sha256 } from '../digest/sha256.ts';
import type { IdempotencyKey } from '../values/idempotency.ts';
import type { Actor } from './actor.ts';
import { problem } from './problem.ts';

export const replayedHeader = { 'idempotency-replayed': 'true' };

/** The key of a request, null when it has none, or the problem to answer. */
export async function idempotencyKeyOf(
  request: Request,
  actor: Actor,
  bodyText: string,
  isRequired: boolean,
): Promise<IdempotencyKey | null | Response> {
  const header = request.headers.get('idempotency-key');
  if (header === null) {
    if (!isRequired) return null;
    return problem('idempotency-key-missing', {
      detail: 'Send an Idempotency-Key header: a UUID of your own per intended order.',
      requestId: actor.requestId,
    });
  }
  const key = header.startsWith('"') && header.endsWith('"') && header.length > 1 ? header.slice(1, -1) : header;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    return problem('idempotency-key-invalid', {
      detail: '1 to 255 printable ASCII characters without spaces.',
      requestId: actor.requestId,
    });
  }
  const path = new URL(request.url).pathname;
  return {
    key: await sha256(`${actor.kind}:${actor.id}\n${request.method} ${path}\n${key}`),
    fingerprint: await sha256(`${request.method} ${path}\n${bodyText}`),
  };
}
