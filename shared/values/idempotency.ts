/**
 * What an idempotency key means, for every owner of an effect: the same key and the same request get the same answer.
 *
 * An owner keeps an answer that is final. That is a success, and a refusal of the domain as 402, 409 or 422; a repetition gets
 * it again whatever has changed since. Not kept, so that the same key may be tried again: input that cannot be read (400), what
 * is not there (404), a version that has moved on (412), what is still processing (202), our own failures (5xx), and what is
 * refused because of the key itself. The kept answer is looked up before anything is checked.
 */
import { dayMs } from './time.ts';

export interface IdempotencyKey {
  /** Scoped to caller and operation; safe to store. */
  readonly key: string;
  /** A hash of method, address and body. */
  readonly fingerprint: string;
}

/** How long an answer is kept at least. */
export const idempotencyTtlMs = dayMs;

/** Whether an answer with this status is kept under its key, by the rule above. */
export function isFinalStatus(status: number): boolean {
  return status < 300 ? status !== 202 : status === 402 || status === 409 || status === 422;
}
