/**
 * Reads the `Idempotency-Key` of a request. The key is scoped to the caller, and the body is fingerprinted, so that the
 * owner of the effect can tell a retry (same answer again) from a reuse (refused).
 *
 * The rule for what an owner keeps: an answer that is final. That is a success, and a refusal of the domain as 402, 409 or
 * 422; a repetition gets it again whatever has changed since. Not kept, so that the same key may be tried again: input that
 * cannot be read (400), what is not there (404), a version that has moved on (412), what is still processing (202), our own
 * failures (5xx), and what is refused because of the key itself. The kept answer is looked up before anything is checked.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { sha256 } from '../digest/sha256.ts';
import type { Actor } from './actor.ts';
import { problem } from './problem.ts';

/** How long an answer is kept at least. */
export const idempotencyTtlMs = 24 * 60 * 60 * 1000;

export const replayedHeader = { 'idempotency-replayed': 'true' };

/** Whether an answer with this status is kept under its key, by the rule above. */
export function isFinalStatus(status: number): boolean {
  return status < 300 ? status !== 202 : status === 402 || status === 409 || status === 422;
}

export interface IdempotencyKey {
  /** Scoped to caller and operation; safe to store. */
  readonly key: string;
  /** SHA-256 of method, address and body. */
  readonly fingerprint: string;
}

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
