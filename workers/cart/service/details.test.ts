/** What a shopper sets beside the lines: gift cards and credit are checked before they are kept. */
import { describe, expect, test } from 'vitest';
import {
  type GiftCardFinding,
  giftCardBalance,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import { priceableOf } from '../../../shared/quoting/priceable.ts';
import { accept } from '../../../shared/values/result.ts';
import { evolveCart, noDetails, type StartedCart } from '../domain/cart.ts';
import { now, TestPricing } from '../testing/desk.ts';
import { detailsOf } from './details.ts';

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

describe('a gift card', () => {
  test('is kept by its id and last characters, never by its code', async () => {
    const pricing = new TestPricing();
    pricing.cards = [usable];
    const answer = await detailsOf(pricing.ports, cart, { giftCards: ['CARD-1'] }, now);
    expect(answer).toEqual(accept({ giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] }));
    expect(JSON.stringify(answer)).not.toContain('CARD-1');
  });

  test('that is in the cart stays by its id, and is not looked up again', async () => {
    const pricing = new TestPricing();
    pricing.cards = [usable];
    const held: StartedCart = { ...cart, giftCards: [{ cardId: 'gft_0', last4: '0000', balanceMinor: 900 }] };
    const answer = await detailsOf(pricing.ports, held, { giftCards: ['gft_0', 'CARD-1', 'CARD-1'] }, now);
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
    const pricing = new TestPricing();
    pricing.cards = [usable];
    expect(await detailsOf(pricing.ports, cart, { giftCards: ['gft_1'] }, now)).toMatchObject({
      refusal: { code: 'gift-card-unusable', reason: 'unknown', errors: [{ pointer: '/giftCards/0' }] },
    });
  });

  test.each(['expired', 'disabled', 'wrong-currency'] as const)('that is %s is refused', async (status) => {
    const pricing = new TestPricing();
    pricing.cards = [{ status, code: 'CARD-1', cardId: 'gft_1', last4: 'RD-1' }];
    expect(await detailsOf(pricing.ports, cart, { giftCards: ['CARD-1'] }, now)).toMatchObject({
      refusal: { code: 'gift-card-unusable', reason: status },
    });
  });
});

describe('store credit', () => {
  const customer = { id: 'cus_1', groups: [], isTaxExempt: false };

  test('is refused to a guest, and nobody is asked what there is', async () => {
    const pricing = new TestPricing();
    expect(await detailsOf(pricing.ports, cart, { useStoreCredit: true }, now)).toMatchObject({
      refusal: { code: 'customer-needed', errors: [{ pointer: '/useStoreCredit' }] },
    });
    expect(await detailsOf(pricing.ports, cart, { useStoreCredit: false }, now)).toEqual(accept({ storeCredit: null }));
    expect(pricing.balancesAsked).toEqual([]);
  });

  test('of a customer is kept with what is left of it, and pays after the cards', async () => {
    const pricing = new TestPricing();
    pricing.available = 700;
    const known: StartedCart = { ...cart, customer };
    const storeCredit = { customerId: 'cus_1', balanceMinor: 700 };
    expect(await detailsOf(pricing.ports, known, { useStoreCredit: true }, now)).toEqual(accept({ storeCredit }));
    const giftCards = [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }];
    expect(priceableOf({ ...known, giftCards, storeCredit }).balances).toEqual([
      { key: giftCardBalance('gft_1'), seenMinor: 500 },
      { key: storeCreditBalance('cus_1', 'EUR'), seenMinor: 700 },
    ]);
  });
});

test('other details cost no question', async () => {
  const pricing = new TestPricing();
  expect(await detailsOf(pricing.ports, cart, { note: 'ring twice' }, now)).toEqual(accept({ note: 'ring twice' }));
  expect([pricing.balancesAsked, pricing.codesAsked]).toEqual([[], []]);
});

test('a cart that is frozen keeps all its details', () => {
  const details = { ...cart, vatId: 'DE1', giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] };
  const frozen = evolveCart(details, { type: 'cart-frozen', checkoutId: 'chk_1', until: now, at: now });
  expect(frozen).toMatchObject({ vatId: 'DE1', giftCards: details.giftCards });
});
