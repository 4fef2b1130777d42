/** Agreeing on what is bought: nobody is charged a total, or what is left after gift cards, that he did not see. */
import { describe, expect, test } from 'vitest';
import type { CartSnapshot } from '../../../shared/contracts/cart/api.ts';
import { giftCardBalance, promotionUses, storeCreditBalance } from '../../../shared/contracts/pricing/allowances.ts';
import type { PricingApi, Quote } from '../../../shared/contracts/pricing/api.ts';
import { quotedAs, quotingBy } from '../../../shared/testing/pricing.ts';
import { refuse } from '../../../shared/values/result.ts';
import { cartSnapshot, quote, variant } from '../testing/checkouts.ts';
import { agree } from './agree.ts';

const now = 1_800_000_100_000;
const eur = (amount: number) => ({ amount, currency: 'EUR' as const });
const card = (balanceMinor: number) => ({ cardId: 'gft_1', last4: '1234', balanceMinor });

interface Shop {
  /** What is left on the gift card now. */
  readonly balanceMinor?: number;
  /** What is left of the customer's store credit. */
  readonly creditMinor?: number;
  /** Uses of the promotion that are committed, of one. */
  readonly usesCommitted?: number;
}

function pricingOf({ balanceMinor = 0, creditMinor = 0, usesCommitted }: Shop): Pick<PricingApi, 'quoteCart'> {
  const available = new Map([
    [giftCardBalance('gft_1'), balanceMinor],
    [storeCreditBalance('cus_1', 'EUR'), creditMinor],
  ]);
  return quotingBy(async ({ cart, seenAt }) => {
    const isNow = seenAt === null;
    const usedUp = isNow ? (usesCommitted === 1 ? [promotionUses('pro_1')] : []) : cart.usedUp;
    const balances = cart.balances.map(({ key, seenMinor }) => ({
      key,
      balanceMinor: isNow ? (available.get(key) ?? 0) : seenMinor,
    }));
    return quotedAs(pricedFor(balances, usedUp, usesCommitted !== undefined), usedUp);
  });
}

function pricedFor(
  giftCards: readonly { readonly key: string; readonly balanceMinor: number }[],
  usedUp: readonly string[],
  hasPromotion: boolean,
): Quote {
  const offMinor = hasPromotion && !usedUp.includes(promotionUses('pro_1')) ? 500 : 0;
  const totalMinor = quote.totalMinor - offMinor;
  const used = giftCards.map(({ key, balanceMinor }) => ({ key, usedMinor: Math.min(balanceMinor, totalMinor) }));
  return {
    ...quote,
    totalMinor,
    lines: quote.lines.map((one) => ({
      ...one,
      unitPriceMinor: 1250,
      compareAtMinor: null,
      priceListId: null,
      discounts: [],
    })),
    isUnshippable: false,
    shippingDiscountMinor: 0,
    discounts: offMinor === 0 ? [] : [{ promotionId: 'pro_1', title: 'Five', code: 'FIVE', amountMinor: 500 }],
    rejectedCodes: hasPromotion && offMinor === 0 ? [{ code: 'FIVE', reason: 'used-up', available: 0 }] : [],
    taxLines: [],
    taxRelief: null,
    giftCards: used,
    dueMinor: totalMinor - used.reduce((sum, { usedMinor }) => sum + usedMinor, 0),
    allowances: offMinor === 0 ? [] : [{ allowance: promotionUses('pro_1'), quantity: 1, limit: 1 }],
  };
}

const nothingExpected = { expectedTotal: null, expectedDue: null };

function agreeOn(cart: Partial<CartSnapshot>, shop: Shop, expected: Partial<Parameters<typeof agree>[1]> = {}) {
  const ports = {
    catalog: { variants: async () => [variant] },
    pricing: pricingOf(shop),
  };
  return agree(cartSnapshot(cart), { ...nothingExpected, ...expected }, ports, now);
}

describe('a gift card', () => {
  test('that holds what it held is agreed on', async () => {
    const agreed = await agreeOn({ giftCards: [card(1000)] }, { balanceMinor: 1000 });
    expect(agreed).toMatchObject({ ok: true, value: { quote: { dueMinor: 1990 } } });
  });

  test('that holds less than the shopper saw is refused by name, with what would be left to pay', async () => {
    expect(await agreeOn({ giftCards: [card(1000)] }, { balanceMinor: 20 })).toMatchObject({
      refusal: { failure: { code: 'gift-card-insufficient', giftCard: 'gft_1', available: 20, due: eur(2970) } },
    });
    const toldTheTotal = { expectedTotal: eur(2990) };
    expect((await agreeOn({ giftCards: [card(1000)] }, { balanceMinor: 0 }, toldTheTotal)).ok).toBe(false);
  });

  test('that lost what it does not need is agreed on', async () => {
    expect((await agreeOn({ giftCards: [card(9000)] }, { balanceMinor: 2990 })).ok).toBe(true);
  });

  test('that holds less is agreed on by whoever names what is left to pay, and by no other amount', async () => {
    const cart = { giftCards: [card(1000)] };
    expect((await agreeOn(cart, { balanceMinor: 20 }, { expectedDue: eur(2970) })).ok).toBe(true);
    expect((await agreeOn(cart, { balanceMinor: 20 }, { expectedDue: eur(1990) })).ok).toBe(false);
    expect(await agreeOn(cart, { balanceMinor: 1000 }, { expectedDue: eur(1) })).toMatchObject({
      refusal: { failure: { code: 'price-changed', due: eur(1990) } },
    });
  });
});

