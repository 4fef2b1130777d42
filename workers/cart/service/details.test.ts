/** What a shopper sets beside the lines: codes and gift cards are checked before they are kept, others wait in the cart. */
import { describe, expect, test } from 'vitest';
import {
  type GiftCardFinding,
  giftCardBalance,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import type { CartQuestion, PriceableCart, Quote, RejectedCode } from '../../../shared/contracts/pricing/api.ts';
import { quotedAs, quotingBy } from '../../../shared/testing/pricing.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import type { CartEnv } from '../context.ts';
import { evolveCart, noDetails, type StartedCart } from '../domain/cart.ts';
import { detailsOf } from './details.ts';

const now = 1_800_000_000_000;

const cart: StartedCart = {
  status: 'active',
  country: 'DE',
  currency: 'EUR',
  createdAt: now,
  seenAt: now,
  updatedAt: now,
  customer: null,
  lines: [],
  usedUp: [],
  ...noDetails,
};

const usable: GiftCardFinding = {
  status: 'usable',
  code: 'CARD-1',
  cardId: 'gft_1',
  last4: 'RD-1',
  balanceMinor: 500,
  currency: 'EUR',
  expiresAt: null,
};

/** A pricing that knows these rejections, cards and levels, and remembers what it was asked. */
class Pricing {
  rejected: readonly RejectedCode[] = [];
  cards: readonly GiftCardFinding[] = [];
  available: number | null = null;
  readonly balancesAsked: string[] = [];
  readonly asked: CartQuestion[] = [];
  readonly codesAsked: string[] = [];

  get env(): Pick<CartEnv, 'PRICING'> {
    return {
      PRICING: {
        market: () => Promise.reject(new Error('not asked')),
        explainCart: () => Promise.reject(new Error('not asked')),
        ...quotingBy(async (question) => {
          this.asked.push(question);
          const { country } = question.cart;
          if (country === 'XX')
            return refuse({ code: 'unknown-market', country, currency: null, detail: 'Nothing is sold there.' });
          return quotedAs(quoteOf(question.cart, this.rejected));
        }),
        balances: async (names) => {
          this.balancesAsked.push(...names);
          return names.map((allowance) => ({
            allowance,
            total: null,
            held: 0,
            committed: 0,
            available: this.available,
            isDisabled: false,
            expiresAt: null,
            version: 1,
          }));
        },
        findGiftCards: async ({ codes }) => {
          this.codesAsked.push(...codes);
          return codes.map((code) => this.cards.find((card) => card.code === code) ?? { status: 'unknown', code });
        },
      },
    };
  }
}

function quoteOf({ country, currency }: PriceableCart, rejectedCodes: readonly RejectedCode[]): Quote {
  return {
    pricingVersion: 1,
    pricingSince: 0,
    country,
    currency,
    pricesIncludeTax: true,
    lines: [],
    shippingOptions: [],
    shippingOptionId: null,
    isUnshippable: false,
    subtotalMinor: 0,
    discountMinor: 0,
    shippingMinor: 0,
    shippingDiscountMinor: 0,
    taxMinor: 0,
    totalMinor: 0,
    discounts: [],
    rejectedCodes,
    taxLines: [],
    taxRelief: null,
    giftCards: [],
    dueMinor: 0,
    allowances: [],
  };
}

describe('a discount code', () => {
  test.each([
    ['unknown', {}, 'code-unknown', {}],
    ['not-started', { from: now }, 'code-not-started', { from: '2027-01-15T08:00:00.000Z' }],
    ['expired', { until: now }, 'code-expired', { until: '2027-01-15T08:00:00.000Z' }],
    ['used-up', { available: 0 }, 'code-used-up', { available: 0 }],
    ['not-for-customer', {}, 'code-not-for-customer', {}],
  ] as const)('that is %s is refused with the facts', async (reason, more, code, facts) => {
    const pricing = new Pricing();
    pricing.rejected = [{ code: 'B', reason, ...more }];
    const answer = await detailsOf(pricing.env, cart, { discountCodes: ['A', 'B'] }, now);
    expect(answer).toMatchObject({
      ok: false,
      refusal: { code, discountCode: 'B', ...facts, errors: [{ pointer: '/discountCodes/1' }] },
    });
  });

  test.each(['below-minimum', 'not-combinable', 'not-applicable', 'customer-needed'] as const)(
    'that is %s waits in the cart',
    async (reason) => {
      const pricing = new Pricing();
      pricing.rejected = [{ code: 'A', reason }];
      expect(await detailsOf(pricing.env, cart, { discountCodes: ['A'] }, now)).toEqual(
        accept({ discountCodes: ['A'] }),
      );
    },
  );

  test('is asked about as the cart will be, for its buyer', async () => {
    const pricing = new Pricing();
    await detailsOf(pricing.env, cart, { discountCodes: ['A'], email: 'ann@example.org', vatId: 'DE1' }, now);
    expect(pricing.asked).toMatchObject([
      { cart: { codes: ['A'], buyer: { email: 'ann@example.org', vatId: 'DE1' } }, seenAt: null },
    ]);
  });
});

describe('a gift card', () => {
  test('is kept by its id and last characters, never by its code', async () => {
    const pricing = new Pricing();
    pricing.cards = [usable];
    const answer = await detailsOf(pricing.env, cart, { giftCards: ['CARD-1'] }, now);
    expect(answer).toEqual(accept({ giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] }));
    expect(JSON.stringify(answer)).not.toContain('CARD-1');
  });

  test('that is in the cart stays by its id, and is not looked up again', async () => {
    const pricing = new Pricing();
    pricing.cards = [usable];
    const held: StartedCart = { ...cart, giftCards: [{ cardId: 'gft_0', last4: '0000', balanceMinor: 900 }] };
    const answer = await detailsOf(pricing.env, held, { giftCards: ['gft_0', 'CARD-1', 'CARD-1'] }, now);
    expect(answer).toEqual(
      accept({
        giftCards: [
          { cardId: 'gft_0', last4: '0000', balanceMinor: 0 },
          { cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 },
        ],
      }),
    );
    expect(pricing.codesAsked).not.toContain('gft_0');
  });

  test("whose id somebody guessed is no card: only the cart's own ids count", async () => {
    const pricing = new Pricing();
    pricing.cards = [usable];
    expect(await detailsOf(pricing.env, cart, { giftCards: ['gft_1'] }, now)).toMatchObject({
      refusal: { code: 'gift-card-unusable', reason: 'unknown', errors: [{ pointer: '/giftCards/0' }] },
    });
  });

  test.each(['expired', 'disabled', 'wrong-currency'] as const)('that is %s is refused', async (status) => {
    const pricing = new Pricing();
    pricing.cards = [{ status, code: 'CARD-1', cardId: 'gft_1', last4: 'RD-1' }];
    expect(await detailsOf(pricing.env, cart, { giftCards: ['CARD-1'] }, now)).toMatchObject({
      refusal: { code: 'gift-card-unusable', reason: status },
    });
  });
});

