/** What a shopper sets beside the lines: gift cards and credit are checked before they are kept. */
import { describe, expect, test } from 'vitest';
import {
  type GiftCardFinding,
  giftCardBalance,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import { priceableOf } from '../../../shared/quoting/priceable.ts';
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
    const details = await detailsOf(pricing.ports, cart, { giftCards: ['CARD-1'] }, now);
    expect(details).toEqual({ giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] });
    expect(JSON.stringify(details)).not.toContain('CARD-1');
  });

  test('that is in the cart stays by its id, and is not looked up again', async () => {
    const pricing = new TestPricing();
    pricing.cards = [usable];
    const held: StartedCart = { ...cart, giftCards: [{ cardId: 'gft_0', last4: '0000', balanceMinor: 900 }] };
    expect(await detailsOf(pricing.ports, held, { giftCards: ['gft_0', 'CARD-1', 'card 1'] }, now)).toEqual({
      giftCards: [
        { cardId: 'gft_0', last4: '0000', balanceMinor: 0 },
        { cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 },
      ],
    });
    expect(pricing.codesAsked).toEqual(['CARD-1']);
  });

  test("whose id somebody guessed is no card: only the cart's own ids count", async () => {
    const pricing = new TestPricing();
    pricing.cards = [usable];
    expect(await detailsOf(pricing.ports, cart, { giftCards: ['gft_1'] }, now)).toEqual({
      giftCards: [],
      rejectedGiftCards: [{ last4: 'FT_1', reason: 'unknown' }],
    });
  });

  test.each(['expired', 'disabled', 'wrong-currency'] as const)(
    'that is %s is noted without its code',
    async (status) => {
      const pricing = new TestPricing();
      pricing.cards = [{ status, code: 'CARD-1', cardId: 'gft_1', last4: 'RD-1' }];
      const details = await detailsOf(pricing.ports, cart, { giftCards: ['CARD-1'], note: 'ring twice' }, now);
      expect(details).toEqual({
        note: 'ring twice',
        giftCards: [],
        rejectedGiftCards: [{ last4: 'ARD1', reason: status }],
      });
    },
  );

  test('that cannot pay leaves the others of its list as they are', async () => {
    const pricing = new TestPricing();
    pricing.cards = [usable];
    const details = await detailsOf(pricing.ports, cart, { giftCards: ['WRONG-7', 'CARD-1', 'wrong 7', ''] }, now);
    expect(details).toEqual({
      giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }],
      rejectedGiftCards: [
        { last4: 'ONG7', reason: 'unknown' },
        { last4: '', reason: 'unknown' },
      ],
    });
    expect(pricing.codesAsked).toEqual(['WRONG-7', 'CARD-1']);
  });

  test('that could not pay is forgotten with the next list', async () => {
    const noted: StartedCart = { ...cart, rejectedGiftCards: [{ last4: 'ONG7', reason: 'unknown' }] };
    const pricing = new TestPricing();
    const none = { giftCards: [], rejectedGiftCards: [] };
    expect(await detailsOf(pricing.ports, noted, { giftCards: [] }, now)).toEqual(none);
    expect(await detailsOf(pricing.ports, cart, { giftCards: [] }, now)).toEqual({ giftCards: [] });
    expect(evolveCart(noted, { type: 'market-changed', country: 'US', currency: 'USD', at: now })).toMatchObject(none);
  });
});

test('a discount code that is given twice, in another case or width, is kept once, as it was given first', async () => {
  const discountCodes = ['Spring', 'SPRING', '\uff33pring', '', 'other'];
  const details = await detailsOf(new TestPricing().ports, cart, { discountCodes }, now);
  expect(details).toEqual({ discountCodes: ['Spring', '', 'other'] });
});

describe('store credit', () => {
  const customer = { id: 'cus_1', groups: [], isTaxExempt: false };

  test('of a guest is noted as nothing, and nobody is asked what there is', async () => {
    const pricing = new TestPricing();
    const refused = { storeCredit: null, rejectedStoreCredit: 'customer-needed' } as const;
    expect(await detailsOf(pricing.ports, cart, { useStoreCredit: true }, now)).toEqual(refused);
    expect(await detailsOf(pricing.ports, cart, { useStoreCredit: false }, now)).toEqual({ storeCredit: null });
    expect(pricing.balancesAsked).toEqual([]);
    const noted: StartedCart = { ...cart, ...refused };
    expect(await detailsOf(pricing.ports, noted, { useStoreCredit: false }, now)).toEqual({
      storeCredit: null,
      rejectedStoreCredit: null,
    });
    const known = evolveCart(noted, { type: 'customer-set', customer, actor: 'merchant:1', at: now });
    expect(known).not.toHaveProperty('rejectedStoreCredit');
  });

  test('of a customer is kept with what is left of it, and pays after the cards', async () => {
    const pricing = new TestPricing();
    pricing.available = 700;
    const known: StartedCart = { ...cart, customer };
    const storeCredit = { customerId: 'cus_1', balanceMinor: 700 };
    expect(await detailsOf(pricing.ports, known, { useStoreCredit: true }, now)).toEqual({ storeCredit });
    const giftCards = [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }];
    expect(priceableOf({ ...known, giftCards, storeCredit }).balances).toEqual([
      { key: giftCardBalance('gft_1'), seenMinor: 500 },
      { key: storeCreditBalance('cus_1', 'EUR'), seenMinor: 700 },
    ]);
  });
});

test('other details cost no question', async () => {
  const pricing = new TestPricing();
  expect(await detailsOf(pricing.ports, cart, { note: 'ring twice' }, now)).toEqual({ note: 'ring twice' });
  expect([pricing.balancesAsked, pricing.codesAsked]).toEqual([[], []]);
});

test('a cart that is frozen keeps all its details', () => {
  const details = { ...cart, vatId: 'DE1', giftCards: [{ cardId: 'gft_1', last4: 'RD-1', balanceMinor: 500 }] };
  const frozen = evolveCart(details, { type: 'cart-frozen', checkoutId: 'chk_1', until: now, at: now });
  expect(frozen).toMatchObject({ vatId: 'DE1', giftCards: details.giftCards });
});
