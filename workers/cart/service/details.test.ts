/** What a shopper sets beside the lines: codes and gift cards are checked before they are kept, others wait in the cart. */
import { describe, expect, test } from 'vitest';
import {
  type GiftCardFinding,
  giftCardBalance,
  promotionUses,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import type { Quote, QuoteRequest, RejectedCode } from '../../../shared/contracts/pricing/api.ts';
import { quotingBy } from '../../../shared/testing/pricing.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import type { CartEnv } from '../context.ts';
import { evolveCart, noDetails, type StartedCart } from '../domain/cart.ts';
import { detailsOf, priced } from './details.ts';

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
  allowances: Quote['allowances'] = [];
  discounts: Quote['discounts'] = [];
  offeredGifts: NonNullable<Quote['offeredGifts']> = [];
  committed = 0;
  available: number | null = null;
  readonly balancesAsked: string[] = [];
  readonly asked: QuoteRequest[] = [];
  readonly codesAsked: string[] = [];

  get env(): Pick<CartEnv, 'PRICING'> {
    return {
      PRICING: {
        market: () => Promise.reject(new Error('not asked')),
        explain: () => Promise.reject(new Error('not asked')),
        ...quotingBy(async (request) => {
          this.asked.push(request);
          if ((request.usedUp?.length ?? 0) > 0)
            return accept({
              ...quoteOf(request, this),
              allowances: [],
              discounts: [],
              rejectedCodes: [{ code: 'ten', reason: 'used-up', available: 0 }],
            });
          if (request.country === 'XX')
            return refuse({ code: 'unknown-market', country: 'XX', currency: null, detail: 'Nothing is sold there.' });
          const { offeredGifts } = this;
          return accept({ ...quoteOf(request, this), ...(request.needsGiftOffers === true ? { offeredGifts } : {}) });
        }),
        balances: async (names) => {
          this.balancesAsked.push(...names);
          return names.map((allowance) => ({
            allowance,
            total: null,
            held: 0,
            committed: this.committed,
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

function quoteOf({ country, currency }: QuoteRequest, { rejected, allowances, discounts }: Pricing): Quote {
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
    discounts,
    rejectedCodes: rejected,
    taxLines: [],
    taxRelief: null,
    giftCards: [],
    dueMinor: 0,
    allowances,
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

  test('whose uses are all committed is refused, and one with a use left is taken', async () => {
    const pricing = new Pricing();
    pricing.discounts = [{ promotionId: 'prm_1', title: 'Ten', code: 'ten', amountMinor: 1 }];
    pricing.allowances = [{ allowance: promotionUses('prm_1'), quantity: 1, limit: 3 }];
    pricing.committed = 2;
    expect((await detailsOf(pricing.env, cart, { discountCodes: ['ten'] }, now)).ok).toBe(true);
    pricing.committed = 3;
    expect(await detailsOf(pricing.env, cart, { discountCodes: ['ten'] }, now)).toMatchObject({
      refusal: { code: 'code-used-up', available: 0, discountCode: 'ten' },
    });
  });

  test('is asked about as the cart will be, with the buyer under a hash of the address', async () => {
    const pricing = new Pricing();
    await detailsOf(pricing.env, cart, { discountCodes: ['A'], email: ' Ann@Example.org', vatId: 'DE1' }, now);
    const [request] = pricing.asked;
    expect(request).toMatchObject({ codes: ['A'], customer: { vatId: 'DE1', groups: [] } });
    expect(request?.customer?.id).toMatch(/^[0-9a-f]{64}$/);
    await detailsOf(pricing.env, { ...cart, email: 'ann@example.org' }, { discountCodes: ['A'] }, now);
    expect(pricing.asked[1]?.customer?.id).toBe(request?.customer?.id);
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

  test('pays with what is left on it', async () => {
    const pricing = new Pricing();
    const held: StartedCart = { ...cart, giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] };
    await detailsOf(pricing.env, held, { discountCodes: ['A'] }, now);
    expect(pricing.asked[0]?.giftCards).toEqual([{ key: giftCardBalance('gft_1'), balanceMinor: 0 }]);
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
    expect(pricing.asked[0]?.giftCards?.map(({ key }) => key)).toEqual([
      giftCardBalance('gft_1'),
      storeCreditBalance('cus_1', 'EUR'),
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

describe('gifts that a cart is offered', () => {
  const limited = { allowance: promotionUses('pro_1'), quantity: 1, limit: 5 };
  const gift = { promotionId: 'pro_1', title: 'A mug', variantId: 'var_1', quantity: 1, allowances: [limited] };

  async function offered(pricing: Pricing, of: StartedCart = cart) {
    const answer = await priced(pricing.env, of, now);
    if (!answer.ok) throw new Error(answer.refusal.code);
    return answer.value.quote.offeredGifts ?? [];
  }

  test('stay as long as their promotion has uses left', async () => {
    const pricing = new Pricing();
    pricing.offeredGifts = [gift];
    pricing.committed = 4;
    expect(await offered(pricing)).toEqual([gift]);
    pricing.committed = 5;
    expect(await offered(pricing)).toEqual([]);
    expect(pricing.asked.at(-1)?.usedUp).toEqual([limited.allowance]);
  });

  test('cost no question where nothing limits them, and none is asked for without them', async () => {
    const pricing = new Pricing();
    expect(await offered(pricing)).toEqual([]);
    pricing.offeredGifts = [{ ...gift, allowances: [] }];
    expect(await offered(pricing)).toHaveLength(1);
    expect([pricing.asked.length, pricing.balancesAsked]).toEqual([2, []]);
  });

  test('are none in a cart that is being bought', async () => {
    const pricing = new Pricing();
    pricing.offeredGifts = [gift];
    const { status: _, ...shown } = cart;
    expect(await offered(pricing, { ...shown, status: 'frozen', checkoutId: 'chk_1', until: now + 1 })).toEqual([]);
  });
});
