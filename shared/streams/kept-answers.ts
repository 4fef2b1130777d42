/**
 * The one store of idempotency keys for objects: the same key gets the same answer, until its time is over. Every object with
 * streams has one, as `streams.answers`, in the storage of its streams; it knows no platform.
 *
 * An object that decides without an await asks `find` first, decides, and calls `keep` before it returns: no await in between
 * makes all three one commit, and then no two requests with a key ever run side by side. Work that awaits others runs in `once`,
 * where a second request with the key waits for the first one for a while, and is then refused as `request-in-progress`.
 * What is kept as the body is the owner's affair: the answer itself, or what it takes to make the answer again exactly.
 */
import { type IdempotencyKey, idempotencyTtlMs, isFinalStatus } from '../values/idempotency.ts';
import { hourMs } from '../values/time.ts';

/** An answer as it is stored under its key. */
export interface StoredAnswer extends IdempotencyKey {
  readonly status: number;
  readonly body: string;
  readonly expiresAt: number;
}

/** Synchronous, in the commit of what is written beside it. */
export interface AnswerStorage {
  answer(key: string): StoredAnswer | null;
  saveAnswer(answer: StoredAnswer): void;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

type KeyRefusal = 'idempotency-key-reused' | 'request-in-progress';

type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly code: 'idempotency-key-reused' };

export type OnceEnd<Given extends Answer> =
  | { readonly kind: 'done'; readonly answer: Given }
  /** As it was kept; as it was given where it was not final. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly code: KeyRefusal };

/** Expired answers are dropped once an hour at most. */
export const dropAnswersEveryMs = hourMs;

export class KeptAnswers {
  readonly #storage: AnswerStorage;
  readonly #onKept: (expiresAt: number) => void;
  readonly #running = new Map<string, { readonly fingerprint: string; readonly answer: Promise<Answer> }>();

  /** `onKept` sees to it that the answer is dropped some time after it has expired. */
  constructor(storage: AnswerStorage, onKept: (expiresAt: number) => void) {
    this.#storage = storage;
    this.#onKept = onKept;
  }

  /** What was kept under a key. It does not look at work that is still running. */
  find({ key, fingerprint }: IdempotencyKey, now: number): Found {
    const kept = this.#storage.answer(key);
    if (kept === null || kept.expiresAt <= now) return { kind: 'none' };
    if (kept.fingerprint !== fingerprint) return { kind: 'refused', code: 'idempotency-key-reused' };
    return { kind: 'answered', answer: { status: kept.status, body: kept.body } };
  }

  /** Keeps an answer that is final; others may be asked for again under the same key. */
  keep({ key, fingerprint }: IdempotencyKey, { status, body }: Answer, now: number): void {
    if (!isFinalStatus(status)) return;
    const expiresAt = now + idempotencyTtlMs;
    this.#storage.saveAnswer({ key, fingerprint, status, body, expiresAt });
    this.#onKept(expiresAt);
  }

  /**
   * Does the work unless it was done, or is being done, under the same key. The work keeps its own answer, in its own commit.
   * @param patience ends when a second request has waited long enough for the first
   */
  async once<Given extends Answer>(
    idempotency: IdempotencyKey,
    now: number,
    work: () => Promise<Given>,
    patience: () => Promise<void>,
  ): Promise<OnceEnd<Given>> {
    const { key, fingerprint } = idempotency;
    const found = this.find(idempotency, now);
    if (found.kind !== 'none') return found;
    const running = this.#running.get(key);
    if (running === undefined) {
      const answer = work().finally(() => this.#running.delete(key));
      this.#running.set(key, { fingerprint, answer });
      return { kind: 'done', answer: await answer };
    }
    if (running.fingerprint !== fingerprint) return { kind: 'refused', code: 'idempotency-key-reused' };
    const joined = running.answer.then((answer) => {
      const kept = this.find(idempotency, now);
      return kept.kind === 'answered' ? kept : ({ kind: 'answered', answer } as const);
    });
    return Promise.race([joined, patience().then(() => ({ kind: 'refused', code: 'request-in-progress' }) as const)]);
  }
}
