/** The questions of a set-up, answered by a list: what is asked again, and what becomes of the answers. */
import { describe, expect, test } from 'vitest';
import { afterAll, freshShop } from './modelled-shop.ts';
import { planOf } from './plan.ts';
import { askAll } from './questions.ts';
import { percentOf, readCountry, readPercent, readPrice } from './reading.ts';
import type { ShopState } from './state.ts';

/** What is typed at questions that begin so, one after the other; Enter at all others. */
type Typed = Readonly<Record<string, readonly string[]>>;

async function answered(state: ShopState, typed: Typed) {
  const left = Object.entries(typed).map(([question, texts]) => ({ question, texts: [...texts] }));
  const said: string[] = [];
  const answers = await askAll(
    {
      say: (line) => said.push(line),
      ask: async (question, usual, reader) => {
        for (;;) {
          const text = left.find((one) => question.includes(one.question) && one.texts.length > 0)?.texts.shift() ?? '';
          const read = reader(text === '' ? (usual ?? '') : text);
          if ('value' in read) return read.value;
          if (text === '') throw new Error(`Nothing was typed at: ${question}`);
          said.push(read.fault);
        }
      },
    },
    state,
  );
  expect(left.filter(({ texts }) => texts.length > 0)).toEqual([]);
  const plan = planOf(state, answers);
  expect(plan.faults).toEqual([]);
  return { answers, said, plan, after: afterAll(state, plan.writes) };
}

const named: Typed = { 'Name of the shop': ['Blumen Müller 🌸'], 'by invoice': ['yes'] };

test('Enter at every question of a shop that was set up writes nothing', async () => {
  const { after } = await answered(freshShop(), named);
  const { plan, after: same } = await answered(after, {});
  expect(plan.writes).toEqual([]);
  expect(same).toEqual(after);
});

test('a shop in Switzerland that sends to Austria and nowhere else', async () => {
  const { after, answers } = await answered(freshShop(), {
    ...named,
    'Countries of your home': ['Switzerland, LI'],
    'Other rates': ['reduced = 2,6'],
    'A way to ship in Switzerland': ['Post'],
    'What it costs, in CHF': ['7.90'],
    'Free from': ['100'],
    'Where else': ['AT'],
    'messages to shoppers come from': ['orders@shop.example'],
  });
  const home = after.markets.find(({ isDefault }) => isDefault);
  expect(home).toMatchObject({
    countries: ['CH', 'LI'],
    currencies: ['CHF'],
    taxRate: '0.081',
    pricesIncludeTax: true,
  });
  expect(after.taxRates).toMatchObject([{ taxClass: 'reduced', rate: '0.026', zone: { country: 'CH' } }]);
  const sentTo = after.shippingRates.map(({ marketId }) => after.markets.find(({ id }) => id === marketId)?.name);
  expect(sentTo.sort()).toEqual(['Austria', 'Switzerland']);
  expect(after.shippingRates.at(-1)).toMatchObject({
    prices: [{ amount: 790, currency: 'CHF' }],
    freeFrom: [{ amount: 10_000 }],
  });
  expect(answers.mail).toEqual({ from: { address: 'orders@shop.example', name: null }, replyTo: null });
});

describe('what cannot be used is asked again', () => {
  test('at once, with what is wrong', async () => {
    const { said } = await answered(freshShop(), {
      'Name of the shop': ['Zwei\nZeilen', 'Laden'],
      'Countries of your home': ['Atlantis', 'DE, AT', 'DE'],
      'Standard tax rate': ['nineteen', '190', '19 %'],
      'write to': ['hello@shop', 'hello@shop.example'],
      'by invoice': ['perhaps', 'y'],
    });
    const wanted = ['one line', 'is no country', 'market of its own', 'percentage', '100 %', 'e-mail', 'yes or no'];
    for (const words of wanted) expect(said.join('\n')).toContain(words);
  });

  test('an address of the business as a whole', async () => {
    const { after, said } = await answered(freshShop(), {
      ...named,
      'Business that sells': ['Müller GmbH'],
      'street and number': ['Weg 1', 'Weg 1'],
      'postal code': ['1011', '10115'],
      city: ['Berlin', 'Berlin'],
    });
    expect(said.join()).toContain('no postal code');
    expect(after.profile.address).toEqual({ address1: 'Weg 1', postalCode: '10115', city: 'Berlin', country: 'DE' });
  });
});

test('a shop in which nobody could pay is asked for its ways to pay again', async () => {
  const state = freshShop();
  const methods = state.payment.methods.map((method) => ({ ...method, isConfigured: method.provider === 'manual' }));
  const { said, after } = await answered(
    { ...state, payment: { ...state.payment, methods } },
    { 'Name of the shop': ['Laden'], 'by invoice': ['no', 'yes'] },
  );
  expect(said.join()).toContain('Nobody could pay');
  expect(after.payment.methods.find(({ id }) => id === 'manual')?.isEnabled).toBe(true);
});

describe('what is typed', () => {
  test.each([
    ['19', '0.19'],
    ['19 %', '0.19'],
    ['8,1', '0.081'],
    ['25.5%', '0.255'],
    ['0', '0'],
    ['0.5', '0.005'],
    ['100', '1'],
    ['7.00', '0.07'],
  ])('%s percent is the rate %s, and back', (text, rate) => {
    expect(readPercent(text)).toEqual({ value: rate });
    expect(readPercent(percentOf(rate))).toEqual({ value: rate });
  });

  test.each(['', 'x', '-1', '101', '100.01', '1e1', '19 % VAT'])('"%s" is no percentage', (text) => {
    expect(readPercent(text)).toHaveProperty('fault');
  });

  test.each([
    ['de', 'DE'],
    [' Germany ', 'DE'],
    ['united kingdom', 'GB'],
  ])('%s is the country %s', (text, code) => {
    expect(readCountry(text)).toEqual({ value: code });
  });

  test.each([
    ['4,90', 'EUR', 490],
    ['500', 'JPY', 500],
    ['0', 'EUR', 0],
    ['1.234', 'KWD', 1234],
  ] as const)('%s in %s is %i', (text, currency, amount) => {
    expect(readPrice(currency)(text)).toEqual({ value: { amount, currency } });
  });

  test.each([
    ['4.905', 'EUR'],
    ['-1', 'EUR'],
    ['5.0', 'JPY'],
    ['free', 'EUR'],
    ['1,000.00', 'EUR'],
  ] as const)('%s in %s is no price', (text, currency) => {
    expect(readPrice(currency)(text)).toHaveProperty('fault');
  });
});
