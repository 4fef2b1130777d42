/**
 * Amounts that shops are known to get wrong: what is spread over lines to the last unit, currencies with no decimals or with
 * three, and a cart that costs nothing.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import type { Currency } from '../../shared/values/money.ts';
import { expectStatus } from './client.ts';
import { addPromotion, importFile, money, openMarket, putUpVariant, startCart } from './merchant.ts';
import { card, checkOut, journeyOfFile, ledgerOf, orderOf, sandbox } from './shopping.ts';

const shop = journeyOfFile();

describe('an amount off the order is spread', () => {
  let count = 0;
  const countries = new Map<Currency, string>([
    ['EUR', 'DE'],
    ['JPY', 'TW'],
    ['KWD', 'OM'],
  ]);
  beforeAll(async () => {
    const market = { taxRate: '0', pricesIncludeTax: true };
    await openMarket(shop, { ...market, name: 'Yen', countries: ['TW'], currencies: ['JPY'] });
    await openMarket(shop, { ...market, name: 'Dinar', countries: ['OM'], currencies: ['KWD'] });
  });

  it.each<{ name: string; currency?: Currency; amount: number; weights: number[]; parts: number[] }>([
    { name: 'by what the lines cost', amount: 299, weights: [4300, 1400, 2300], parts: [161, 52, 86] },
    {
      name: 'over equal lines, of which the last bears less',
      amount: 299,
      weights: [1000, 1000, 1000],
      parts: [100, 100, 99],
    },
    { name: 'with a tie to the first', amount: 5, weights: [7, 3], parts: [4, 1] },
    {
      name: 'over eight lines without a rest',
      amount: 95,
      weights: [10, 20, 10, 30, 50, 20, 10, 40],
      parts: [5, 10, 5, 15, 25, 10, 5, 20],
    },
    {
      name: 'over five uneven lines',
      amount: 225,
      weights: [128_400, 20_439, 14_589, 14_589, 25_936],
      parts: [142, 22, 16, 16, 29],
    },
    {
      name: 'in yen over seven uneven lines',
      currency: 'JPY',
      amount: 1000,
      weights: [980, 1280, 250, 330, 3980, 110, 75],
      parts: [140, 183, 35, 47, 568, 16, 11],
    },
    {
      name: 'in fils over three primes',
      currency: 'KWD',
      amount: 1000,
      weights: [2003, 3001, 4999],
      parts: [200, 300, 500],
    },
    { name: 'over nothing but what there is', amount: 1000, weights: [123, 0], parts: [123, 0] },
  ])('$name', async ({ currency = 'EUR', amount, weights, parts }) => {
    count += 1;
    const code = `SPREAD-${count}`;
    await addPromotion(shop, {
      title: code,
      codes: [code],
      offer: { kind: 'fixed-off-order', amounts: [money(amount, currency)] },
    });
    const skus = weights.map((_, index) => `${code}-${index}`);
    for (const [index, sku] of skus.entries())
      await putUpVariant(shop, sku, { price: money(weights[index] ?? 0, currency) });
    const country = countries.get(currency) ?? '';
    const lines = skus.map((sku) => ({ sku, quantity: 1 }));
    const cart = await startCart(shop, { country, currency, lines }, { discountCodes: [code] });
    const own = cart.discounts.find((discount) => discount.code === code);
    expect(own?.amount.amount).toBe(parts.reduce((sum, part) => sum + part, 0));
    expect(cart.lines.map(({ discount }) => discount.amount)).toEqual(parts);
  });
});

describe('amounts of currencies', () => {
  it('with three decimals, with none and with two travel as whole minor units to the provider', async () => {
    const markets = [
      ['BH', 'BHD', 5124],
      ['KR', 'KRW', 50_098],
      ['IN', 'INR', 1],
    ] as const;
    for (const [country, currency, amount] of markets) {
      await openMarket(shop, {
        name: country,
        countries: [country],
        currencies: [currency],
        taxRate: '0',
        pricesIncludeTax: true,
      });
      await putUpVariant(shop, `ONE-${currency}`, { price: money(amount, currency) });
      const cart = await startCart(shop, { country, lines: [{ sku: `ONE-${currency}`, quantity: 1 }] });
      expect(cart.totals.total).toEqual(money(amount, currency));
      const bought = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
      const { entries } = await ledgerOf(shop, orderOf(bought).id);
      expect(entries.map((entry) => [entry.kind, entry.amount, entry.currency])).toEqual([
        ['authorize', amount, currency],
        ['capture', amount, currency],
      ]);
    }
  });

  it('are never fractions of what the currency knows', async () => {
    const csv = (price: string) =>
      `Handle,Title,Variant SKU,Variant Price\nyen-${price.length},Yen,YEN-${price.length},${price}\n`;
    const upload = (price: string) => importFile(shop, csv(price), '?currency=JPY');
    expect((await upload('50098')).text).toContain('"created":1');
    expect((await upload('112.7')).text).toContain('"rejected":1');
  });
});

it('a cart that costs nothing is bought without a payment of nothing', async () => {
  await putUpVariant(shop, 'FREE', { price: money(0), requiresShipping: false });
  const cart = await startCart(shop, { country: 'DE', lines: [{ sku: 'FREE', quantity: 1 }] });
  expect(cart.totals.total).toEqual(money(0));
  const bought = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
  expect(orderOf(bought).status).toBe('paid');
});
