/**
 * Arithmetic that shops are known to get wrong, set up by a merchant and read from a cart and its order: rounding per line and
 * per order, taxes inside and on top, discounts spread to the last cent, and currencies with no decimals or with three.
 */
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import type { MarketDraft } from '../../shared/contracts/pricing/markets.ts';
import type { PromotionDraft } from '../../shared/contracts/pricing/promotions.ts';
import type { Currency } from '../../shared/values/money.ts';
import { expectStatus } from './client.ts';
import {
  addPromotion,
  addShippingRate,
  addTaxRate,
  minorOf,
  money,
  openMarket,
  putUpVariant,
  startCart,
} from './merchant.ts';
import { checkOut, journeyOfFile, ledgerOf, orderOf, sandbox } from './shopping.ts';

const shop = journeyOfFile();

type Offer = z.input<typeof PromotionDraft>['offer'];
type Line = readonly [unitPrice: number, quantity: number, taxClass?: 'reduced'];

interface Setting {
  readonly name: string;
  readonly country: string;
  readonly currency: Currency;
  readonly market: Pick<z.input<typeof MarketDraft>, 'pricesIncludeTax' | 'rounding'>;
  readonly taxes: readonly (readonly [name: string, rate: string, taxClass?: 'reduced'])[];
  readonly lines: readonly Line[];
  readonly shipping?: number;
  readonly offers?: (money: (amount: number) => ReturnType<typeof moneyOf>) => readonly Offer[];
  readonly expected: {
    /** By line. */
    readonly discounts?: readonly number[];
    readonly taxes: readonly number[];
    readonly totals: Partial<ReturnType<typeof minorOf>>;
  };
}

const moneyOf = (amount: number, currency: Currency) => money(amount, currency);
const perOrder = (mode: 'half-up' | 'down') => ({ mode, level: 'order' }) as const;

const settings: readonly Setting[] = [
  {
    name: 'two taxes on top, each rounded on its own',
    country: 'CA',
    currency: 'CAD',
    market: { pricesIncludeTax: false },
    taxes: [
      ['state', '0.04'],
      ['city', '0.045'],
    ],
    lines: [
      [1000, 2],
      [3499, 1],
    ],
    // 34.99 bears 139.96 and 157.455 cents.
    expected: { taxes: [80 + 90, 140 + 157], totals: { subtotal: 5499, tax: 467, total: 5966 } },
  },
  {
    name: 'a tie of tax inside the price goes up, and the net down',
    country: 'NZ',
    currency: 'NZD',
    market: { pricesIncludeTax: true },
    taxes: [['standard', '0.20']],
    lines: [[999, 1]],
    expected: { taxes: [167], totals: { tax: 167, total: 999 } },
  },
  {
    name: 'off an item and off the order, over two rates inside the prices',
    country: 'MX',
    currency: 'MXN',
    market: { pricesIncludeTax: true },
    taxes: [
      ['standard', '0.20'],
      ['reduced', '0.10', 'reduced'],
    ],
    lines: [
      [1000, 2],
      [3499, 1, 'reduced'],
      [255, 4, 'reduced'],
    ],
    offers: (amount) => [
      { kind: 'percent-off-items', rate: '0.15', items: { tags: ['MX-0'] } },
      { kind: 'fixed-off-order', amounts: [amount(500)] },
    ],
    expected: {
      discounts: [300 + 137, 281, 82],
      taxes: [261, 293, 85],
      totals: { subtotal: 6519, discount: 800, tax: 639, total: 5719 },
    },
  },
  {
    name: 'a voucher for the goods, then an amount off goods and shipping',
    country: 'ZA',
    currency: 'ZAR',
    market: { pricesIncludeTax: true },
    taxes: [['none', '0']],
    lines: [
      [1000, 3],
      [2000, 2],
    ],
    shipping: 1000,
    offers: (amount) => [
      { kind: 'fixed-off-order', amounts: [amount(1000)] },
      { kind: 'fixed-off-order', amounts: [amount(800)], includesShipping: true },
    ],
    expected: {
      discounts: [723, 963],
      taxes: [0, 0],
      totals: { subtotal: 7000, discount: 1686, shipping: 886, shippingDiscount: 114, total: 6200 },
    },
  },
  {
    name: 'three yen lines, whose tax is rounded per line',
    country: 'JP',
    currency: 'JPY',
    market: { pricesIncludeTax: false },
    taxes: [['standard', '0.10']],
    lines: [
      [333, 1],
      [333, 1],
      [333, 1],
    ],
    expected: { taxes: [33, 33, 33], totals: { subtotal: 999, tax: 99, total: 1098 } },
  },
  {
    name: 'three yen lines, whose tax is rounded once',
    country: 'SG',
    currency: 'JPY',
    market: { pricesIncludeTax: false, rounding: perOrder('half-up') },
    taxes: [['standard', '0.10']],
    lines: [
      [333, 1],
      [333, 1],
      [333, 1],
    ],
    expected: { taxes: [34, 33, 33], totals: { subtotal: 999, tax: 100, total: 1099 } },
  },
  {
    name: 'yen at two rates inside, down, once per rate over goods and shipping',
    country: 'HK',
    currency: 'JPY',
    market: { pricesIncludeTax: true, rounding: perOrder('down') },
    taxes: [
      ['standard', '0.10'],
      ['reduced', '0.08', 'reduced'],
    ],
    lines: [
      [108, 3, 'reduced'],
      [250, 1, 'reduced'],
      [1990, 1],
    ],
    shipping: 550,
    expected: { taxes: [24, 18, 180], totals: { subtotal: 2564, shipping: 550, tax: 272, total: 3114 } },
  },
  {
    name: 'dinars with an eighth off, tax inside',
    country: 'KW',
    currency: 'KWD',
    market: { pricesIncludeTax: true },
    taxes: [['vat', '0.05']],
    lines: [
      [4750, 1],
      [1999, 2],
    ],
    shipping: 1500,
    offers: () => [{ kind: 'percent-off-order', rate: '0.125' }],
    expected: {
      discounts: [594, 500],
      taxes: [198, 167],
      totals: { subtotal: 8748, discount: 1094, shipping: 1500, tax: 436, total: 9154 },
    },
  },
  {
    name: 'dinars at two rates on top, rounded once per rate',
    country: 'JO',
    currency: 'JOD',
    market: { pricesIncludeTax: false, rounding: perOrder('half-up') },
    taxes: [
      ['gst', '0.16'],
      ['special', '0.04', 'reduced'],
    ],
    lines: [
      [12_340, 1],
      [777, 3, 'reduced'],
      [1015, 1],
    ],
    expected: { taxes: [1975, 93, 162], totals: { subtotal: 15_686, tax: 2230, total: 17_916 } },
  },
];

