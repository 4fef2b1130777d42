/** What an order needs of its shopper: goods that ship need an address, and every order a way to reach its buyer. */
import { describe, expect, test } from 'vitest';
import { cartSnapshot, quote, variant } from '../../testing/checkouts.ts';
import { whatIsMissing } from './reachable.ts';

const shippingAddress = {
  lastName: 'Byron',
  address1: 'Lindenweg 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};
const goods = [{ variant }];
const files = [{ variant: { ...variant, requiresShipping: false } }];
const missingOf = (
  cart: Parameters<typeof cartSnapshot>[0],
  lines = goods,
  shipping: Parameters<typeof whatIsMissing>[2] = quote,
) => whatIsMissing(cartSnapshot({ email: null, shippingAddress: null, ...cart }), lines, shipping);
const pointersOf = (refusal: ReturnType<typeof missingOf>) =>
  refusal === null ? null : [refusal.code, (refusal.errors as { pointer: string }[]).map(({ pointer }) => pointer)];

describe('goods that ship', () => {
  test.each([quote, null])('need an address, whether there is a price or not', (shipping) => {
    expect(pointersOf(missingOf({ email: 'ada@example.org' }, goods, shipping))).toEqual([
      'address-needed',
      ['/shippingAddress'],
    ]);
  });

  test('and a buyer of whom nothing is known are asked for together', () => {
    expect(pointersOf(missingOf({}))).toEqual(['address-needed', ['/shippingAddress', '/email']]);
  });

  test('need none where the shopper fetches them, and none beside goods that do not ship', () => {
    const fetched = { ...quote, shippingOptions: [{ id: 'shr_1', name: 'Shop', priceMinor: 0, isPickup: true }] };
    expect(missingOf({ email: 'ada@example.org' }, goods, fetched)).toBeNull();
    expect(missingOf({ email: 'ada@example.org' }, files)).toBeNull();
    expect(pointersOf(missingOf({ email: 'ada@example.org' }, [...files, ...goods]))?.[0]).toBe('address-needed');
  });

  test('do not go to the billing address', () => {
    expect(pointersOf(missingOf({ email: 'ada@example.org', billingAddress: shippingAddress }))?.[0]).toBe(
      'address-needed',
    );
  });
});

describe('the recipient of goods', () => {
  const email = 'ada@example.org';
  const { lastName, ...nobody } = shippingAddress;

  test.each([{}, { firstName: ' ', lastName: '', company: ' ' }])('is asked for where an address says %j', (name) => {
    expect(missingOf({ email, shippingAddress: { ...nobody, ...name } })).toMatchObject({
      code: 'address-needed',
      errors: [
        {
          pointer: '/shippingAddress/lastName',
          detail: 'Give the name of the person or company that the goods go to.',
        },
      ],
    });
  });

  test.each([{ firstName: 'Ada' }, { lastName }, { company: 'Example Ltd' }])('is named by %j', (name) => {
    expect(missingOf({ email, shippingAddress: { ...nobody, ...name } })).toBeNull();
  });

  test('is asked for with whatever else is missing, first', () => {
    const street = { address1: 'Main Street 1', city: 'Austin', country: 'US', region: 'US-TX' };
    expect(pointersOf(missingOf({ shippingAddress: street }))).toEqual([
      'address-needed',
      ['/shippingAddress/lastName', '/shippingAddress/postalCode', '/email'],
    ]);
  });

  test('is nobody where the shopper fetches them, where nothing ships, and on an invoice', () => {
    const fetched = { ...quote, shippingOptions: [{ id: 'shr_1', name: 'Shop', priceMinor: 0, isPickup: true }] };
    expect(missingOf({ email, shippingAddress: nobody }, goods, fetched)).toBeNull();
    expect(missingOf({ email, shippingAddress: nobody }, files)).toBeNull();
    expect(missingOf({ email, shippingAddress, billingAddress: nobody })).toBeNull();
  });
});

describe('an address', () => {
  const texas = { company: 'Example Ltd', address1: 'Main Street 1', city: 'Austin', country: 'US' };
  const email = 'ada@example.org';

  test('lacks what the post of its country needs, be it of the goods or of the invoice', () => {
    expect(pointersOf(missingOf({ email, shippingAddress: texas, billingAddress: texas }))).toEqual([
      'address-needed',
      [
        '/shippingAddress/region',
        '/shippingAddress/postalCode',
        '/billingAddress/region',
        '/billingAddress/postalCode',
      ],
    ]);
    const whole = { ...texas, region: 'US-TX', postalCode: '78701' };
    expect(missingOf({ email, shippingAddress: whole })).toBeNull();
  });

  const unknown = { ...quote, taxNeeds: ['region'] } as const;
  const berlin = shippingAddress;

  test('is asked for what the taxes depend on, once', () => {
    expect(pointersOf(missingOf({ email, shippingAddress: berlin }, goods, unknown))).toEqual([
      'address-needed',
      ['/shippingAddress/region'],
    ]);
    const twice = missingOf({ email, shippingAddress: { ...texas, postalCode: '78701' } }, goods, unknown);
    expect(pointersOf(twice)?.[1]).toEqual(['/shippingAddress/region']);
    expect(pointersOf(missingOf({ email }, goods, unknown))).toEqual(['address-needed', ['/shippingAddress']]);
  });

  test('of the buyer is asked for it where nothing ships', () => {
    expect(pointersOf(missingOf({ email }, files, unknown))).toEqual(['address-needed', ['/billingAddress']]);
    expect(pointersOf(missingOf({ email, billingAddress: berlin }, files, unknown))?.[1]).toEqual([
      '/billingAddress/region',
    ]);
  });
});

describe('a buyer', () => {
  test('is reached by e-mail, or by a telephone number in either address', () => {
    const reachable = { ...shippingAddress, phone: '030 1234' };
    expect(missingOf({ email: 'ada@example.org', shippingAddress })).toBeNull();
    expect(missingOf({ shippingAddress: reachable })).toBeNull();
    expect(missingOf({ shippingAddress, billingAddress: reachable })).toBeNull();
  });

  test('is reached by a telephone number of the cart', () => {
    expect(missingOf({ phone: '030 1234', shippingAddress })).toBeNull();
    expect(missingOf({ phone: '030 1234' }, files)).toBeNull();
  });

  test('is not reached by an empty number, whatever is bought', () => {
    const silent = { ...shippingAddress, phone: ' ' };
    expect(pointersOf(missingOf({ shippingAddress: silent }))).toEqual(['contact-needed', ['/email']]);
    expect(pointersOf(missingOf({}, files))).toEqual(['contact-needed', ['/email']]);
  });
});
