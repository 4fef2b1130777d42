/** What holds for any cart under any promotions, taxes and rounding. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRate, roundFraction, sumOf } from '../../../shared/values/money.ts';
import { anyCart, anyLines, cartWith, priced, promotion } from '../testing/priced-carts.ts';
import type { Cart, CartLine, PricedCart } from './cart.ts';
import { price } from './price.ts';
import type { Promotion } from './promotion.ts';

const runs = { numRuns: 1500 };

function forAnyCart(check: (cart: Cart, answer: PricedCart) => void): void {
  fc.assert(
    fc.property(anyCart, (cart) => check(cart, priced(cart))),
    runs,
  );
}

/** A cart and the same cart with its lines added in another order. */
const anyTwoOrders = anyCart.chain((cart) =>
  fc.tuple(
    fc.constant(cart),
    fc.shuffledSubarray([...cart.lines], { minLength: cart.lines.length }).map((lines): Cart => ({ ...cart, lines })),
  ),
);

describe('the sums', () => {
  test('are what they claim to be', () => {
    forAnyCart((cart, answer) => {
      const { subtotalMinor, discountMinor, shippingMinor, surchargeMinor, taxMinor, totalMinor } = answer;
      const onTop = cart.pricesIncludeTax ? 0 : taxMinor;
      expect(totalMinor).toBe(subtotalMinor - discountMinor + shippingMinor + surchargeMinor + onTop);
      expect(subtotalMinor).toBe(sumOf(cart.lines.map((one) => one.unitPriceMinor * one.quantity)));
      const entries = [...answer.lines, ...answer.shipping, ...answer.surcharges];
      expect(totalMinor).toBe(sumOf(entries.map((entry) => entry.grossMinor)));
      for (const entry of entries) expect(entry.grossMinor).toBe(entry.netMinor + entry.taxMinor);
      for (const entry of [...answer.lines, ...answer.shipping]) {
        const left = cart.pricesIncludeTax ? entry.grossMinor : entry.netMinor;
        expect(left).toBe(entry.listedMinor - entry.discountMinor);
      }
    });
  });

  test('account for every unit of a discount', () => {
    forAnyCart((_cart, answer) => {
      const allocations = answer.discounts.flatMap((discount) => discount.allocations);
      for (const discount of answer.discounts) {
        expect(sumOf(discount.allocations.map((one) => one.amountMinor))).toBe(discount.amountMinor);
        expect(discount.amountMinor).toBeGreaterThan(0);
      }
      const takenFrom = (from: 'line' | 'shipping', key: string) =>
        sumOf(allocations.filter((one) => one.from === from && one.key === key).map((one) => one.amountMinor));
      for (const one of answer.lines) expect(takenFrom('line', one.key)).toBe(one.discountMinor);
      for (const one of answer.shipping) expect(takenFrom('shipping', one.key)).toBe(one.discountMinor);
      expect(answer.discountMinor + answer.shippingDiscountMinor).toBe(
        sumOf(answer.discounts.map((discount) => discount.amountMinor)),
      );
    });
  });

  test('account for every unit of a tax', () => {
    forAnyCart((_cart, answer) => {
      const entries = [...answer.lines, ...answer.shipping, ...answer.surcharges];
      for (const entry of entries) expect(sumOf(entry.taxes.map((tax) => tax.taxMinor))).toBe(entry.taxMinor);
      expect(sumOf(entries.map((entry) => entry.taxMinor))).toBe(answer.taxMinor);
      expect(sumOf(answer.taxSummary.map((tax) => tax.taxMinor))).toBe(answer.taxMinor);
    });
  });

  test('are never negative', () => {
    forAnyCart((_cart, answer) => {
      for (const { netMinor, taxMinor, grossMinor, listedMinor, discountMinor } of [
        ...answer.lines,
        ...answer.shipping,
      ])
        for (const amount of [netMinor, taxMinor, grossMinor, listedMinor, discountMinor])
          expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
      expect(answer.totalMinor).toBeGreaterThanOrEqual(0);
      expect(answer.dueMinor).toBeGreaterThanOrEqual(0);
    });
  });

  test('are never negative with a rebate either: one that is too large is refused', () => {
    const rebate = fc.record({
      key: fc.constant('rebate'),
      amountMinor: fc.integer({ min: -50_000, max: -1 }),
      taxRates: fc.constantFrom([], [{ name: 'vat', rate: '0.2' }]),
      includesTax: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(anyCart, rebate, (cart, surcharge) => {
        const result = price({ ...cart, surcharges: [...cart.surcharges, surcharge] });
        if (result.ok) expect(result.value.totalMinor).toBeGreaterThanOrEqual(0);
        else expect(result.refusal.totalMinor).toBeLessThan(0);
      }),
      runs,
    );
  });

  test('leave to pay what gift cards do not cover, and no card gives more than it holds', () => {
    forAnyCart((cart, answer) => {
      expect(answer.dueMinor + sumOf(answer.giftCards.map((card) => card.usedMinor))).toBe(answer.totalMinor);
      answer.giftCards.forEach((card, index) => {
        expect(card.usedMinor).toBeLessThanOrEqual(cart.giftCards[index]?.balanceMinor ?? 0);
      });
    });
  });
});

describe('a tax on exclusive prices', () => {
  test('is rounded once: per entry, or over all entries of its name and rate', () => {
    forAnyCart((given) => {
      const cart: Cart = { ...given, pricesIncludeTax: false, surcharges: [] };
      const answer = priced(cart);
      const entries = [...answer.lines, ...answer.shipping];
      const sources = [...cart.lines, ...cart.shipping];
      for (const { name, rate, taxMinor } of answer.taxSummary) {
        const { numerator, denominator } = parseRate(rate);
        const isOfRate = (one: { name: string; rate: string }) =>
          one.name === name && Number(one.rate) === Number(rate);
        const bases = entries.filter((_, index) => sources[index]?.taxRates.some(isOfRate)).map((one) => one.netMinor);
        const rounded = (amount: number) => roundFraction(BigInt(amount) * numerator, denominator, cart.rounding.mode);
        const expected = cart.rounding.level === 'order' ? rounded(sumOf(bases)) : sumOf(bases.map(rounded));
        expect(taxMinor).toBe(expected);
      }
    });
  });
});

describe('the order of adding lines', () => {
  test('changes nothing at all where no cent of a discount is tied', () => {
    fc.assert(
      fc.property(anyTwoOrders, ([cart, other]) => {
        const answer = priced(cart);
        fc.pre(!hasTiedCent(cart, answer));
        expect(comparable(priced(other), cart)).toEqual(comparable(answer, cart));
      }),
      runs,
    );
  });

  test('moves at most a tied cent per line under one discount, never the sum of the discount', () => {
    const anyShuffled = anyLines.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray([...lines], { minLength: lines.length })),
    );
    fc.assert(
      fc.property(anyShuffled, fc.integer({ min: 1, max: 40 }), ([lines, others], amountMinor) => {
        const promotions = [promotion('p', { kind: 'fixedOffOrder', amountMinor, scope: 'lines' })];
        const one = priced(cartWith(lines, { promotions }));
        const two = priced(cartWith(others, { promotions }));
        expect(two.discountMinor).toBe(one.discountMinor);
        for (const { key, discountMinor } of one.lines) {
          const twin = two.lines.find((candidate) => candidate.key === key);
          expect(Math.abs((twin?.discountMinor ?? -9) - discountMinor)).toBeLessThanOrEqual(1);
        }
      }),
      runs,
    );
  });
});

