/** Carts by example: the boundaries of lines and quantities, freezes that run out, and when a cart is forgotten. */

import { describe, expect, test } from 'vitest';
import type { CartLine } from '../../../shared/contracts/cart/api.ts';
import type { HandDiscount } from '../../../shared/contracts/pricing/api.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { amountMax } from '../../../shared/values/money.ts';
import { cartLinesMax, lineQuantityMax } from '../../../shared/values/quantity.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { dayMs, minuteMs } from '../../../shared/values/time.ts';
import { variantOf } from '../testing/script.ts';
import { type Cart, type CartEvent, cartAt, cartWakeAt, emptyCart, evolveCart, isExpired } from './cart.ts';
import { type CartCommand, decideCart, discardFault } from './decide.ts';

const now = 1_800_000_000_000;
const origin = { country: 'DE', currency: 'EUR' as const, createdAt: now };
const start = { origin, emptyUntil: now + dayMs, now };

function line(variant: number, quantity: number, attributes: Record<string, string> = {}): CartLine {
  return { lineId: `lin_${variant}_${quantity}`, variant: variantOf(variant, 100), quantity, attributes };
}
const add = (...lines: readonly CartLine[]): CartCommand => ({ type: 'add-lines', lines, ...start });

const customer = { id: 'cus_1', groups: ['trade'], isTaxExempt: false };
const setCustomer = (changes: object | null = {}): CartCommand => ({
  type: 'set-customer',
  customer: changes === null ? null : { ...customer, ...changes },
  actor: 'key:admin',
  ...start,
});

/** A cart after commands that must all be accepted, with its version. */
function cartAfter(...commands: readonly CartCommand[]): { cart: Cart; version: number } {
  let cart = emptyCart;
  let version = 0;
  for (const command of commands) {
    const { events, refusal } = decideCart(cart, version, command);
    expect(refusal).toBeNull();
    cart = events.reduce(evolveCart, cart);
    version += events.length;
  }
  return { cart, version };
}

function variantIn(currency: Currency) {
  const variant = variantOf(0, 100);
  return { ...variant, prices: [...variant.prices, { currency, amountMinor: 100 }] };
}

const types = (events: readonly CartEvent[]) => events.map(({ type }) => type);

describe('the quantity of a line', () => {
  test.each([
    [1, null],
    [lineQuantityMax, null],
    [lineQuantityMax + 1, { code: 'quantity-too-large', variantId: 'var_0', quantity: 1_000, max: 999 }],
  ])('of %i is refused with %j', (quantity, refusal) => {
    expect(decideCart(emptyCart, 0, add(line(0, quantity))).refusal).toEqual(refusal);
  });

  test('counts what is there and what comes, also within one command', () => {
    const { cart, version } = cartAfter(add(line(0, 998)));
    expect(decideCart(cart, version, add(line(0, 1))).refusal).toBeNull();
    expect(decideCart(cart, version, add(line(0, 1), line(0, 1))).refusal).toMatchObject({ quantity: 1_000 });
  });
});

describe('a cart whose freeze is over', () => {
  const frozen = () => {
    const { cart, version } = cartAfter(add(line(0, 1)));
    const freeze: CartCommand = { type: 'freeze', checkoutId: 'chk_1', version, until: now + minuteMs, now };
    return decideCart(cart, version, freeze).events.reduce(evolveCart, cart);
  };

  test('is active again for whoever looks, and says nothing of the checkout', () => {
    const cart = frozen();
    if (cart.status === 'empty') throw new Error('The cart has a line');
    expect(cartAt(cart, now + minuteMs - 1)).toBe(cart);
    const thawed = cartAt(cart, now + minuteMs);
    expect(thawed.status).toBe('active');
    expect(Object.keys(thawed)).not.toContain('checkoutId');
    expect(thawed.lines).toEqual(cart.lines);
  });
});