/** Sets everything up, and answers a cart with all of it. */
async function furnish({ country, currency, market, taxes, lines, shipping, offers }: Setting) {
  const { id: marketId } = await openMarket(shop, {
    ...market,
    name: country,
    countries: [country],
    currencies: [currency],
    taxRate: '0',
  });
  for (const [name, rate, taxClass] of taxes)
    await addTaxRate(shop, { name, rate, zone: { country }, ...(taxClass === undefined ? {} : { taxClass }) });
  if (shipping !== undefined)
    await addShippingRate(shop, { marketId, name: 'Post', prices: [money(shipping, currency)] });
  const made = offers?.((amount) => money(amount, currency)) ?? [];
  for (const [index, offer] of made.entries())
    await addPromotion(shop, {
      title: `Offer ${index}`,
      priority: index,
      offer,
      conditions: { marketIds: [marketId] },
    });
  for (const [index, [unitPrice, , taxClass]] of lines.entries()) {
    const variant = { price: money(unitPrice, currency), ...(taxClass === undefined ? {} : { taxClass }) };
    await putUpVariant(shop, `${country}-${index}`, variant, { tags: [`${country}-${index}`] });
  }
  const wishes = lines.map(([, quantity], index) => ({ sku: `${country}-${index}`, quantity }));
  return startCart(shop, { country, currency, lines: wishes });
}

describe('a cart with', () => {
  it.each(settings)('$name', async (setting) => {
    const cart = await furnish(setting);
    const { discounts, taxes, totals } = setting.expected;
    expect(cart.lines.map(({ discount }) => discount.amount)).toEqual(discounts ?? cart.lines.map(() => 0));
    expect(cart.lines.map(({ tax }) => tax.amount)).toEqual(taxes);
    expect(minorOf(cart.totals)).toMatchObject(totals);
    const bought = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    expect(bought.totals).toEqual(cart.totals);
    const { [setting.currency]: taken } = (await ledgerOf(shop, orderOf(bought).id)).totals;
    expect(taken).toEqual({ authorizedOpen: 0, captured: cart.totals.total.amount, refunded: 0 });
  });
});
