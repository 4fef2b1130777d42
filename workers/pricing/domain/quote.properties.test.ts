/** What holds for the quote of any cart in any shop, and that its explanation adds up to the same figures. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { CartExplanation } from '../../../shared/contracts/pricing/explanation.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { anyRequest, anyShop } from '../testing/quoted-carts.ts';
import { quoted } from '../testing/settings.ts';
import { explain, totalsOf } from './explain.ts';
import type { QuoteRequest } from './request.ts';
import type { PricingSettings } from './settings.ts';

const runs = { numRuns: 1_000 };

function forAny(check: (settings: PricingSettings, asked: QuoteRequest, answer: Quote) => void): void {
  fc.assert(
    fc.property(anyShop, anyRequest, (settings, asked) => check(settings, asked, quoted(settings, asked))),
    runs,
  );
}

describe('the quote of any cart', () => {
  test('totals its lines, shipping and tax less its discounts, and is never negative', () => {
    forAny((_, __, answer) => {
      const { subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, dueMinor, giftCards } = answer;
      expect(totalMinor).toBe(subtotalMinor - discountMinor + shippingMinor + (answer.pricesIncludeTax ? 0 : taxMinor));
      expect(subtotalMinor).toBe(sumOf(answer.lines.map((one) => one.subtotalMinor)));
      expect(dueMinor).toBe(totalMinor - sumOf(giftCards.map((card) => card.usedMinor)));
      for (const amount of [subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, dueMinor])
        expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
      for (const one of answer.lines) expect(Math.min(one.totalMinor, one.taxMinor)).toBeGreaterThanOrEqual(0);
    });
  });

  test('gives every cent of a discount to a line or to shipping, and every cent of tax to a rate', () => {
    forAny((_, __, answer) => {
      const off = sumOf(answer.discounts.map((one) => one.amountMinor));
      expect(off).toBe(answer.discountMinor + answer.shippingDiscountMinor);
      for (const one of answer.lines)
        expect(sumOf(one.discounts.map(({ amountMinor }) => amountMinor))).toBe(one.discountMinor);
      expect(sumOf(answer.taxLines.map((one) => one.taxMinor))).toBe(answer.taxMinor);
    });
  });

  test('says of every code what it took off or why it took nothing', () => {
    forAny((_, { codes = [] }, answer) => {
      const known = [
        ...answer.discounts.flatMap(({ code }) => code ?? []),
        ...answer.rejectedCodes.map(({ code }) => code),
      ];
      expect(known.sort()).toEqual([...codes].sort());
    });
  });

  test('asks to hold a use and the amount of every limited discount, a first order, and nothing else', () => {
    forAny((settings, { customer }, answer) => {
      expect(answer.allowances).toEqual(
        answer.discounts.flatMap(({ promotionId, amountMinor }) => {
          const setting = settings.promotions?.find(({ id }) => id === promotionId);
          const isLimited = setting?.limits.usesMax === 9;
          const first = { allowance: `promo:${promotionId}:${customer?.id}`, quantity: 1, limit: 1 };
          return [
            ...(isLimited ? [{ allowance: `promo:${promotionId}`, quantity: 1, limit: 9 }] : []),
            ...(setting?.conditions.isFirstOrder === true ? [first] : []),
            ...(isLimited ? [{ allowance: `budget:${promotionId}:EUR`, quantity: amountMinor, limit: 100_000 }] : []),
          ];
        }),
      );
    });
  });

  test('returns to the same figures when what was added is removed', () => {
    forAny((settings, asked, before) => {
      const added = {
        lineId: 'x',
        unitPriceMinor: 777,
        quantity: 2,
        weightGrams: 9,
        requiresShipping: true,
        isTaxable: true,
      };
      const longer = { ...asked, lines: [...asked.lines, added] };
      expect(quoted(settings, longer).lines).toHaveLength(asked.lines.length + 1);
      expect(quoted(settings, { ...longer, lines: longer.lines.filter(({ lineId }) => lineId !== 'x') })).toEqual(
        before,
      );
    });
  });

  test('is explained by steps that add up to its own figures', () => {
    forAny((settings, asked, answer) => {
      const explained = explain(settings, asked);
      if (!explained.ok) throw new Error(explained.refusal.code);
      const { entries, payments, totals } = CartExplanation.parse(explained.value);
      const { subtotalMinor, discountMinor, shippingMinor, shippingDiscountMinor, taxMinor, totalMinor, dueMinor } =
        answer;
      expect(JSON.stringify(totalsOf(entries, payments))).toBe(
        JSON.stringify({
          subtotalMinor,
          discountMinor,
          shippingMinor,
          shippingDiscountMinor,
          taxMinor,
          totalMinor,
          dueMinor,
        }),
      );
      expect(totals).toEqual(totalsOf(entries, payments));
      for (const one of answer.lines) {
        const steps = entries.find(({ key }) => key === one.lineId)?.steps ?? [];
        const sum = (kinds: readonly string[]) =>
          sumOf(steps.filter(({ kind }) => kinds.includes(kind)).map(({ amountMinor }) => amountMinor));
        expect(sum(['price', 'tax-relief', 'discount'])).toBe(one.totalMinor);
        expect(sum(['tax-inside', 'tax-on-top'])).toBe(one.taxMinor);
      }
    });
  });
});

describe('the order of lines', () => {
  test('decides nothing where neither a cent nor a unit is tied', () => {
    const withoutSpreading = anyShop.map((settings) => ({
      ...settings,
      // A discount that is spread may tie a cent between lines, and the cent then moves the tax of both.
      promotions: (settings.promotions ?? []).filter(({ offer }) =>
        ['percent-off-items', 'fixed-off-each-item', 'buy-x-get-y', 'tiered-by-quantity', 'free-shipping'].includes(
          offer.kind,
        ),
      ),
    }));
    // So may one that a merchant gives on all goods.
    const withoutDiscount = anyRequest.map(({ handDiscount: _given, ...asked }) => asked);
    const anyTwoOrders = withoutDiscount.chain((asked) =>
      fc.tuple(
        fc.constant(asked),
        fc.shuffledSubarray([...asked.lines], { minLength: asked.lines.length }).map((lines) => ({ ...asked, lines })),
      ),
    );
    fc.assert(
      fc.property(withoutSpreading, anyTwoOrders, (settings, [asked, other]) => {
        const { lines: linesA, ...totalsA } = quoted(settings, asked);
        // Of two units at one price the first is the dearest: a list that makes prices equal makes such ties.
        fc.pre(new Set(linesA.map(({ unitPriceMinor }) => unitPriceMinor)).size === linesA.length);
        const { lines: linesB, ...totalsB } = quoted(settings, other);
        expect(totalsB).toEqual(totalsA);
        const most = settings.markets[0]?.rounding.level === 'order' ? 2 : 0;
        for (const one of linesA) {
          const twin = linesB.find(({ lineId }) => lineId === one.lineId);
          expect(twin?.totalMinor).toBe(one.totalMinor);
          expect(Math.abs((twin?.taxMinor ?? -9) - one.taxMinor)).toBeLessThanOrEqual(most);
        }
      }),
      runs,
    );
  });
});

test('the same request at the same moment has the same answer, whatever was asked in between', () => {
  forAny((settings, asked, answer) => {
    quoted(settings, { ...asked, codes: [], lines: asked.lines.slice(1) });
    expect(quoted(settings, asked)).toEqual(answer);
  });
});
