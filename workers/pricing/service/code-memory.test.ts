/** Unique codes in memory: asked for once, looked at again behind the answer, and waited for when they have grown old. */
import { describe, expect, test } from 'vitest';
import type { DatedCode } from '../domain/codes.ts';
import { promotion } from '../testing/settings.ts';
import { CodeMemory } from './code-memory.ts';

const settings = {
  promotions: [
    promotion('pro_1', { kind: 'free-shipping' }, { hasUniqueCodes: true }),
    promotion('pro_2', { kind: 'free-shipping' }, { codes: ['ORDINARY'] }),
  ],
};

class Desk {
  readonly memory = new CodeMemory();
  readonly asked: (readonly string[])[] = [];
  readonly stored = new Map<string, DatedCode>();
  readonly behind: Promise<unknown>[] = [];
  isSilent = false;

  put(code: string, changes: Partial<DatedCode> = {}): void {
    const row = {
      id: `cod_${code}`,
      promotionId: 'pro_1',
      code,
      usesMax: 1,
      createdAt: 0,
      changedAt: 0,
      isUntouched: true,
    };
    this.stored.set(code, { ...row, disabledAt: null, deletedAt: null, ...changes });
  }

  async find(codes: readonly string[], now: number): Promise<readonly string[]> {
    const source = {
      uniqueCodes: async (wanted: readonly string[]) => {
        this.asked.push(wanted);
        if (this.isSilent) throw new Error('no answer');
        return wanted.flatMap((code) => this.stored.get(code) ?? []);
      },
    };
    const moment = { now, later: (work: Promise<unknown>) => void this.behind.push(work), report: () => {} };
    return (await this.memory.find(source, settings, codes, moment)).map(({ code }) => code);
  }
}

describe('a code', () => {
  test('of the settings, or of a shop without unique ones, costs no question', async () => {
    const desk = new Desk();
    expect(await desk.find(['ordinary'], 0)).toEqual([]);
    expect(await desk.memory.find({ uniqueCodes: async () => [] }, { promotions: [] }, ['A'], {} as never)).toEqual([]);
    expect(desk.asked).toEqual([]);
  });

  test('is asked for once, and then again behind the answer', async () => {
    const desk = new Desk();
    desk.put('A');
    expect(await desk.find([' a '], 0)).toEqual(['A']);
    expect(await desk.find(['A'], 4_999)).toEqual(['A']);
    expect(desk.asked).toEqual([['A']]);
    desk.stored.clear();
    expect(await desk.find(['A'], 5_000)).toEqual(['A']);
    await Promise.all(desk.behind);
    expect(await desk.find(['A'], 5_001)).toEqual([]);
    expect(desk.asked).toHaveLength(2);
  });

  test('that has grown old is waited for', async () => {
    const desk = new Desk();
    desk.put('A');
    await desk.find(['A'], 0);
    desk.stored.clear();
    expect(await desk.find(['A'], 60_000)).toEqual([]);
  });

  test('stays as it is while the database does not answer', async () => {
    const desk = new Desk();
    desk.put('A');
    await desk.find(['A'], 0);
    desk.isSilent = true;
    expect(await desk.find(['A'], 6_000)).toEqual(['A']);
    await Promise.all(desk.behind);
    expect(await desk.find(['A'], 6_001)).toEqual(['A']);
  });

  test('that nobody knows is asked for again after some seconds, and at once after a merchant has made codes', async () => {
    const desk = new Desk();
    expect(await desk.find(['B'], 0)).toEqual([]);
    desk.put('B');
    expect(await desk.find(['B'], 4_999)).toEqual([]);
    expect(await desk.find(['B'], 5_000)).toEqual(['B']);
    desk.put('C');
    await desk.find(['D'], 5_000);
    desk.put('D');
    desk.memory.forget();
    expect(await desk.find(['D'], 5_001)).toEqual(['D']);
  });
});