test('removing what was added returns to the same totals', () => {
  fc.assert(
    fc.property(anyCart, fc.integer({ min: 1, max: 5 }), (cart, quantity) => {
      const before = priced(cart);
      const added: CartLine = { key: 'lin_added', unitPriceMinor: 777, quantity, taxRates: [], tags: ['sale'] };
      const longer: Cart = { ...cart, lines: [...cart.lines, added] };
      expect(priced(longer).subtotalMinor).toBe(before.subtotalMinor + 777 * quantity);
      const shorter: Cart = { ...longer, lines: longer.lines.filter((one) => one.key !== added.key) };
      expect(priced(shorter)).toEqual(before);
    }),
    runs,
  );
});

/** What may be compared between two orders of lines. Rounded per order, the cents of a tax may be tied as well. */
function comparable(answer: PricedCart, cart: Cart) {
  const isPerLine = cart.rounding.level === 'line';
  const byKey = <Row extends { key: string }>(rows: readonly Row[]) =>
    [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    totalMinor: answer.totalMinor,
    taxMinor: answer.taxMinor,
    discountMinor: answer.discountMinor,
    shippingMinor: answer.shippingMinor,
    dueMinor: answer.dueMinor,
    appliedPromotions: answer.appliedPromotions,
    lines: byKey(answer.lines).map((one) => (isPerLine ? one : { key: one.key, discountMinor: one.discountMinor })),
    shipping: byKey(answer.shipping).map((one) => one.discountMinor),
    summary: answer.taxSummary.map(({ name, taxMinor }) => `${name} ${taxMinor}`).sort(),
  };
}

/** Replays the discounts from their allocations and looks for one whose last spare cent had two equal claims. */
function hasTiedCent(cart: Cart, answer: PricedCart): boolean {
  const left = new Map<string, bigint>();
  for (const one of [...answer.lines, ...answer.shipping]) left.set(one.key, BigInt(one.listedMinor));
  return cart.promotions.some((one) => {
    const discount = answer.discounts.find((candidate) => candidate.promotionKey === one.key);
    if (discount === undefined) return false;
    // A cap is shared by what each entry would have got without it, which no answer tells.
    if (discount.amountMinor === one.maxAmountMinor) return true;
    const weights = spreadOver(one, cart).map((key) => left.get(key) ?? 0n);
    for (const { key, amountMinor } of discount.allocations) left.set(key, (left.get(key) ?? 0n) - BigInt(amountMinor));
    return isTied(BigInt(discount.amountMinor), weights);
  });
}

/** The entries that share in the discount of a promotion, or none when it takes from each on its own. */
function spreadOver(one: Promotion, { lines, shipping }: Cart): readonly string[] {
  const shippingKeys = shipping.map((shipment) => shipment.key);
  const among = (keys: readonly string[] | null = null) =>
    lines.filter(({ key }) => keys?.includes(key) ?? true).map(({ key }) => key);
  switch (one.kind) {
    case 'percentOffOrder':
    case 'fixedOffOrder':
      return [...among(one.keys), ...(one.scope === 'lines' ? [] : shippingKeys)];
    case 'orderFixedPrice':
      return among(one.keys);
    case 'fixedOffItemsAcross':
      return lines
        .filter(({ key, tags }) => (one.keys?.includes(key) ?? true) && (one.tag === null || tags.includes(one.tag)))
        .map(({ key }) => key);
    case 'fixedOffShipping':
    case 'percentOffShipping':
      return shippingKeys;
    default:
      return [];
  }
}

function isTied(amount: bigint, weights: readonly bigint[]): boolean {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) return false;
  const remainders = weights.map((weight) => (amount * weight) % whole).sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  const spare = Number(remainders.reduce((sum, remainder) => sum + remainder, 0n) / whole);
  return spare > 0 && remainders[spare - 1] === remainders[spare];
}
