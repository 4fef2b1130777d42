/** The same key gets the same answer: kept, expired, reused, and while the first request with it still runs. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../testing/stream-storage.ts';
import { dayMs } from '../values/time.ts';
import { KeptAnswers } from './kept-answers.ts';

const now = 1_800_000_000_000;
const key = { key: 'k', fingerprint: 'f' };
const other = { key: 'k', fingerprint: 'g' };
const made = { status: 201, body: 'made' };

function answers() {
  const expiries: number[] = [];
  return { kept: new KeptAnswers(new MemoryStreamStorage<never>(), (at) => expiries.push(at)), expiries };
}

const forever = () => new Promise<void>(() => undefined);

describe('a key', () => {
  test('that nobody has used has no answer', () => {
    expect(answers().kept.find(key, now)).toEqual({ kind: 'none' });
  });

  test('gets its first answer again for a day', () => {
    const { kept, expiries } = answers();
    kept.keep(key, made, now);
    expect(kept.find(key, now + dayMs - 1)).toEqual({ kind: 'answered', answer: made });
    expect(kept.find(key, now + dayMs)).toEqual({ kind: 'none' });
    expect(expiries).toEqual([now + dayMs]);
  });

  test('is refused to another request', () => {
    const { kept } = answers();
    kept.keep(key, made, now);
    expect(kept.find(other, now)).toEqual({ kind: 'refused', code: 'idempotency-key-reused' });
  });

  test.each([202, 400, 404, 412, 503])('may be tried again after %i', (status) => {
    const { kept, expiries } = answers();
    kept.keep(key, { status, body: '' }, now);
    expect(kept.find(key, now)).toEqual({ kind: 'none' });
    expect(expiries).toEqual([]);
  });
});

describe('work under a key', () => {
  test('is done once, and its kept answer is given again', async () => {
    const { kept } = answers();
    let runs = 0;
    const work = async () => {
      runs += 1;
      kept.keep(key, made, now);
      return made;
    };
    expect(await kept.once(key, now, work, forever)).toEqual({ kind: 'done', answer: made });
    expect(await kept.once(key, now, work, forever)).toEqual({ kind: 'answered', answer: made });
    expect(runs).toBe(1);
  });

  test('is joined by a second request while it runs, also when its answer is not kept', async () => {
    const { kept } = answers();
    const { promise, resolve } = Promise.withResolvers<{ status: number; body: string }>();
    const first = kept.once(key, now, () => promise, forever);
    const second = kept.once(key, now, () => Promise.reject(new Error('a twin')), forever);
    const stranger = await kept.once(other, now, () => Promise.reject(new Error('a twin')), forever);
    expect(stranger).toEqual({ kind: 'refused', code: 'idempotency-key-reused' });
    resolve({ status: 202, body: '' });
    expect(await first).toMatchObject({ kind: 'done' });
    expect(await second).toEqual({ kind: 'answered', answer: { status: 202, body: '' } });
  });

  test('refuses a second request that has waited long enough', async () => {
    const { kept } = answers();
    void kept.once(key, now, () => new Promise<never>(() => undefined), forever);
    const second = await kept.once(
      key,
      now,
      async () => made,
      async () => undefined,
    );
    expect(second).toEqual({ kind: 'refused', code: 'request-in-progress' });
  });

  test('that throws leaves the key free', async () => {
    const { kept } = answers();
    await expect(kept.once(key, now, () => Promise.reject(new Error('down')), forever)).rejects.toThrow('down');
    expect(await kept.once(key, now, async () => made, forever)).toMatchObject({ kind: 'done' });
  });
});
