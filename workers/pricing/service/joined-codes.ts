/**
 * Joins the codes that several carts ask for while a statement is under way into the next one: a busy shop, whose shoppers all come with
 * codes of their own, then asks its database no more often than it answers. Where nothing is under way a code is asked for at
 * once, so that in a calm shop nobody waits for anybody.
 *
 * Who joins depends on a request that is not its own, and that one may end first. So nobody joins a statement that should have begun by
 * now, and who gets no answer soon asks alone.
 */
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { DatedCode } from '../domain/codes.ts';

export interface CodeSource {
  /** The codes among these, also those that are gone. */
  uniqueCodes(codes: readonly string[]): Promise<readonly DatedCode[]>;
}

/** The longest that codes are gathered while a statement is under way. */
const gatherMs = 10;
const answerMs = secondMs;
/** More than carts in one isolate bring at a time. */
const codesMax = 500;

interface Gathering {
  readonly codes: Set<string>;
  /** On the clock of the machine. */
  readonly until: number;
  readonly answer: Promise<readonly DatedCode[]>;
}

export class JoinedCodes {
  #underWay: Promise<unknown> | null = null;
  #gathering: Gathering | null = null;

  /** The codes among these, also those that are gone, and perhaps some that others asked for. */
  async ask(source: CodeSource, codes: readonly string[]): Promise<readonly DatedCode[]> {
    const open = this.#gathering;
    if (open !== null && Date.now() < open.until && open.codes.size + codes.length <= codesMax) {
      for (const code of codes) open.codes.add(code);
      return withDeadline(open.answer, answerMs).catch(() => this.#read(source, codes));
    }
    return this.#underWay === null ? this.#read(source, codes) : this.#gather(source, codes, this.#underWay);
  }

  #gather(source: CodeSource, first: readonly string[], underWay: Promise<unknown>): Promise<readonly DatedCode[]> {
    const codes = new Set(first);
    const answer = Promise.race([underWay, sleep(gatherMs)]).then(() => {
      if (this.#gathering?.codes === codes) this.#gathering = null;
      return this.#read(source, [...codes]);
    });
    this.#gathering = { codes, until: Date.now() + 2 * gatherMs, answer };
    return answer;
  }

  async #read(source: CodeSource, codes: readonly string[]): Promise<readonly DatedCode[]> {
    const reading = source.uniqueCodes(codes);
    const settled = reading.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay = settled;
    try {
      return await reading;
    } finally {
      if (this.#underWay === settled) this.#underWay = null;
    }
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
