/** A range of seeds is counted as far as it ran, and its progress suits where it goes. */
import { describe, expect, test } from 'vitest';
import { progressLine, type RangePorts, rangeLine, runRange, sumLine } from './seed-range.ts';

/** Runs that take a tenth of a second each; some fail, and the range may be stopped. */
function bench({ isTTY = false, failing = () => false, stopAfter = Number.POSITIVE_INFINITY }: Partial<Bench> = {}) {
  const seen = { seeds: [] as number[], written: [] as string[], logged: [] as string[] };
  let now = 5_000;
  const ports: RangePorts = {
    run: async (seed) => {
      seen.seeds.push(seed);
      now += 100;
      return { violations: failing(seed) ? ['I1 broken'] : [], stepCount: 3, paidCount: 2, deedCount: 1 };
    },
    out: { isTTY, write: (text: unknown) => seen.written.push(String(text)) > 0 },
    now: () => now,
    isStopped: () => seen.seeds.length >= stopAfter,
    log: (line) => void seen.logged.push(line),
  };
  return { ports, seen };
}

interface Bench {
  readonly isTTY: boolean;
  readonly failing: (seed: number) => boolean;
  readonly stopAfter: number;
}

describe('a range of seeds', () => {
  test('runs each seed once and says which', async () => {
    const { ports, seen } = bench();
    const report = await runRange(7, 3, ports);
    expect(seen.seeds).toEqual([7, 8, 9]);
    expect(rangeLine(report)).toBe('seeds 7 to 9 ran, 0 failed');
    expect(sumLine(report)).toBe('3 seeds, 9 steps, 6 orders paid, 3 deeds of merchants\n0.3 s, 10.0 seeds/s');
  });

  test('that is stopped counts what ran', async () => {
    const { ports } = bench({ stopAfter: 4, failing: (seed) => seed === 101 });
    expect(rangeLine(await runRange(100, 1_000, ports))).toBe('seeds 100 to 103 ran, 1 failed');
  });

  test('that is stopped at once says so', async () => {
    const { ports } = bench({ stopAfter: 0 });
    expect(rangeLine(await runRange(100, 1_000, ports))).toBe('no seed ran');
  });

  test('ends after ten failures, and counts no seed that did not run', async () => {
    const { ports, seen } = bench({ failing: (seed) => seed % 2 === 0 });
    expect(rangeLine(await runRange(1, 1_000, ports))).toBe('seeds 1 to 20 ran, 10 failed');
    expect(seen.logged.slice(0, 2)).toEqual([
      'seed 2 breaks a promise; see it with: npm run simulate -- --seed 2 --trace',
      '  I1 broken',
    ]);
  });
});

describe('progress', () => {
  test('is a line per minute in a log, without a carriage return', async () => {
    const { ports, seen } = bench();
    await runRange(1, 1_500, ports);
    expect(seen.written).toEqual([
      '600 of 1500 seeds, 0 failed, 10.0 seeds/s, 1 min 30 s left\n',
      '1200 of 1500 seeds, 0 failed, 10.0 seeds/s, 30 s left\n',
    ]);
  });

  test('is a line per ten thousand seeds where these come sooner', async () => {
    const { ports, seen } = bench();
    await runRange(1, 20_000, { ...ports, now: () => seen.seeds.length });
    expect(seen.written.map((line) => line.slice(0, 14))).toEqual(['10000 of 20000', '20000 of 20000']);
  });

  test('redraws one line on a terminal, and leaves it when it ends', async () => {
    const { ports, seen } = bench({ isTTY: true });
    await runRange(1, 41, ports);
    expect(seen.written).toHaveLength(3);
    expect(seen.written[0]).toBe('\r\u001b[2K20 of 41 seeds, 0 failed, 10.0 seeds/s, 3 s left');
    expect(seen.written.at(-1)).toBe('\n');
  });

  test('tells hours where it takes hours', () => {
    const line = progressLine({ ran: 10_000, count: 1_000_000, failed: 0, elapsedMs: 250_000 });
    expect(line).toBe('10000 of 1000000 seeds, 0 failed, 40.0 seeds/s, 6 h 52 min left');
  });
});