describe('what a cart is listed at', () => {
  const dear = (lineId: string, variant: number, quantity: number): CartLine => ({
    lineId,
    variant: variantOf(variant, amountMax / 4),
    quantity,
    attributes: {},
  });

  test('stays within what amounts may be, however it is reached', () => {
    const { cart, version } = cartAfter(add(dear('a', 0, 3)));
    expect(decideCart(cart, version, add(dear('b', 1, 1))).refusal).toBeNull();
    const tooDear = { code: 'total-too-large', max: amountMax };
    expect(decideCart(cart, version, add(dear('b', 1, 2))).refusal).toEqual(tooDear);
    expect(decideCart(cart, version, add(dear('a', 0, 2))).refusal).toEqual(tooDear);
    const change = (quantity: number): CartCommand => ({ type: 'change-line', lineId: 'a', quantity, now });
    expect(decideCart(cart, version, change(4)).refusal).toBeNull();
    expect(decideCart(cart, version, change(5)).refusal).toEqual(tooDear);
  });
});

describe('the lines of a cart', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => line(100 + index, 1));

  test(`are at most ${cartLinesMax}, and one that merges does not count`, () => {
    const { cart, version } = cartAfter(add(...many(cartLinesMax)));
    expect(decideCart(cart, version, add(line(0, 1))).refusal).toEqual({ code: 'too-many-lines', max: 200 });
    expect(decideCart(cart, version, add(line(100, 1))).refusal).toBeNull();
    expect(decideCart(emptyCart, 0, add(...many(cartLinesMax + 1))).refusal).toMatchObject({ code: 'too-many-lines' });
  });

  test('are one when variant and attributes are the same, in whatever order the attributes came', () => {
    const { cart } = cartAfter(add(line(0, 1, { a: '1', b: '2' })), add(line(0, 2, { b: '2', a: '1' })));
    expect(cart).toMatchObject({ lines: [{ quantity: 3 }] });
  });

  test('are all added or none', () => {
    const { cart, version } = cartAfter(add(line(0, 1)));
    const { events, refusal } = decideCart(cart, version, add(line(1, 1), line(4, 1)));
    expect([events, refusal]).toEqual([[], { code: 'variant-unavailable', variantId: 'var_4', sku: 'SKU-4' }]);
  });

  test('need a price in the currency of the cart', () => {
    expect(decideCart(emptyCart, 0, add(line(3, 1))).refusal).toMatchObject({
      code: 'currency-not-sold',
      currency: 'EUR',
    });
  });
});

describe('a change that changes nothing', () => {
  const { cart, version } = cartAfter(add(line(0, 2)), {
    type: 'change-details',
    details: { email: 'a@b.cd' },
    ...start,
  });

  test.each<[string, CartCommand]>([
    ['the same quantity', { type: 'change-line', lineId: 'lin_0_2', quantity: 2, now }],
    ['the same details', { type: 'change-details', details: { email: 'a@b.cd' }, ...start }],
    ['a guest who stays one', setCustomer(null)],
    ['a thaw of a cart that is not frozen', { type: 'thaw', checkoutId: 'chk_1', now }],
    ['prices of nothing', { type: 'reprice', variants: [], usedUp: [], now }],
  ])('makes no event: %s', (_name, command) => {
    expect(decideCart(cart, version, command)).toEqual({ events: [], refusal: null });
  });
});

describe('a cart that nothing was put into', () => {
  test('begins with the first line or detail, until its id is too old', () => {
    expect(types(decideCart(emptyCart, 0, add(line(0, 1))).events)).toEqual(['cart-started', 'line-added']);
    const late = { ...add(line(0, 1)), now: now + dayMs };
    expect(decideCart(emptyCart, 0, late)).toEqual({ events: [], refusal: noSuch('cart') });
  });

  test.each<[string, CartCommand]>([
    ['frozen', { type: 'freeze', checkoutId: 'chk_1', version: 0, until: now + 1, now }],
    ['changed', { type: 'change-line', lineId: 'lin_1', quantity: 1, now }],
    ['emptied', { type: 'remove-line', lineId: 'lin_1', now }],
  ])('cannot be %s', (_name, command) => {
    expect(decideCart(emptyCart, 0, command).refusal).toEqual(noSuch('cart'));
  });
});

