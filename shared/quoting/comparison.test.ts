/** When pricing is asked for what a shopper saw, and what it then answers. */
import { expect, test } from 'vitest';
import type { CartQuestion, PriceableCart, Quote } from '../contracts/pricing/api.ts';
import { quotedAs } from '../testing/pricing.ts';
import { refuse } from '../values/result.ts';
import { minuteMs } from '../values/time.ts';
import { quoteCompared } from './comparison.ts';

const now = 1_800_000_000_000;
const changedAt = now - 5 * minuteMs;

const cart: PriceableCart = {
  ...{ country: 'DE', currency: 'EUR', address: null, shippingOptionId: null, lines: [], codes: [], balances: [] },
  ...{ buyer: null, usedUp: [] },
};

function quoteOf(totalMinor: number): Quote {
  return {
    ...{
      pricingVersion: 2,
      pricingSince: changedAt,
      country: 'DE',
      currency: 'EUR',
      pricesIncludeTax: true,
      lines: [],
    },
    ...{ shippingOptions: [], shippingOptionId: 'shr_1', isUnshippable: false, discounts: [], rejectedCodes: [] },
    ...{ taxLines: [], taxRelief: null, giftCards: [], allowances: [], subtotalMinor: totalMinor, discountMinor: 0 },
    ...{ shippingMinor: 0, shippingDiscountMinor: 0, taxMinor: 0, totalMinor, dueMinor: totalMinor },
  };
}

/** Settings changed five minutes ago, from 900 to 1,000. Answers with what was asked, one after the other. */
async function compared(comparedWith: number | undefined, seen = quotedAs(quoteOf(900))) {
  const asked: CartQuestion[] = [];
  const answer = await quoteCompared(
    async (question) => {
      asked.push(question);
      return question.seenAt === null ? quotedAs(quoteOf(1000)) : seen;
    },
    { cart, now, seenAt: null, isForCheckout: true, ...(comparedWith === undefined ? {} : { comparedWith }) },
  );
  if (!answer.ok) throw new Error(answer.refusal.code);
  return { seen: answer.value.seen, totalMinor: answer.value.quote.totalMinor, asked };
}

test('what was seen well after the last change is the same, and is not asked for', async () => {
  const { seen, asked } = await compared(changedAt + minuteMs + 1);
  expect(seen).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test.each([changedAt - minuteMs, changedAt, changedAt + minuteMs])(
  'what was seen before or about it comes along (%i)',
  async (at) => {
    const { seen, totalMinor, asked } = await compared(at);
    expect([totalMinor, seen]).toEqual([1000, { totalMinor: 900, shippingOptionId: 'shr_1' }]);
    expect(asked[1]).toEqual({ cart, now, seenAt: at });
  },
);

test('what had no price then was not seen', async () => {
  const { seen } = await compared(changedAt, refuse({ code: 'total-too-large', max: 1 }));
  expect(seen).toBeNull();
});

test('a question without a comparison has one answer', async () => {
  const { seen, asked } = await compared(undefined);
  expect([seen, asked.length]).toEqual([undefined, 1]);
});
