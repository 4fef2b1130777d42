/** Codes that are asked for while a statement is under way share the next one; nobody waits for anybody in a calm shop. */
import { expect, test } from 'vitest';
import type { DatedCode } from '../domain/codes.ts';
import { type CodeSource, JoinedCodes } from './joined-codes.ts';

/** A database whose statements end when the test says so. */
class Source implements CodeSource {
  readonly asked: (readonly string[])[] = [];
  readonly #ends: (() => void)[] = [];

  uniqueCodes(codes: readonly string[]): Promise<readonly DatedCode[]> {
    this.asked.push(codes);
    return new Promise((resolve) => this.#ends.push(() => resolve(codes.map(dated))));
  }

  end(statement: number): void {
    this.#ends[statement]?.();
  }
}

function dated(code: string): DatedCode {
  const times = { createdAt: 0, changedAt: 0, disabledAt: null, deletedAt: null };
  return { id: `cod_${code}`, promotionId: 'pro_1', code, usesMax: 1, isUntouched: true, ...times };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const codesOf = async (answer: Promise<readonly DatedCode[]>) => (await answer).map(({ code }) => code);

test('the first code is asked for at once, and those that come meanwhile in one statement', async () => {
  const [source, joined] = [new Source(), new JoinedCodes()];
  const [a, b, c] = ['A', 'B', 'C'].map((code) => joined.ask(source, [code]));
  expect(source.asked).toEqual([['A']]);
  source.end(0);
  await turn();
  expect(source.asked).toEqual([['A'], ['B', 'C']]);
  source.end(1);
  expect(await Promise.all([a, b, c].map((one) => codesOf(one ?? Promise.resolve([]))))).toEqual([
    ['A'],
    ['B', 'C'],
    ['B', 'C'],
  ]);
  void joined.ask(source, ['D']);
  expect(source.asked).toHaveLength(3);
});

test('a statement that does not end keeps nobody waiting', async () => {
  const [source, joined] = [new Source(), new JoinedCodes()];
  void joined.ask(source, ['A']);
  const late = joined.ask(source, ['B']);
  await expect.poll(() => source.asked).toEqual([['A'], ['B']]);
  source.end(1);
  expect(await codesOf(late)).toEqual(['B']);
});

test('who joined one that fails asks alone', async () => {
  const [source, joined] = [new Source(), new JoinedCodes()];
  const failing: CodeSource = { uniqueCodes: () => Promise.reject(new Error('gone')) };
  void joined.ask(source, ['A']);
  const leader = joined.ask(failing, ['B']).catch(() => 'failed');
  const joiner = joined.ask(source, ['C']);
  source.end(0);
  expect(await leader).toBe('failed');
  await expect.poll(() => source.asked).toEqual([['A'], ['C']]);
  source.end(1);
  expect(await codesOf(joiner)).toEqual(['C']);
});
