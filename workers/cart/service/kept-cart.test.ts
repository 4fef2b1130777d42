/** What is kept of an answer makes the same bytes again, whatever the cart, its prices and its past are. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CartQuestion, Quote, QuotedLine } from '../../../shared/contracts/pricing/api.ts';
import { accept } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { cartId, now, plainQuote, TestDesk } from '../testing/desk.ts';
import { variantOf } from '../testing/script.ts';
import type { CartText, CartWish, CartWrite } from './cart-object.ts';

const minor = fc.integer({ min: 0, max: 2 ** 40 });
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"\\\u2028', '💶', 'كتاب'));

const pricedLine = fc.record<Partial<QuotedLine>>({
  unitPriceMinor: minor,
  compareAtMinor: fc.option(minor),
  priceListId: fc.option(text),
  subtotalMinor: minor,
  discountMinor: minor,
  taxMinor: minor,
  totalMinor: minor,
});

const quoted = fc
  .record<Partial<Quote>>({
    pricingVersion: fc.nat(),
    pricesIncludeTax: fc.boolean(),
    shippingOptionId: fc.option(text),
    shippingMinor: minor,
    discounts: fc.array(fc.record({ promotionId: text, title: text, code: fc.option(text), amountMinor: minor })),
    rejectedCodes: fc.array(
      fc.oneof(
        fc.record({ code: text, reason: fc.constant('below-minimum' as const), minimumMinor: minor }),
        fc.record({ code: text, reason: fc.constant('expired' as const), until: fc.constant(now) }),
      ),
    ),
    taxLines: fc.array(fc.record({ name: text, rate: fc.constant('0.19'), baseMinor: minor, taxMinor: minor })),
    taxRelief: fc.constantFrom(null, 'exempt' as const, 'reverse-charge' as const),
  })
  .chain((one) =>
    fc
      .constantFrom<Partial<Quote>>({}, { taxNeeds: ['region'] })
      .map((needs): Partial<Quote> => ({ ...one, ...needs })),
  );

const wish: fc.Arbitrary<CartWish> = fc.oneof(
  fc.record({ variant: fc.nat(3), quantity: fc.integer({ min: 1, max: 5 }), attribute: text }).map(
    ({ variant, quantity, attribute }): CartWish => ({
      type: 'add-lines',
      lines: [
        {
          lineId: `lin_${variant}_${quantity}`,
          variant: variantOf(variant, 100),
          quantity,
          attributes: { engraving: attribute },
        },
      ],
    }),
  ),
  fc.record({
    type: fc.constant('change-details' as const),
    input: fc.record({ note: text, giftCards: fc.array(fc.constantFrom('W-1', 'W-2', ''), { maxLength: 2 }) }),
  }),
  fc.record({
    type: fc.constant('change-line' as const),
    lineId: fc.constantFrom('lin_0_1', 'lin_1_1', 'lin_2_2'),
    quantity: fc.nat(3),
  }),
  fc.record({
    type: fc.constant('set-customer' as const),
    customer: fc.option(fc.record({ id: text, groups: fc.array(text), isTaxExempt: fc.boolean() })),
    actor: text,
  }),
);

/** A pricing that says anything, as long as it speaks of the cart's lines. */
const sayingAnything =
  (quote: Partial<Quote>, line: Partial<QuotedLine>) =>
  async ({ cart }: CartQuestion) => {
    const plain = plainQuote(cart);
    const lines = plain.lines.map((usual) => ({ ...usual, ...line }));
    return accept({ quote: { ...plain, ...quote, lines }, usedUp: [] });
  };

test('every answer of a random past comes again to the byte, also from an object that has died', async () => {
  const step = fc.record({ wish, quote: quoted, line: pricedLine, isFrozenBefore: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const given = new TestDesk();
      const first: { readonly answer: CartText; readonly ask: () => Promise<CartText> }[] = [];
      for (const [index, { wish: wanted, quote, line, isFrozenBefore }] of steps.entries()) {
        // A freeze that is over by the next change.
        const at = now + index * secondMs;
        if (isFrozenBefore)
          given.command({ type: 'freeze', checkoutId: 'chk_1', version: null, until: at, now: at - 500 });
        given.pricing.answer = sayingAnything(quote, line);
        const more: Partial<CartWrite> = { idempotency: { key: `k${index}`, fingerprint: 'f' }, now: at };
        const ask = () => given.write(wanted, more);
        first.push({ answer: await ask(), ask });
      }
      given.restart();
      given.pricing.answer = () => Promise.reject(new Error('pricing is not asked for a replay'));
      for (const { answer, ask } of first.filter(({ answer: { status } }) => status < 300 || status === 409)) {
        const { wrongCodes: _counted, ...told } = answer;
        expect(await ask()).toEqual({ ...told, isReplay: true });
      }
    }),
    { numRuns: 300 },
  );
});

test('an answer about a cart that has expired since is that it is not there', async () => {
  const given = new TestDesk();
  const keyed = { idempotency: { key: 'k', fingerprint: 'f' } };
  await given.add(0, keyed);
  given.streams.drop(cartId);
  expect((await given.add(0, keyed)).status).toBe(404);
});