describe('store credit', () => {
  const cart = { giftCards: [card(1000)], storeCredit: { customerId: 'cus_1', balanceMinor: 500 } };

  test('that holds what it held is agreed on', async () => {
    const agreed = await agreeOn(cart, { balanceMinor: 1000, creditMinor: 500 });
    expect(agreed).toMatchObject({ ok: true, value: { quote: { dueMinor: 1490 } } });
  });

  test('that was spent meanwhile is refused with what would be left to pay, unless that was named', async () => {
    const shop = { balanceMinor: 1000, creditMinor: 30 };
    expect(await agreeOn(cart, shop)).toMatchObject({
      refusal: { failure: { code: 'store-credit-insufficient', available: 30, due: eur(1960) } },
    });
    expect((await agreeOn(cart, shop, { expectedDue: eur(1960) })).ok).toBe(true);
  });

  test('need not stand in for a card that lost its money', async () => {
    expect(await agreeOn(cart, { balanceMinor: 0, creditMinor: 500 })).toMatchObject({
      refusal: { failure: { code: 'gift-card-insufficient', giftCard: 'gft_1' } },
    });
  });
});

describe('a promotion that is used up', () => {
  const cart = { discountCodes: ['FIVE'] };

  test('is refused by its code, unless the new total was named', async () => {
    expect((await agreeOn(cart, { usesCommitted: 0 })).ok).toBe(true);
    expect(await agreeOn(cart, { usesCommitted: 1 })).toMatchObject({
      refusal: { failure: { code: 'code-used-up', discountCode: 'FIVE', available: 0, total: eur(2990) } },
    });
    expect((await agreeOn(cart, { usesCommitted: 1 }, { expectedTotal: eur(2990) })).ok).toBe(true);
    expect((await agreeOn(cart, { usesCommitted: 1 }, { expectedTotal: eur(2490) })).ok).toBe(false);
  });

  test('is no matter to who has looked since, and saw the total without it', async () => {
    const looked = { ...cart, usedUp: [promotionUses('pro_1')] };
    expect((await agreeOn(looked, { usesCommitted: 1 })).ok).toBe(true);
    expect((await agreeOn({ ...cart, usedUp: ['promo:other'] }, { usesCommitted: 1 })).ok).toBe(false);
  });
});

describe('what an order needs of its shopper', () => {
  const refusing = quotingBy(async () =>
    refuse({ code: 'no-shipping-rate', country: 'DE', region: null, postalCode: null, weightGrams: 600 }),
  );
  const agreeWhere = (cart: Partial<CartSnapshot>, pricing: Pick<PricingApi, 'quoteCart'>) =>
    agree(cartSnapshot(cart), nothingExpected, { catalog: { variants: async () => [variant] }, pricing }, now);
  const codeOf = async (agreement: ReturnType<typeof agreeWhere>) => {
    const agreed = await agreement;
    return agreed.ok ? null : agreed.refusal.failure.code;
  };

  test('is asked for before anything is agreed on', async () => {
    expect(await codeOf(agreeWhere({ shippingAddress: null }, pricingOf({})))).toBe('address-needed');
    expect(await codeOf(agreeWhere({ email: null }, pricingOf({})))).toBe('contact-needed');
    expect(await codeOf(agreeWhere({}, pricingOf({})))).toBeNull();
  });

  test('is asked for before it is said that nothing is sent there', async () => {
    expect(await codeOf(agreeWhere({ shippingAddress: null }, refusing))).toBe('address-needed');
    expect(await codeOf(agreeWhere({}, refusing))).toBe('no-shipping-rate');
    expect(await codeOf(agreeWhere({ email: null }, refusing))).toBe('no-shipping-rate');
  });

  test('may be what taxes depend on', async () => {
    const open = quotingBy(async () => quotedAs({ ...quote, taxNeeds: ['region'] }));
    const agreed = await agreeWhere({}, open);
    expect(agreed).toMatchObject({
      refusal: { failure: { code: 'address-needed', errors: [{ pointer: '/shippingAddress/region' }] } },
    });
  });
});