describe('a frozen cart', () => {
  const freeze = (version: number, checkoutId = 'chk_1'): CartCommand => ({
    type: 'freeze',
    checkoutId,
    version,
    until: now + 15 * minuteMs,
    now,
  });
  const { cart, version } = cartAfter(add(line(0, 1)), freeze(2));

  test('stays frozen for its checkout, and is refused to another', () => {
    expect(decideCart(cart, version, freeze(2))).toEqual({ events: [], refusal: null });
    expect(decideCart(cart, version, freeze(version, 'chk_2')).refusal).toEqual({
      code: 'cart-frozen',
      checkoutId: 'chk_1',
    });
  });

  test('is thawed by its own checkout only', () => {
    expect(decideCart(cart, version, { type: 'thaw', checkoutId: 'chk_2', now }).events).toEqual([]);
    expect(types(decideCart(cart, version, { type: 'thaw', checkoutId: 'chk_1', now }).events)).toEqual([
      'cart-thawed',
    ]);
  });

  test('keeps the customer whom it was frozen with', () => {
    expect(decideCart(cart, version, setCustomer()).refusal).toEqual({ code: 'cart-frozen', checkoutId: 'chk_1' });
    const over = { ...setCustomer(), now: now + 15 * minuteMs };
    expect(types(decideCart(cart, version, over).events)).toEqual(['cart-thawed', 'customer-set']);
  });

  test('thaws by itself the moment its time is over, before whatever comes then', () => {
    const change = { ...add(line(1, 1)), now: now + 15 * minuteMs };
    expect(types(decideCart(cart, version, change).events)).toEqual(['cart-thawed', 'line-added']);
    expect(decideCart(cart, version, { ...change, now: change.now - 1 }).refusal).toMatchObject({
      code: 'cart-frozen',
    });
  });

  test('is completed by its paid checkout even when its time is over', () => {
    const complete: CartCommand = { type: 'complete', checkoutId: 'chk_1', now: now + dayMs };
    expect(types(decideCart(cart, version, complete).events)).toEqual(['cart-completed']);
  });

  test('keeps the moment at which its shopper last saw a total, whatever checkouts do with it', () => {
    const later = now + minuteMs;
    const begun = cartAfter(add(line(0, 1)));
    const tried = cartAfter(
      add(line(0, 1)),
      { ...freeze(2), now: later },
      { type: 'thaw', checkoutId: 'chk_1', now: later },
    );
    expect(tried.cart).toMatchObject({ status: 'active', seenAt: now, updatedAt: later });
    expect(begun.cart).toMatchObject({ seenAt: now, updatedAt: now });
  });

  test('is frozen as it is for a checkout that names no version', () => {
    const command: CartCommand = { type: 'freeze', checkoutId: 'chk_1', version: null, until: now + 1, now };
    const active = cartAfter(add(line(0, 1)));
    expect(types(decideCart(active.cart, active.version, command).events)).toEqual(['cart-frozen']);
  });

  test('is not frozen at a version that nobody has seen', () => {
    const active = cartAfter(add(line(0, 1)));
    expect(decideCart(active.cart, active.version, freeze(1)).refusal).toEqual({ code: 'cart-changed', version: 2 });
  });
});

describe('a line that is changed', () => {
  test('keeps what was not named', () => {
    const { cart, version } = cartAfter(add(line(0, 2)));
    const changedBy = (change: object) => {
      const { lineId } = line(0, 2);
      return decideCart(cart, version, { type: 'change-line', lineId, now, ...change });
    };
    expect(changedBy({ attributes: { engraving: 'A' } }).events.reduce(evolveCart, cart)).toMatchObject({
      lines: [{ quantity: 2, attributes: { engraving: 'A' } }],
    });
    expect(changedBy({ quantity: 5 }).events.reduce(evolveCart, cart)).toMatchObject({
      lines: [{ quantity: 5, attributes: line(0, 2).attributes }],
    });
    expect(changedBy({ attributes: line(0, 2).attributes, quantity: 2 }).events).toEqual([]);
  });
});

