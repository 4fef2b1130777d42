/** Where a cart is taxed: where its goods go, or where its buyer is when nothing ships, or else where it began. */
import { expect, test } from 'vitest';
import type { VariantSnapshot } from '../contracts/catalog/api.ts';
import { priceableOf } from './priceable.ts';

const variant: VariantSnapshot = {
  ...{ variantId: 'var_1', productId: 'prd_1', productHandle: 'cup', productVersion: 1, sku: 'CUP', title: 'Cup' },
  ...{ variantTitle: null, imageUrl: null, isSold: true, prices: [{ currency: 'EUR', amountMinor: 100 }] },
  ...{ weightGrams: 1, requiresShipping: true, isTaxable: true, tags: [], collectionIds: [], stockNeeds: [] },
};
const address = { address1: 'Main Street 1', city: 'Town', region: 'US-CA', postalCode: '90210', country: 'US' };
const home = { address1: 'Weg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };

const placeOf = (requiresShipping: boolean, addresses: Partial<Parameters<typeof priceableOf>[0]>) => {
  const lines = [{ lineId: 'lin_1', quantity: 1, variant: { ...variant, requiresShipping }, attributes: {} }];
  const cart = {
    ...{ country: 'FR', currency: 'EUR' as const, email: null, customer: null, vatId: null, shippingOptionId: null },
    ...{ discountCodes: [], giftCards: [], storeCredit: null, usedUp: [], lines },
    ...{ shippingAddress: null, billingAddress: null, ...addresses },
  };
  const { country, address: place } = priceableOf(cart);
  return [country, place];
};

test('goods that ship are taxed where they go, and never where the invoice goes', () => {
  const both = { shippingAddress: home, billingAddress: address };
  expect(placeOf(true, both)).toEqual(['DE', { region: null, postalCode: '10115' }]);
  expect(placeOf(true, { billingAddress: address })).toEqual(['FR', null]);
});

test('what does not ship is taxed where its buyer is', () => {
  expect(placeOf(false, { billingAddress: address })).toEqual(['US', { region: 'US-CA', postalCode: '90210' }]);
  expect(placeOf(false, { shippingAddress: home, billingAddress: address })[0]).toBe('DE');
  expect(placeOf(false, {})).toEqual(['FR', null]);
});
