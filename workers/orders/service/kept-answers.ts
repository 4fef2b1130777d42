/**
 * The same key gets the same answer: from storage, or from the request that is still running. It also remembers which
 * checkout ids were given up, because what undoes them may arrive late.
 */
import { idempotencyTtlMs, isFinalStatus } from '../../../shared/http/idempotency.ts';
import type { StreamStorage } from '../../../shared/streams/streams.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { type Asked, type CheckoutAnswer, problemAnswer } from './requests.ts';

interface Ports {
  readonly storage: Pick<StreamStorage<unknown>, 'answer' | 'saveAnswer'>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** How long a repeated request waits for the one it repeats before it is told that it is still running. */
const joinMs = 2 * secondMs;

/** Keys of requests are hashes, so none is ever like this. */
const barKeyOf = (checkoutId: string) => `barred:${checkoutId}`;

export class KeptAnswers {
  readonly #ports: Ports;
  readonly #running = new Map<string, { readonly fingerprint: string; readonly answer: Promise<CheckoutAnswer> }>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Does the work unless it was done, or is being done, under the same key. */
  async once(asked: Asked, work: () => Promise<CheckoutAnswer>): Promise<CheckoutAnswer> {
    const { idempotency, requestId } = asked;
    const { key, fingerprint } = idempotency;
    const kept = this.find(asked);
    if (kept !== null) return kept;
    const running = this.#running.get(key);
    if (running !== undefined) {
      if (running.fingerprint !== fingerprint) return problemAnswer({ code: 'idempotency-key-reused', requestId });
      const joined = running.answer.then((answer) => ({ ...answer, isReplayed: true }));
      const waited = this.#ports.sleep(joinMs);
      return Promise.race([joined, waited.then(() => problemAnswer({ code: 'request-in-progress', requestId }))]);
    }
    const answer = work().finally(() => this.#running.delete(key));
    this.#running.set(key, { fingerprint, answer });
    return answer;
  }

  /** The final answer that was given under a key; null while there is none. */
  find({ idempotency, requestId }: Asked): CheckoutAnswer | null {
    const kept = this.#ports.storage.answer(idempotency.key);
    if (kept === null) return null;
    if (kept.fingerprint !== idempotency.fingerprint)
      return problemAnswer({ code: 'idempotency-key-reused', requestId });
    return { status: kept.status, body: kept.body, isReplayed: true };
  }

  /** Keeps an answer that is final. What is still processing, or was our own failure, may be asked for again. */
  keep(answer: CheckoutAnswer, { idempotency }: Pick<Asked, 'idempotency'>): CheckoutAnswer {
    if (!isFinalStatus(answer.status)) return answer;
    const { status, body } = answer;
    const expiresAt = this.#ports.now() + idempotencyTtlMs;
    this.#ports.storage.saveAnswer({ ...idempotency, status, body, expiresAt });
    return answer;
  }

  /**
   * Gives up an id for good, before its first undo is sent: what undoes a checkout that left no record may arrive long after
   * a retry under the same id has held and paid.
   */
  bar(checkoutId: string): void {
    const expiresAt = this.#ports.now() + idempotencyTtlMs;
    this.#ports.storage.saveAnswer({ key: barKeyOf(checkoutId), fingerprint: '', status: 0, body: '', expiresAt });
  }

  isBarred(checkoutId: string): boolean {
    return this.#ports.storage.answer(barKeyOf(checkoutId)) !== null;
  }
}