describe('a cart that moves to another market', () => {
  const moving = (country: string, currency: 'EUR' | 'USD', details = {}): CartCommand => ({
    type: 'change-details',
    ...{ details, market: { country, currency }, ...start },
  });
  const usd = (number: number) => {
    const one = line(number, 1);
    return {
      ...one,
      variant: { ...one.variant, prices: [...one.variant.prices, { currency: 'USD', amountMinor: 7 } as const] },
    };
  };
  const address = { name: 'Ann', street: '1 Way', city: 'Bonn', country: 'DE' } as never;
  const giftCards = [{ cardId: 'gft_1', last4: '1234', balanceMinor: 5 }];
  const chosen = { shippingOptionId: 'shr_1', shippingAddress: address, giftCards, discountCodes: ['A'] };

  test('keeps its codes, and leaves behind what belongs to the former one', () => {
    const { cart, version } = cartAfter(add(usd(0)), { type: 'change-details', details: chosen, ...start });
    const moved = decideCart(cart, version, moving('US', 'USD'));
    expect(types(moved.events)).toEqual(['market-changed']);
    expect(moved.events.reduce(evolveCart, cart)).toMatchObject({
      ...{ country: 'US', currency: 'USD', shippingOptionId: null, shippingAddress: null, giftCards: [] },
      ...{ discountCodes: ['A'], lines: [{ quantity: 1 }] },
    });
    const neighbour = decideCart(cart, version, moving('AT', 'EUR', { note: 'n' }));
    expect(types(neighbour.events)).toEqual(['market-changed', 'details-changed']);
    expect(neighbour.events.reduce(evolveCart, cart)).toMatchObject({ currency: 'EUR', giftCards, note: 'n' });
    expect(decideCart(cart, version, moving('DE', 'EUR')).events).toEqual([]);
  });

  test('stays where it is for the sake of a line that has no price there', () => {
    const { cart, version } = cartAfter(add(usd(0)), add(line(1, 1)));
    const { events, refusal } = decideCart(cart, version, moving('US', 'USD'));
    expect([events, refusal]).toEqual([
      [],
      {
        code: 'currency-not-sold',
        detail: `${line(1, 1).variant.sku} has no price in USD.`,
        variantId: line(1, 1).variant.variantId,
        sku: line(1, 1).variant.sku,
        currency: 'USD',
      },
    ]);
  });
});

describe('throwing a cart away', () => {
  const frozen = { type: 'freeze', checkoutId: 'chk_1', version: null, until: now + 60, now } as const;

  test('is refused while it is bought, and after', () => {
    const held = cartAfter(add(line(0, 1)), frozen).cart;
    expect(discardFault(held, now + 59)).toEqual({ code: 'cart-frozen', checkoutId: 'chk_1' });
    expect(discardFault(held, now + 60)).toBeNull();
    const sold = cartAfter(add(line(0, 1)), frozen, { type: 'complete', checkoutId: 'chk_1', now }).cart;
    expect(discardFault(sold, now + 99)).toEqual({ code: 'cart-completed', checkoutId: 'chk_1' });
  });

  test('may be done again', () => {
    expect([cartAfter(add(line(0, 1))).cart, emptyCart].map((cart) => discardFault(cart, now))).toEqual([null, null]);
  });
});

describe('a price by hand', () => {
  const byHand = { price: { kind: 'price', amountMinor: 1 }, reason: 'Promised', actor: 'key:admin', at: now } as const;
  const { cart, version } = cartAfter(add({ ...line(0, 3), byHand }));
  const { lineId } = line(0, 3);
  const to = (quantity: number) =>
    decideCart(cart, version, { type: 'change-line', lineId, quantity, attributes: { engraving: 'Ann' }, now });

  test('is for no more units than the merchant gave it to', () => {
    expect(to(4)).toMatchObject({ events: [], refusal: { code: 'quantity-too-large', quantity: 4, max: 3 } });
    expect([to(3), to(1)].map(({ refusal, events }) => [refusal, events.length])).toEqual([
      [null, 1],
      [null, 1],
    ]);
  });

  test('is not that of more units that a shopper adds', () => {
    const after = cartAfter(add({ ...line(0, 3), byHand }), add({ ...line(0, 2), lineId: 'lin_own' })).cart;
    expect(after).toMatchObject({ lines: [{ quantity: 3, byHand }, { quantity: 2 }] });
    expect(after).not.toMatchObject({ lines: [{}, { byHand }] });
  });
});

