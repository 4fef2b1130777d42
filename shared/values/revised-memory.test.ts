/** What is remembered is right as long as its owner counts no change, and is not used when nobody can tell. */
import { expect, test } from 'vitest';
import { checkEveryMs, RevisedMemory, trustMs } from './revised-memory.ts';

test('a value is used for a while, and longer while the number of changes stays', () => {
  const memory = new RevisedMemory<string>(10_000);
  memory.prove(7, 0);
  memory.set('sku:CUP', 'cup', 0);
  expect([memory.get('sku:CUP', trustMs - 1), memory.get('sku:CUP', trustMs)]).toEqual(['cup', undefined]);
  memory.prove(7, trustMs - 1);
  expect([memory.get('sku:CUP', 2 * trustMs - 2), memory.get('sku:CUP', 2 * trustMs - 1)]).toEqual(['cup', undefined]);
});

test('the same number after a gap proves nothing: a database that was restored counts it again', () => {
  const memory = new RevisedMemory<string>(10_000);
  memory.prove(7, 0);
  memory.set('sku:CUP', 'cup', 0);
  memory.prove(7, trustMs);
  expect(memory.get('sku:CUP', trustMs)).toBeUndefined();
});

test('numbers that arrive in another order than they were asked for forget too much, never too little', () => {
  const memory = new RevisedMemory<string>(10_000);
  memory.prove(7, 0);
  memory.prove(8, 20);
  memory.set('sku:CUP', 'cup', 30);
  memory.prove(7, 10);
  expect(memory.get('sku:CUP', 30)).toBeUndefined();
});

test('a change clears everything, and so does the first number: what was read before it may be older', () => {
  const memory = new RevisedMemory<string>(10_000);
  memory.set('sku:CUP', 'cup', 0);
  memory.prove(7, 10);
  expect(memory.get('sku:CUP', 10)).toBeUndefined();
  const { generation } = memory;
  memory.set('sku:CUP', 'cup', 20);
  memory.prove(8, 30);
  expect([memory.get('sku:CUP', 30), memory.generation]).toEqual([undefined, generation + 1]);
});

test('the number is asked for once in a while, and a silent owner is reported', async () => {
  const memory = new RevisedMemory<string>(10_000);
  const looks: Promise<unknown>[] = [];
  const reported: string[] = [];
  const background = {
    later: (work: Promise<unknown>) => looks.push(work),
    report: (text: string) => reported.push(text),
  };
  for (const now of [0, 1, checkEveryMs - 1, checkEveryMs]) memory.check(now, async () => 7, background);
  expect(looks).toHaveLength(2);
  memory.check(2 * checkEveryMs, () => Promise.reject(new Error('away')), background);
  await Promise.all(looks);
  expect([memory.revision, reported]).toEqual([7, [expect.stringContaining('nobody says')]]);
});

test('a caller that knows of more changes clears what was read before them, and one that knows of fewer does not', () => {
  const memory = new RevisedMemory<string>(10_000);
  memory.prove(7, 0);
  memory.set('sku:CUP', 'cup', 0);
  memory.heed(6);
  memory.heed(7);
  expect(memory.get('sku:CUP', 1)).toBe('cup');
  const { generation } = memory;
  memory.heed(8);
  expect([memory.get('sku:CUP', 1), memory.generation, memory.revision]).toEqual([undefined, generation + 1, 8]);
  memory.set('sku:CUP', 'mug', 2);
  memory.prove(8, 3);
  expect(memory.get('sku:CUP', 3)).toBe('mug');
});
