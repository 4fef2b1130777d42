/** How a cart is priced in one call: balances, promotions that are used up, and a shipping option that is gone. */
import { describe, expect, test } from 'vitest';
import {
  type AllowanceLevels,
  balanceObstacleOf,
  giftCardBalance,
  promotionUses,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import type { CartQuestion, PriceableCart, Quote } from '../../../shared/contracts/pricing/api.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import type { QuoteRequest } from '../domain/request.ts';
import { now, quoted, request, shop } from '../testing/settings.ts';
import { type Reckoner, reckonCart } from './cart-quotes.ts';

const cart: PriceableCart = {
  ...{ country: 'DE', currency: 'EUR', address: null, shippingOptionId: null, lines: [], codes: [], balances: [] },
  ...{ buyer: null, usedUp: [] },
};
const nothing: Quote = quoted(shop(), request([]));
const uses = (promotion: string) => ({ allowance: promotionUses(promotion), quantity: 1, limit: 3 });

/** A reckoner whose promotions act in turn: each next one as soon as the ones before it are used up. */
class Desk implements Reckoner {
  promotions: readonly string[] = [];
  gift: string | null = null;
  offeredOption: string | null = null;
  readonly committed = new Map<string, number>();
  readonly balanceMinor = new Map<string, number>();
  readonly disabled = new Set<string>();
  readonly asked: QuoteRequest[] = [];
  readonly balancesAsked: string[] = [];

  async quote(request: QuoteRequest) {
    this.asked.push(request);
    const { shippingOptionId, usedUp = [] } = request;
    if (shippingOptionId !== null && shippingOptionId !== this.offeredOption)
      return refuse({ code: 'unknown-shipping-option' as const, shippingOptionId });
    const acting = this.promotions.find((promotion) => !usedUp.includes(promotionUses(promotion)));
    const allowances = acting === undefined ? [] : [uses(acting)];
    const isOffered = request.needsGiftOffers === true && this.gift !== null;
    const offeredGifts =
      isOffered && !usedUp.includes(promotionUses(this.gift ?? ''))
        ? [{ promotionId: '', title: '', variantId: 'var_1', quantity: 1, allowances: [uses(this.gift ?? '')] }]
        : [];
    return accept({ ...nothing, shippingOptionId: shippingOptionId ?? 'cheapest', allowances, offeredGifts });
  }

  async balances(names: readonly string[]): Promise<AllowanceLevels[]> {
    this.balancesAsked.push(...names);
    return names.map((allowance) => ({
      ...{ allowance, total: null, held: 0, expiresAt: null, version: 1 },
      committed: this.committed.get(allowance) ?? 0,
      available: this.balanceMinor.get(allowance) ?? null,
      isDisabled: this.disabled.has(allowance),
    }));
  }
}

async function priced(desk: Desk, changes: Partial<CartQuestion> = {}) {
  const answer = await reckonCart(desk, { cart, now, seenAt: null, ...changes });
  if (!answer.ok) throw new Error(answer.refusal.code);
  return answer.value;
}

describe('limited promotions', () => {
  test('that have a use left act, and one that has none gives way to the next, which may be used up too', async () => {
    const desk = new Desk();
    desk.promotions = ['pro_1', 'pro_2', 'pro_3'];
    expect((await priced(desk)).usedUp).toEqual([]);
    desk.committed.set(promotionUses('pro_1'), 3).set(promotionUses('pro_2'), 3);
    const { quote, usedUp } = await priced(desk);
    expect(usedUp).toEqual([promotionUses('pro_1'), promotionUses('pro_2')]);
    expect(quote.allowances).toEqual([uses('pro_3')]);
  });

  test('cost no question where there are none', async () => {
    const desk = new Desk();
    await priced(desk);
    expect([desk.asked.length, desk.balancesAsked]).toEqual([1, []]);
  });

  test('offer no gift of which nothing is left', async () => {
    const desk = new Desk();
    desk.gift = 'pro_1';
    expect((await priced(desk, { needsGiftOffers: true })).quote.offeredGifts).toHaveLength(1);
    desk.committed.set(promotionUses('pro_1'), 3);
    expect((await priced(desk, { needsGiftOffers: true })).quote.offeredGifts).toEqual([]);
  });
});

describe('gift cards and store credit', () => {
  const card = giftCardBalance('gft_1');
  const credit = storeCreditBalance('cus_1', 'EUR');
  const balances = [card, credit].map((key) => ({ key, seenMinor: 900 }));

  test('pay what they hold now, and nothing once they are blocked', async () => {
    const desk = new Desk();
    desk.balanceMinor.set(card, 500).set(credit, 300);
    expect(await priced(desk, { cart: { ...cart, balances } })).not.toHaveProperty('unusableBalances');
    desk.disabled.add(credit);
    const { unusableBalances } = await priced(desk, { cart: { ...cart, balances } });
    expect(desk.asked[1]?.giftCards).toEqual([
      { key: card, balanceMinor: 500 },
      { key: credit, balanceMinor: 0 },
    ]);
    expect(unusableBalances).toEqual([{ key: credit, reason: 'disabled' }]);
  });

  test('say why they pay nothing: blocked, over, spent, or not there at all', () => {
    const levels = {
      ...{ allowance: card, total: 500, held: 0, committed: 0, available: 500, version: 1 },
      ...{ isDisabled: false, expiresAt: null },
    };
    const whys = [
      balanceObstacleOf(levels, now),
      balanceObstacleOf({ ...levels, isDisabled: true, available: 0 }, now),
      balanceObstacleOf({ ...levels, expiresAt: now + 1 }, now),
      balanceObstacleOf({ ...levels, expiresAt: now, available: 0 }, now),
      balanceObstacleOf({ ...levels, available: 0 }, now),
      balanceObstacleOf(null, now),
    ];
    expect(whys).toEqual([null, 'disabled', null, 'expired', 'spent', 'unknown']);
  });
});

describe('a cart as its shopper saw it', () => {
  test('is priced with the settings, balances and promotions of then, and nobody is asked what is left', async () => {
    const desk = new Desk();
    desk.promotions = ['pro_1', 'pro_2'];
    desk.committed.set(promotionUses('pro_2'), 3);
    const balances = [{ key: giftCardBalance('gft_1'), seenMinor: 900 }];
    const seen = { ...cart, balances, usedUp: [promotionUses('pro_1')] };
    const { quote, usedUp } = await priced(desk, { cart: seen, seenAt: now - 1 });
    expect(quote.allowances).toEqual([uses('pro_2')]);
    expect(usedUp).toEqual(seen.usedUp);
    expect(desk.asked).toMatchObject([{ asOf: now - 1, giftCards: [{ balanceMinor: 900 }] }]);
    expect(desk.balancesAsked).toEqual([]);
  });
});

describe('a shipping option that is not offered any more', () => {
  const chosen = { ...cart, shippingOptionId: 'gone' };

  test('gives way to the cheapest', async () => {
    expect((await priced(new Desk(), { cart: chosen })).quote.shippingOptionId).toBe('cheapest');
  });

  test('is refused where it was asked for by name', async () => {
    const question = { cart: chosen, now, seenAt: null, isOptionWanted: true };
    expect(await reckonCart(new Desk(), question)).toMatchObject({
      ok: false,
      refusal: { code: 'unknown-shipping-option', shippingOptionId: 'gone' },
    });
  });

  test('is taken where it is offered only because a promotion is used up', async () => {
    const desk = new Desk();
    desk.promotions = ['pro_1'];
    desk.committed.set(promotionUses('pro_1'), 3);
    const quote = desk.quote.bind(desk);
    desk.quote = async (request) => {
      desk.offeredOption = (request.usedUp ?? []).length > 0 ? 'gone' : null;
      return quote(request);
    };
    const answer = await reckonCart(desk, { cart: chosen, now, seenAt: null, isOptionWanted: true });
    expect(answer).toMatchObject({ ok: true, value: { quote: { shippingOptionId: 'gone' } } });
  });
});

test('a guest is known by a hash of the address in whatever case it is typed, a customer by the id beside it', async () => {
  const desk = new Desk();
  const guest = { email: ' Ann@Example.org', customerId: null, groups: [], vatId: 'DE1', isTaxExempt: false };
  await priced(desk, { cart: { ...cart, buyer: guest } });
  await priced(desk, { cart: { ...cart, buyer: { ...guest, email: 'ann@example.org', customerId: 'cus_1' } } });
  const [first, second] = desk.asked.map(({ customer }) => customer);
  expect(first).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{64}$/), vatId: 'DE1' });
  expect(second).toMatchObject({ id: 'cus_1', guestId: first?.id });
});
