/** Promotions for first orders: who is asked whether it is one, how often, and what is made of the answer. */
import { describe, expect, test } from 'vitest';
import { minuteMs } from '../../../shared/values/time.ts';
import { guest, line, now, promotion, request, shop } from '../testing/settings.ts';
import { PriceMemory } from './price-memory.ts';
import { QuoteDesk, type QuoteSource } from './quotes.ts';
import { SettingsMemory } from './settings-memory.ts';

const tenth = { kind: 'percent-off-order', rate: '0.1' };
const firstOnly = { conditions: { isFirstOrder: true } };
const ada = { ...guest, id: 'ada' };

/** A desk, and the customers whom it has asked about. */
function given(changes: object = firstOnly, ordered: { at: number | null | 'silence' } = { at: null }) {
  const settings = shop({ promotions: [promotion('pro_1', tenth, changes)] });
  const source: QuoteSource = {
    version: async () => settings.version,
    load: async () => settings,
    settingsAt: async () => settings,
    listPrices: async () => [],
    uniqueCodes: async () => [],
  };
  const desk = new QuoteDesk(new SettingsMemory(), new PriceMemory());
  const asked: string[] = [];
  const reported: string[] = [];
  const orders = {
    hasOrdered: async (customer: string, before: number) => {
      asked.push(customer);
      if (ordered.at === 'silence') throw new Error('orders is silent');
      return ordered.at !== null && ordered.at < before;
    },
  };
  const quoted = async (asks: object = { customer: ada }, at = now) => {
    const moment = { now: at, later: () => undefined, report: (message: string) => void reported.push(message) };
    const answer = await desk.quote(source, request([line('cup', 1000)], asks), moment, orders);
    if (!answer.ok) throw new Error(answer.refusal.code);
    return answer.value;
  };
  return { quoted, asked, reported, ordered };
}

describe('a promotion for first orders', () => {
  test('acts for whom has not ordered, and takes one use of the customer’s own', async () => {
    const { quoted } = given();
    expect(await quoted()).toMatchObject({
      discountMinor: 100,
      allowances: [{ allowance: 'promo:pro_1:ada', quantity: 1, limit: 1 }],
    });
  });

  test('acts once where several uses per customer are allowed', async () => {
    const { quoted } = given({ ...firstOnly, limits: { usesPerCustomerMax: 5 } });
    expect((await quoted()).allowances).toMatchObject([{ limit: 1 }]);
  });

  test('does not act for whom has ordered, and says that the price may have changed just now', async () => {
    const { quoted } = given(firstOnly, { at: now - 1 });
    expect(await quoted()).toMatchObject({ discountMinor: 0, allowances: [], pricingSince: now });
  });

  test('does not act for whom has ordered as a guest, and is known by an id now', async () => {
    const { quoted, asked } = given(firstOnly, { at: now - 1 });
    const known = { customer: { ...guest, id: 'cus_1', guestId: 'ada' } };
    expect((await quoted(known)).discountMinor).toBe(0);
    expect(asked).toEqual(['cus_1', 'ada']);
    expect((await quoted()).discountMinor).toBe(0);
    expect(asked).toHaveLength(2);
  });

  test('acts for an order that is priced as of its own time', async () => {
    const { quoted } = given(firstOnly, { at: now - 5_000 });
    expect((await quoted({ customer: ada, asOf: now - 5_000 })).discountMinor).toBe(100);
  });

  test('does not act while nobody answers, and that is reported', async () => {
    const { quoted, reported } = given(firstOnly, { at: 'silence' });
    expect((await quoted()).discountMinor).toBe(0);
    expect(reported).toHaveLength(1);
  });

  test('does not act while its use is spent, before any order is known', async () => {
    const { quoted } = given();
    expect((await quoted({ customer: ada, usedUp: ['promo:pro_1:ada'] })).discountMinor).toBe(0);
  });
});

describe('orders are asked', () => {
  test('about known customers only, and only where a running promotion depends on it', async () => {
    for (const [changes, asks] of [
      [firstOnly, { customer: guest }],
      [firstOnly, {}],
      [{}, { customer: ada }],
      [{ ...firstOnly, isActive: false }, { customer: ada }],
      [{ ...firstOnly, codes: ['HELLO'] }, { customer: ada }],
    ] as const) {
      const { quoted, asked } = given(changes);
      await quoted(asks);
      expect(asked).toEqual([]);
    }
    const { quoted, asked } = given({ ...firstOnly, codes: ['HELLO'] });
    await quoted({ customer: ada, codes: ['hello'] });
    expect(asked).toEqual(['ada']);
  });

  test('each time until there is an order, and then once in a while', async () => {
    const { quoted, asked, ordered } = given();
    await quoted();
    await quoted();
    expect(asked).toHaveLength(2);
    ordered.at = now;
    expect((await quoted({ customer: ada }, now + 1)).discountMinor).toBe(0);
    expect((await quoted({ customer: ada }, now + 2)).discountMinor).toBe(0);
    expect(asked).toHaveLength(3);
    ordered.at = null;
    expect((await quoted({ customer: ada }, now + 1 + minuteMs)).discountMinor).toBe(100);
  });
});
