/** The settings in memory: when the database is asked, and what happens when it does not answer. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { PricingSettings } from '../domain/settings.ts';
import { checkEveryMs, SettingsMemory, type SettingsSource, staleMaxMs } from './settings-memory.ts';

const at = (version: number): PricingSettings => ({
  version,
  changedAt: 0,
  markets: [],
  shippingRates: [],
  promotions: [],
  priceLists: [],
  taxRates: [],
  paymentMethods: [],
});

class Source implements SettingsSource {
  current = 1;
  isDown = false;
  readonly asked: string[] = [];

  async version(): Promise<number> {
    this.asked.push('version');
    if (this.isDown) throw new Error('D1 is down');
    return this.current;
  }

  async load(): Promise<PricingSettings> {
    this.asked.push('load');
    if (this.isDown) throw new Error('D1 is down');
    return at(this.current);
  }
}

let source: Source;
let memory: SettingsMemory;
let background: Promise<unknown>[];
let reports: string[];

const readAt = async (now: number): Promise<number> => {
  const later = (work: Promise<unknown>) => background.push(work);
  const settings = await memory.read(source, { now, later, report: (message) => reports.push(message) });
  return settings.version;
};
const settle = async () => {
  await Promise.all(background.splice(0));
};

beforeEach(() => {
  source = new Source();
  memory = new SettingsMemory();
  background = [];
  reports = [];
});

describe('settings in memory', () => {
  test('are loaded once and then cost nothing for five seconds', async () => {
    for (let now = 0; now < checkEveryMs; now += 500) expect(await readAt(now)).toBe(1);
    expect(source.asked).toEqual(['load']);
  });

  test('are checked behind the answer after five seconds, by one reader', async () => {
    await readAt(0);
    source.current = 2;
    expect(await readAt(checkEveryMs)).toBe(1);
    expect(await readAt(checkEveryMs + 1)).toBe(1);
    await settle();
    expect(await readAt(checkEveryMs + 2)).toBe(2);
    expect(source.asked).toEqual(['load', 'version', 'load']);
  });

  test('are not loaded again while their version stands', async () => {
    await readAt(0);
    await readAt(checkEveryMs);
    await settle();
    expect(source.asked).toEqual(['load', 'version']);
  });

  test('are waited for when they have grown old', async () => {
    await readAt(0);
    source.current = 2;
    expect(await readAt(staleMaxMs)).toBe(2);
    expect(background).toEqual([]);
  });

  test('stay in use, reported, when the database does not answer', async () => {
    await readAt(0);
    source.isDown = true;
    expect(await readAt(checkEveryMs)).toBe(1);
    await settle();
    expect(await readAt(staleMaxMs * 10)).toBe(1);
    expect(reports).toHaveLength(2);
    source.isDown = false;
    source.current = 2;
    expect(await readAt(staleMaxMs * 11)).toBe(2);
  });

  test('are a defect when none were ever read', async () => {
    source.isDown = true;
    await expect(readAt(0)).rejects.toThrow('D1 is down');
    source.isDown = false;
    expect(await readAt(1)).toBe(1);
  });

  test('are never replaced by what was read before a write of this isolate', async () => {
    await readAt(0);
    source.current = 2;
    await readAt(checkEveryMs);
    memory.replace(at(3), checkEveryMs);
    await settle();
    expect(await readAt(checkEveryMs + 1)).toBe(3);
  });
});
