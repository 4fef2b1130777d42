/** Gift cards in a cart are money for money: promotions pass over them, whatever they take off and whatever they ask for. */
import { expect, test } from 'vitest';
import { variantId } from '../testing/quoted-carts.ts';
import { eur, line, promotion, quoted, request, shop } from '../testing/settings.ts';

const card = variantId(1);
const voucher = line('voucher', 2_500, 2, {
  ...{ variantId: card, productId: 'prd_voucher', isTaxable: false, requiresShipping: false },
  isGiftCard: true,
});
const lamp = line('lamp', 4_000);
const all = { variantIds: [], productIds: [], collectionIds: [], tags: [] };

const discounts = (offer: object, more: object = {}) =>
  quoted(shop({ promotions: [promotion('p', offer, more)] }), request([voucher, lamp])).lines.map(
    ({ discountMinor }) => discountMinor,
  );

test.each([
  ['a share of the order', { kind: 'percent-off-order', rate: '0.5' }, [0, 2_000]],
  ['an amount off the order', { kind: 'fixed-off-order', amounts: [eur(5_000)] }, [0, 4_000]],
  ['a share of all items', { kind: 'percent-off-items', rate: '0.5', items: all }, [0, 2_000]],
  [
    'a share of the card itself',
    { kind: 'percent-off-items', rate: '0.5', items: { ...all, variantIds: [card] } },
    [0, 0],
  ],
  ['the card as a gift', { kind: 'gift-item', variantId: card, quantity: 1 }, [0, 0]],
])('%s takes nothing off them', (_what, offer, expected) => {
  expect(discounts(offer)).toEqual(expected);
});

test('they do not help to reach what a promotion asks for', () => {
  const offer = { kind: 'percent-off-order', rate: '0.5' };
  const from = (minor: number) => ({ conditions: { minSubtotals: [eur(minor)] } });
  expect([discounts(offer, from(4_000)), discounts(offer, from(4_001))]).toEqual([
    [0, 2_000],
    [0, 0],
  ]);
});
