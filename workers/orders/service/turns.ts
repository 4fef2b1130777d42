/**
 * One piece of work at a time per order. A request that waits too long gives its turn up and never begins, so that
 * no caller is answered "busy" about work that is done later all the same.
 */
import { endOf, firstOf, type Wait } from './waits.ts';

type TurnEnd<Answer> =
  | { readonly kind: 'done'; readonly answer: Answer }
  /** It has begun and goes on by itself. */
  | { readonly kind: 'running' }
  /** It has not begun and never will. */
  | { readonly kind: 'given-up' };

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #patience: () => Wait;

  /** `patience` ends when an asker has waited long enough. */
  constructor(patience: () => Wait) {
    this.#patience = patience;
  }

  async take<Answer>(orderKey: string, work: () => Promise<Answer>): Promise<TurnEnd<Answer>> {
    let standing: 'waiting' | 'running' | 'given-up' = 'waiting';
    const before = this.#last.get(orderKey) ?? Promise.resolve();
    const turn = before.then(async (): Promise<TurnEnd<Answer>> => {
      if (standing === 'given-up') return { kind: 'given-up' };
      standing = 'running';
      return { kind: 'done', answer: await work() };
    });
    const settled = endOf(turn);
    this.#last.set(orderKey, settled);
    void settled.then(() => {
      if (this.#last.get(orderKey) === settled) this.#last.delete(orderKey);
    });
    return firstOf(turn, this.#patience(), (): TurnEnd<Answer> => {
      if (standing === 'running') return { kind: 'running' };
      standing = 'given-up';
      return { kind: 'given-up' };
    });
  }
}
