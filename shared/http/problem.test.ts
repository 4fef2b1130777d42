/** The table of problems: public codes and their statuses, which clients switch on and which therefore never change. */
import { describe, expect, test } from 'vitest';
import { isProblemCode, problem, problemCodeOf, problemOf, problems } from './problem.ts';

describe('a public code', () => {
  // A promise to clients: an entry may be added here, and never changed or taken away.
  test.each<[string, number]>([
    ['malformed-json', 400],
    ['malformed-csv', 400],
    ['invalid-input', 400],
    ['invalid-cursor', 400],
    ['idempotency-key-missing', 400],
    ['idempotency-key-invalid', 400],
    ['not-authenticated', 401],
    ['payment-declined', 402],
    ['payment-failed', 402],
    ['not-found', 404],
    ['method-not-allowed', 405],
    ['insufficient-stock', 409],
    ['price-changed', 409],
    ['cart-changed', 409],
    ['cart-frozen', 409],
    ['cart-completed', 409],
    ['cart-empty', 409],
    ['checkout-state', 409],
    ['checkout-expired', 409],
    ['variant-unavailable', 409],
    ['handle-taken', 409],
    ['location-taken', 409],
    ['sku-taken', 409],
    ['stock-conflict', 409],
    ['not-committed', 409],
    ['movement-closed', 409],
    ['movement-key-conflict', 409],
    ['transfer-conflict', 409],
    ['transfer-state', 409],
    ['location-in-use', 409],
    ['request-in-progress', 409],
    ['precondition-failed', 412],
    ['content-too-large', 413],
    ['unsupported-media-type', 415],
    ['idempotency-key-reused', 422],
    ['unknown-variant', 422],
    ['unknown-market', 422],
    ['currency-not-in-market', 422],
    ['currency-not-sold', 422],
    ['unknown-location', 422],
    ['unknown-stock-unit', 422],
    ['unknown-provider', 422],
    ['unknown-shipping-option', 422],
    ['address-needed', 422],
    ['contact-needed', 422],
    ['too-many-lines', 422],
    ['total-too-large', 422],
    ['quantity-too-large', 422],
    ['rate-limited', 429],
    ['defect', 500],
    ['unavailable', 503],
  ])('%s keeps its status %i', (code, status) => {
    expect(isProblemCode(code) && problems[code][0]).toBe(status);
  });

  test.each(Object.entries(problems))(
    '%s is lower case with hyphens, and has a status and a title',
    (code, [status, title]) => {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title.length).toBeGreaterThan(5);
    },
  );
});

describe('a problem document', () => {
  test('says what RFC 9457 asks for, and is never stored by a cache', async () => {
    const response = problem('insufficient-stock', {
      detail: 'Only 2.',
      available: 2,
      headers: { 'retry-after': '1' },
    });
    expect(response.status).toBe(409);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'retry-after': '1',
    });
    expect(await response.json()).toEqual({
      type: '/problems/insufficient-stock',
      code: 'insufficient-stock',
      title: 'There is not enough stock',
      status: 409,
      detail: 'Only 2.',
      available: 2,
    });
  });

  test('of a refusal carries its facts', async () => {
    const refusal = { code: 'cart-changed', version: 4 };
    expect(await problemOf(refusal, 'req_1').json()).toMatchObject({ version: 4, requestId: 'req_1', status: 409 });
  });

  test.each(['constructor', 'toString', 'no-such-code', ''])('does not exist for %j: a defect', (code) => {
    expect(isProblemCode(code)).toBe(false);
    expect(() => problemCodeOf({ code })).toThrow('has no problem document');
  });
});
