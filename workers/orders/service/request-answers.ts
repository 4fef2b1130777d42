/** Answers of the Order object under their idempotency keys, as `CheckoutAnswer`s: kept ones, and those of requests that still run. */
import type { KeptAnswers, OnceEnd } from '../../../shared/streams/kept-answers.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { type Asked, type CheckoutAnswer, problemAnswer } from './requests.ts';
import type { StartWait } from './waits.ts';

interface Ports {
  readonly streams: { readonly answers: KeptAnswers };
  readonly now: () => number;
  readonly wait: StartWait;
}

/** Makes the body of an answer again from what was kept of it. */
type Restore = (kept: string) => string;

/** How long a repeated request waits for the one it repeats before it is answered `request-in-progress`. */
const joinMs = 2 * secondMs;

export class RequestAnswers {
  readonly #ports: Ports;
  readonly #restore: Restore;

  /** Without `restore` every answer is kept as it was given. */
  constructor(ports: Ports, restore: Restore = (kept) => kept) {
    this.#ports = ports;
    this.#restore = restore;
  }

  /** Does the work unless it was done, or is being done, under the same key. */
  async once(asked: Asked, work: () => Promise<CheckoutAnswer>): Promise<CheckoutAnswer> {
    const { streams, now, wait } = this.#ports;
    const end = await streams.answers.once(asked.idempotency, now(), work, () => wait(joinMs).over);
    return end.kind === 'done' ? end.answer : this.#replayOf(end, asked);
  }

  /** The final answer that was given under a key; null while there is none. */
  find(asked: Asked): CheckoutAnswer | null {
    const found = this.#ports.streams.answers.find(asked.idempotency, this.#ports.now());
    return found.kind === 'none' ? null : this.#replayOf(found, asked);
  }

  /**
   * Keeps an answer that is final, in the commit of what it answers.
   * @param kept what stands for its body: `restore` makes the body of it, byte by byte
   */
  keep(answer: CheckoutAnswer, { idempotency }: Pick<Asked, 'idempotency'>, kept = answer.body): CheckoutAnswer {
    this.#ports.streams.answers.keep(idempotency, { status: answer.status, body: kept }, this.#ports.now());
    return answer;
  }

  #replayOf(found: Exclude<OnceEnd<CheckoutAnswer>, { readonly kind: 'done' }>, { requestId }: Asked): CheckoutAnswer {
    if (found.kind === 'refused') return problemAnswer({ code: found.code, requestId });
    return { status: found.answer.status, body: this.#restore(found.answer.body), isReplayed: true };
  }
}