describe('store credit', () => {
  const customer = { id: 'cus_1', groups: [], isTaxExempt: false };

  test('is refused to a guest, and nobody is asked what there is', async () => {
    const pricing = new Pricing();
    expect(await detailsOf(pricing.env, cart, { useStoreCredit: true }, now)).toMatchObject({
      refusal: { code: 'customer-needed', errors: [{ pointer: '/useStoreCredit' }] },
    });
    expect(await detailsOf(pricing.env, cart, { useStoreCredit: false }, now)).toEqual(accept({ storeCredit: null }));
    expect(pricing.balancesAsked).toEqual([]);
  });

  test('of a customer is kept with what is left of it, and pays after the cards', async () => {
    const pricing = new Pricing();
    pricing.available = 700;
    const known: StartedCart = { ...cart, customer };
    const storeCredit = { customerId: 'cus_1', balanceMinor: 700 };
    expect(await detailsOf(pricing.env, known, { useStoreCredit: true }, now)).toEqual(accept({ storeCredit }));
    const giftCards = [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }];
    await detailsOf(pricing.env, { ...known, giftCards, storeCredit }, { discountCodes: ['A'] }, now);
    expect(pricing.asked[0]?.cart.balances).toEqual([
      { key: giftCardBalance('gft_1'), seenMinor: 500 },
      { key: storeCreditBalance('cus_1', 'EUR'), seenMinor: 700 },
    ]);
  });
});

test('details that change no price cost no question', async () => {
  const pricing = new Pricing();
  expect(await detailsOf(pricing.env, cart, { note: 'ring twice' }, now)).toEqual(accept({ note: 'ring twice' }));
  expect(pricing.asked).toEqual([]);
});

test('an address that nothing is sold to is refused', async () => {
  const address = { address1: 'a', city: 'b', country: 'XX' };
  expect(await detailsOf(new Pricing().env, cart, { shippingAddress: address }, now)).toMatchObject({
    refusal: { code: 'unknown-market' },
  });
});

test('a cart that is frozen keeps all its details', () => {
  const details = { ...cart, vatId: 'DE1', giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] };
  const frozen = evolveCart(details, { type: 'cart-frozen', checkoutId: 'chk_1', until: now, at: now });
  expect(frozen).toMatchObject({ vatId: 'DE1', giftCards: details.giftCards });
});