describe('a discount by hand on a whole cart', () => {
  const given = (discount: HandDiscount | null, at = now, currencies: readonly string[] = []): CartCommand => ({
    type: 'set-discount',
    discount: discount === null ? null : { discount, reason: 'Promised', actor: 'key:admin', at },
    currencies,
    ...start,
  });
  const off = { kind: 'off', amountMinor: 500 } as const;

  test('is the last one that was given, with who and why, until it is taken away', () => {
    const { cart, version } = cartAfter(add(line(0, 1)), given(off), given({ kind: 'rate-off', rate: '0.1' }));
    expect(cart).toMatchObject({
      discountByHand: { discount: { kind: 'rate-off', rate: '0.1' }, reason: 'Promised', actor: 'key:admin' },
    });
    const after = decideCart(cart, version, given(null)).events.reduce(evolveCart, cart);
    expect('discountByHand' in after).toBe(false);
  });

  test('that is given again is no other one', () => {
    const { cart, version } = cartAfter(add(line(0, 1)), given(off));
    expect(decideCart(cart, version, given(off, now + 1)).events).toEqual([]);
    const none = cartAfter(add(line(0, 1)));
    expect(decideCart(none.cart, none.version, given(null)).events).toEqual([]);
  });

  test('is in the currency of the cart, which then stays in it', () => {
    const { cart, version } = cartAfter(add(line(0, 1)));
    expect(decideCart(cart, version, given(off, now, ['USD'])).refusal).toMatchObject({ code: 'wrong-currency' });
    const market = { country: 'CH', currency: 'CHF' as const };
    const move: CartCommand = { type: 'change-details', details: {}, market, ...start };
    const inFrancs = { ...line(0, 1), variant: variantIn('CHF') };
    const reduced = cartAfter(add(inFrancs), given(off));
    expect(decideCart(reduced.cart, reduced.version, move).refusal).toMatchObject({ code: 'wrong-currency' });
    const byRate = cartAfter(add(inFrancs), given({ kind: 'rate-off', rate: '0.1' }));
    expect(decideCart(byRate.cart, byRate.version, move).refusal).toBeNull();
  });
});

describe('the customer of a cart', () => {
  test('may be known before anything is in it', () => {
    expect(decideCart(emptyCart, 0, setCustomer()).events).toMatchObject([
      { type: 'cart-started' },
      { type: 'customer-set', customer, actor: 'key:admin' },
    ]);
    expect(decideCart(emptyCart, 0, setCustomer(null)).events).toEqual([]);
  });

  test('is whom the last command named, until it is nobody', () => {
    const named = cartAfter(add(line(0, 1)), setCustomer(), setCustomer({ id: 'cus_2', groups: [] }));
    expect(named.cart).toMatchObject({ customer: { id: 'cus_2', groups: [] } });
    expect(decideCart(named.cart, named.version, setCustomer({ id: 'cus_2', groups: [] })).events).toEqual([]);
    const after = decideCart(named.cart, named.version, setCustomer(null)).events.reduce(evolveCart, named.cart);
    expect(after).toMatchObject({ customer: null });
  });

  test('is the only one whose store credit pays, as long as the cart is theirs', () => {
    const credit = (customerId: string): CartCommand => ({
      type: 'change-details',
      details: { storeCredit: { customerId, balanceMinor: 5 } },
      ...start,
    });
    expect(() => decideCart(emptyCart, 0, credit('cus_1'))).toThrow('of its customer');
    const { cart, version } = cartAfter(setCustomer(), credit('cus_1'));
    expect(() => decideCart(cart, version, credit('cus_2'))).toThrow('of its customer');
    const changedBy = (command: CartCommand) => decideCart(cart, version, command).events.reduce(evolveCart, cart);
    expect(changedBy(setCustomer({ groups: [] }))).toMatchObject({ storeCredit: { customerId: 'cus_1' } });
    expect(changedBy(setCustomer({ id: 'cus_2' }))).toMatchObject({ storeCredit: null });
    expect(changedBy(setCustomer(null))).toMatchObject({ storeCredit: null });
  });
});

describe('the life of a cart', () => {
  const ttlMs = 30 * dayMs;
  const { cart } = cartAfter(add(line(0, 1)));

  test('ends a time to live after its last change', () => {
    expect(isExpired(cart, now + ttlMs - 1, ttlMs)).toBe(false);
    expect(isExpired(cart, now + ttlMs, ttlMs)).toBe(true);
    expect(isExpired(emptyCart, now + ttlMs, ttlMs)).toBe(false);
  });

  test('is looked at on the day after, never before it has ended', () => {
    const wakeAt = cartWakeAt(cart, ttlMs) ?? 0;
    expect(wakeAt % dayMs).toBe(0);
    expect(isExpired(cart, wakeAt, ttlMs)).toBe(true);
    expect(wakeAt - (now + ttlMs)).toBeLessThan(dayMs);
    expect(cartWakeAt(emptyCart, ttlMs)).toBeNull();
  });
});
