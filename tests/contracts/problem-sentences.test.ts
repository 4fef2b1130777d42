/** Every problem document says in a sentence what is the matter, whatever its refusal carries. */
import { describe, expect, it } from 'vitest';
import { isProblemCode, problemDocument, problemOf, problems } from '../../shared/http/problem.ts';

const codes = Object.keys(problems).filter(isProblemCode);
const detailOf = (code: (typeof codes)[number], facts: object): unknown =>
  JSON.parse(problemDocument(code, { ...facts }).body).detail;

/** The facts that refusals carry, each with a word that the sentence has to take up. */
const facts = {
  allowance: 'gift:gc_1',
  available: 41,
  checkoutId: 'chk_1',
  committed: 42,
  country: 'DE',
  currency: 'EUR',
  discountCode: 'TEN',
  locationId: 'loc_1',
  max: 43,
  onHand: 44,
  postalCode: '10115',
  quantity: 45,
  quantityMax: 46,
  queue: 'orders',
  received: 47,
  region: 'DE-BE',
  replayedAt: '2026-11-30T08:00:00Z',
  requested: 48,
  sent: 49,
  shippingOptionId: 'shr_1',
  sku: 'HAT',
  state: 'canceled',
  version: 50,
};

describe('a problem', () => {
  it.each(codes)('%s is told in a sentence, with facts and without', (code) => {
    for (const detail of [detailOf(code, {}), detailOf(code, facts)]) {
      expect(detail).toMatch(/^[A-Z0-9`][^{}]*\.$/);
      expect(detail).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it.each([
    ['cart-frozen', 'chk_1'],
    ['cart-completed', 'chk_1'],
    ['cart-changed', '50'],
    ['gift-card-insufficient', '41'],
    ['store-credit-insufficient', '48'],
    ['insufficient-stock', '41'],
    ['variant-unavailable', 'HAT'],
    ['quantity-too-large', '43'],
    ['too-many-lines', '43'],
    ['above-order-maximum', '46'],
    ['no-shipping-rate', 'DE'],
    ['unknown-shipping-option', 'shr_1'],
    ['unknown-location', 'loc_1'],
    ['unknown-stock-unit', 'HAT'],
    ['code-taken', 'TEN'],
    ['country-taken', 'DE'],
    ['location-in-use', 'loc_1'],
    ['movement-closed', 'canceled'],
    ['not-committed', '42'],
    ['precondition-failed', '50'],
    ['settings-full', '43'],
    ['stock-conflict', '44'],
    ['transfer-conflict', '49'],
    ['transfer-state', 'canceled'],
    ['unknown-inbox', 'orders'],
    ['wrong-currency', 'EUR'],
  ] as const)('%s names what it is about: %s', (code, word) => {
    expect(detailOf(code, facts)).toContain(word);
  });

  it('says what its refusal says, or else its first fault', () => {
    expect(detailOf('not-found', { detail: 'There is no such order.' })).toBe('There is no such order.');
    const errors = [{ pointer: '/sku', detail: 'There is no variant X.' }];
    expect(detailOf('unknown-variant', { errors })).toBe('There is no variant X.');
    expect(detailOf('unknown-variant', { errors, detail: '' })).toBe('There is no variant X.');
  });

  it('says it in an answer as in a kept one', async () => {
    const refusal = { code: 'cart-frozen', checkoutId: 'chk_1' };
    expect(await problemOf(refusal, 'req_1').json()).toMatchObject({ detail: detailOf('cart-frozen', refusal) });
  });
});
