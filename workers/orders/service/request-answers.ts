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

/** How long a repeated request waits for the one it repeats before it is answered `request-in-progress`. */
const joinMs = 2 * secondMs;

export class RequestAnswers {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Does the work unless it was done, or is being done, under the same key. */
  async once(asked: Asked, work: () => Promise<CheckoutAnswer>): Promise<CheckoutAnswer> {
    const { streams, now, wait } = this.#ports;
    const end = await streams.answers.once(asked.idempotency, now(), work, () => wait(joinMs).over);
    return end.kind === 'done' ? end.answer : replayOf(end, asked);
  }

  /** The final answer that was given under a key; null while there is none. */
  find(asked: Asked): CheckoutAnswer | null {
    const found = this.#ports.streams.answers.find(asked.idempotency, this.#ports.now());
    return found.kind === 'none' ? null : replayOf(found, asked);
  }

  /** Keeps an answer that is final, in the commit of what it answers. */
  keep(answer: CheckoutAnswer, { idempotency }: Pick<Asked, 'idempotency'>): CheckoutAnswer {
    this.#ports.streams.answers.keep(idempotency, answer, this.#ports.now());
    return answer;
  }
}

function replayOf(
  found: Exclude<OnceEnd<CheckoutAnswer>, { readonly kind: 'done' }>,
  { requestId }: Asked,
): CheckoutAnswer {
  return found.kind === 'refused'
    ? problemAnswer({ code: found.code, requestId })
    : { status: found.answer.status, body: found.answer.body, isReplayed: true };
}
