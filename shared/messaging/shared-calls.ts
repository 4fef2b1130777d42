/**
 * Joins what several objects of one isolate ask of the same neighbour at nearly the same time into one call: their alarms ring
 * on a common grid, so that many events share one send to a queue and one question for proof. The first asker waits for the
 * others for a moment, makes the call and answers all of them.
 *
 * An asker depends on an object that is not itself, and that object may end before it has made the call. So nobody joins a
 * gathering that should have called by now, and nobody waits for one without end. A caller must be able to repeat its call.
 */
import { secondMs } from '../values/time.ts';
import { withDeadline } from './deadline.ts';

/** How long the first asker waits for others as a rule: objects whose alarms ring together are as far apart as their first statements. */
export const gatherMs = 20;
/** How long the others wait for the first. */
export const answerMs = 10 * secondMs;

interface Gathering<Item, Answer> {
  readonly items: Item[];
  weight: number;
  readonly until: number;
  readonly answer: Promise<Answer>;
}

export class SharedCalls<Item, Answer> {
  readonly #itemsMax: number;
  readonly #weightMax: number;
  readonly #gatherMs: number;
  #gathering: Gathering<Item, Answer> | null = null;

  /** What a call takes at most. An asker that brings more by itself gets a call of its own. */
  constructor(limits: { readonly itemsMax: number; readonly weightMax: number; readonly gatherMs?: number }) {
    this.#itemsMax = limits.itemsMax;
    this.#weightMax = limits.weightMax;
    this.#gatherMs = limits.gatherMs ?? gatherMs;
  }

  /** Has `call` made with these items, or the call of another asker with them. */
  ask(items: readonly Item[], weight: number, call: (items: readonly Item[]) => Promise<Answer>): Promise<Answer> {
    const open = this.#gathering;
    if (open !== null && this.#hasRoom(open, items, weight)) {
      open.items.push(...items);
      open.weight += weight;
      return withDeadline(open.answer, answerMs);
    }
    const gathered = [...items];
    const called = sleep(this.#gatherMs).then(() => {
      if (this.#gathering?.items === gathered) this.#gathering = null;
      return call(gathered);
    });
    this.#gathering = { items: gathered, weight, until: Date.now() + 2 * this.#gatherMs, answer: called };
    return called;
  }

  #hasRoom(open: Gathering<Item, Answer>, items: readonly Item[], weight: number): boolean {
    const isFull = open.items.length + items.length > this.#itemsMax || open.weight + weight > this.#weightMax;
    return !isFull && Date.now() < open.until;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
