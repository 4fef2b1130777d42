/**
 * Gift cards over HTTP: they pay for carts like money that is kept here, so their balances must add up to the last cent
 * whatever happens at once, and their codes are told once and never again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import {
  BalanceMovementView,
  GiftCardView,
  type IssuedGiftCard,
} from '../../shared/contracts/pricing/gift-cards-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { act, ask, readOrder } from './back-office.ts';
import { type Answer, expectProblem, expectStatus, inParallel, newKey, problemIn } from './client.ts';
import { changeCart, issueGiftCard, minorOf, money, putUpVariant, startCart } from './merchant.ts';
import {
  card,
  checkOut,
  complete,
  inTime,
  type Journey,
  ledgerOf,
  orderOf,
  readCart,
  sandbox,
  startJourney,
  until,
} from './shopping.ts';

type Card = z.infer<typeof IssuedGiftCard>;

let shop: Journey;
/** Every answer of the shop but those that issue cards. */
const answers: string[] = [];
const codes: string[] = [];

beforeAll(async () => {
  const journey = await startJourney();
  const heard = (answer: Answer): Answer => {
    answers.push(answer.text, JSON.stringify(answer.headers));
    return answer;
  };
  shop = {
    ...journey,
    send: async (...given) => heard(await journey.send(...given)),
    admin: async (method, path, ...rest) => {
      const answer = await journey.admin(method, path, ...rest);
      return method === 'POST' && path === '/admin/v1/gift-cards' ? answer : heard(answer);
    },
  };
  // From 50.00 on the standard way of sending costs nothing in Germany.
  await putUpVariant(shop, 'NINETY', { price: money(9000), prices: [money(9000, 'USD')] });
  await putUpVariant(shop, 'TEN', { price: money(1010) });
});
afterAll(async () => {
  if (shop !== undefined) expect(await shop.end()).toEqual([]);
});

async function issue(amountMinor: number, more: { expiresAt?: string; code?: string } = {}): Promise<Card> {
  const card = await issueGiftCard(shop, { amount: money(amountMinor), ...more });
  codes.push(card.code);
  return card;
}

/** 90.00, sent for nothing. */
const ninety = (giftCards: string[] = [], lines = 1) =>
  startCart(
    shop,
    { country: 'DE', lines: [{ sku: 'NINETY', quantity: lines }] },
    giftCards.length === 0 ? {} : { giftCards },
  );
/** 10.10 and 4.90 for the post: 15.00. */
const fifteen = (giftCards: string[] = []) =>
  startCart(shop, { country: 'DE', lines: [{ sku: 'TEN', quantity: 1 }] }, giftCards.length === 0 ? {} : { giftCards });

const readCard = async ({ id }: Pick<Card, 'id'>) =>
  expectStatus(await shop.admin('GET', `/admin/v1/gift-cards/${id}`), 200).as(GiftCardView);

/** What a card holds, in minor units. */
async function levelsOf(card: Pick<Card, 'id'>) {
  const { balance, held, available } = await readCard(card);
  return { balance: balance.amount, held: held.amount, available: available.amount };
}
const all = (amount: number) => ({ balance: amount, held: 0, available: amount });

async function movementsOf({ id }: Pick<Card, 'id'>): Promise<BalanceMovementView[]> {
  const answer = await shop.admin('GET', `/admin/v1/gift-cards/${id}/movements?limit=100`);
  return expectStatus(answer, 200).as(Page(BalanceMovementView)).items;
}

/** The balance that the ledger of a card adds up to. */
async function addedUp(card: Pick<Card, 'id'>): Promise<number> {
  const sign: Record<string, number> = {
    'balance-issued': 1,
    'balance-credited': 1,
    'balance-debited': -1,
    'hold-committed': -1,
  };
  return (await movementsOf(card)).reduce(
    (sum, { type, amount }) => sum + (sign[type] ?? 0) * (amount?.amount ?? 0),
    0,
  );
}

const bought = (answer: Answer): CheckoutView => expectStatus(answer, 201).as(CheckoutView);

/** Checks out; a shopper who is refused looks at the cart again, and pays what it shows then. */
async function agreeAndPay(cartId: string): Promise<CheckoutView> {
  const answer = await checkOut(shop, cartId, sandbox('ok'));
  if (answer.status === 201) return bought(answer);
  expect(problemIn(answer).status).toBe(409);
  const { totals } = await readCart(shop, cartId);
  const json = { cartId, payment: sandbox('ok'), expectedTotal: totals.total, expectedDue: totals.due };
  const again = bought(await checkOut(shop, cartId, sandbox('ok'), { json }));
  expect(again.totals).toEqual(totals);
  return again;
}

describe('a cart with a gift card', () => {
  it('of less than it costs pays the rest by card', async () => {
    const card = await issue(5000);
    expect(card).toMatchObject({ initial: money(5000), last4: card.code.slice(-4) });
    const cart = await ninety([card.code]);
    expect(minorOf(cart.totals)).toMatchObject({ total: 9000, giftCards: 5000, due: 4000, tax: 1437 });
    expect(cart.giftCards).toEqual([{ id: card.id, last4: card.last4, used: money(5000) }]);
    expect(await levelsOf(card)).toEqual(all(5000));

    const order = orderOf(bought(await checkOut(shop, cart.id, sandbox('ok'))));
    expect((await ledgerOf(shop, order.id)).totals.EUR).toMatchObject({ captured: 4000, refunded: 0 });
    expect(await levelsOf(card)).toEqual(all(0));
    expect(await addedUp(card)).toBe(0);
  });

  it('of more than it costs asks no provider for anything, and keeps the rest', async () => {
    const card = await issue(10_000);
    const cart = await ninety([card.code]);
    expect(minorOf(cart.totals)).toMatchObject({ total: 9000, giftCards: 9000, due: 0 });
    const order = orderOf(bought(await checkOut(shop, cart.id, sandbox('ok'))));
    expect(order.status).toBe('paid');
    expect((await ledgerOf(shop, order.id)).intents).toEqual([]);
    expect(await levelsOf(card)).toEqual(all(1000));
    expect(await addedUp(card)).toBe(1000);
  });

  it('and another uses them in the order in which they were given', async () => {
    const [first, second] = [await issue(6000), await issue(6000)];
    const cart = await ninety([first.code, second.code]);
    expect(cart.giftCards.map(({ used }) => used.amount)).toEqual([6000, 3000]);
    bought(await checkOut(shop, cart.id, card));
    expect([await levelsOf(first), await levelsOf(second)]).toEqual([all(0), all(3000)]);
  });

  it('names it by its id from then on, and gives it up when the list is empty', async () => {
    const card = await issue(5000);
    const cart = await ninety([card.code.toLowerCase().replaceAll('-', ' ')]);
    const kept = await changeCart(shop, cart.id, { giftCards: [card.id], note: 'Kept' });
    expect(kept.totals.giftCards).toEqual(money(5000));
    expect((await changeCart(shop, cart.id, { giftCards: [] })).totals.due).toEqual(money(9000));
  });
});

describe('one gift card in two carts', () => {
  it('pays the first, and the second is asked for the rest by name', async () => {
    const card = await issue(2000);
    const [first, second] = [await fifteen([card.code]), await fifteen([card.code])];
    expect(bought(await checkOut(shop, first.id, sandbox('ok'))).totals.due).toEqual(money(0));
    const refused = expectProblem(await checkOut(shop, second.id, sandbox('ok')), 'gift-card-insufficient');
    expect(refused).toMatchObject({ giftCard: card.id, available: 500, due: money(1000) });
    expect(await levelsOf(card)).toEqual(all(500));
  });

  it('is never spent beyond its balance: what it paid and what the provider took make up both totals', async () => {
    for (let round = 0; round < 5; round += 1) {
      const card = await issue(2000);
      const carts = [await fifteen([card.code]), await fifteen([card.code])];
      for (const { totals } of carts) expect(minorOf(totals)).toMatchObject({ giftCards: 1500, due: 0 });
      const checkouts = await inParallel(carts, 2, ({ id }) => agreeAndPay(id));
      expect(checkouts.map(({ totals }) => totals.giftCards.amount).sort((one, other) => one - other)).toEqual([
        500, 1500,
      ]);
      const captured = await inParallel(checkouts, 1, async (checkout) => {
        return (await ledgerOf(shop, orderOf(checkout).id)).totals.EUR?.captured ?? 0;
      });
      expect(captured).toEqual(checkouts.map(({ totals }) => totals.due.amount));
      expect(await levelsOf(card)).toEqual(all(0));
      expect(await addedUp(card)).toBe(0);
    }
  });
});

describe('a gift card that cannot pay', () => {
  /** What the cart says of it. All other changes are done, nothing else costs more or less, and the code is kept nowhere. */
  async function rejected(cart: CartView, code: string, more: string[] = []) {
    const note = `Tried ${code.length}`;
    const changed = await changeCart(shop, cart.id, { note, giftCards: [...more, code] });
    expect(changed).toMatchObject({ note, totals: { total: cart.totals.total } });
    const [problem, ...others] = changed.rejectedGiftCards;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ id: null, applicable: false, detail: expect.stringMatching(/^[A-Z].*\.$/) });
    // What is left of the goods is another shopper's doing.
    const { giftCards, rejectedGiftCards, totals } = await readCart(shop, cart.id);
    expect({ giftCards, rejectedGiftCards, totals }).toEqual({
      giftCards: changed.giftCards,
      rejectedGiftCards: changed.rejectedGiftCards,
      totals: changed.totals,
    });
    return problem;
  }

  it('leaves the other cards of the list to pay, and is forgotten with the next list', async () => {
    const good = await issue(5000);
    const cart = await ninety();
    expect(await rejected(cart, 'ZZZZ-ZZZZ-ZZZZ-ZZZ7', [good.code])).toMatchObject({
      last4: 'ZZZ7',
      reason: 'unknown',
    });
    const shown = await readCart(shop, cart.id);
    expect([shown.totals.due, shown.giftCards.map(({ id }) => id)]).toEqual([money(4000), [good.id]]);
    // What is shown is what is bought.
    expect(bought(await checkOut(shop, cart.id, sandbox('ok'))).totals).toEqual(shown.totals);
    const other = await ninety();
    await rejected(other, 'ZZZZ-ZZZZ-ZZZZ-ZZZ7');
    expect((await changeCart(shop, other.id, { giftCards: [] })).rejectedGiftCards).toEqual([]);
  });

  it.each([
    ['a blank', ' ', ''],
    ['the id of a card elsewhere', 'gft_018f3b0c0000000000000000', '0000'],
    ['longer than any', 'A'.repeat(200), 'AAAA'],
  ])('because it is %s spoils nothing', async (_, code, last4) => {
    expect(await rejected(await ninety(), code)).toMatchObject({ last4, reason: 'unknown' });
  });

  it('is the same card however it is typed, and counts once', async () => {
    const card = await issue(5000, { code: 'SUMMER-2026-GIFT' });
    const wide = '\uff33\uff35\uff2d\uff2d\uff25\uff32 2026\u2013gift';
    const cart = await ninety([card.code, ` ${card.code.toLowerCase()} `, wide]);
    expect([cart.giftCards.length, cart.rejectedGiftCards, cart.totals.due]).toEqual([1, [], money(4000)]);
  });

  it('because it is spent stays in the cart, pays nothing, and pays again when there is something on it', async () => {
    const card = await issue(1500);
    bought(await checkOut(shop, (await fifteen([card.code])).id, sandbox('ok')));
    const cart = await ninety([card.code]);
    expect(cart).toMatchObject({ giftCards: [{ id: card.id, used: money(0) }], totals: { due: money(9000) } });
    expect(cart.rejectedGiftCards).toMatchObject([{ id: card.id, last4: card.last4, reason: 'spent' }]);
    const adjustment = { amount: money(1000), reason: 'Goodwill' };
    expectStatus(await shop.admin('POST', `/admin/v1/gift-cards/${card.id}/adjustments`, adjustment), 200);
    expect(await readCart(shop, cart.id)).toMatchObject({ rejectedGiftCards: [], totals: { due: money(8000) } });
  });

  it('because it is of another currency is named as such', async () => {
    const card = await issue(5000);
    const cart = await startCart(shop, { country: 'US', lines: [{ sku: 'NINETY', quantity: 1 }] });
    expect(await rejected(cart, card.code)).toMatchObject({ reason: 'wrong-currency', last4: card.last4 });
  });

  it('because it was disabled pays nothing until it is enabled again', async () => {
    const card = await issue(5000);
    const inUse = await ninety([card.code]);
    expectStatus(await shop.admin('PATCH', `/admin/v1/gift-cards/${card.id}`, { isDisabled: true }), 200);
    expect(await rejected(await ninety(), card.code)).toMatchObject({ reason: 'disabled' });
    expect(await readCart(shop, inUse.id)).toMatchObject({
      rejectedGiftCards: [{ id: card.id, reason: 'disabled' }],
      totals: { due: money(9000) },
    });
    expect((await agreeAndPay(inUse.id)).totals.due).toEqual(money(9000));
    expectStatus(await shop.admin('PATCH', `/admin/v1/gift-cards/${card.id}`, { isDisabled: false }), 200);
    expect((await ninety([card.code])).totals.due).toEqual(money(4000));
    expect(await levelsOf(card)).toEqual(all(5000));
  });

  it('because its time is over pays nothing', async () => {
    const [, { card, inUse }] = await inTime(async (expiresAt) => {
      const short = await issue(5000, { expiresAt });
      return { card: short, inUse: await ninety([short.code]) };
    });
    expect(inUse.totals.giftCards).toEqual(money(5000));
    const late = () => readCart(shop, inUse.id);
    expect((await until(late, ({ totals }) => totals.giftCards.amount === 0)).totals.due).toEqual(money(9000));
    expect(await rejected(await ninety(), card.code)).toMatchObject({ reason: 'expired' });
    expect((await agreeAndPay(inUse.id)).totals.due).toEqual(money(9000));
    expect(await levelsOf(card)).toEqual(all(5000));
  });

  it('because nobody issued it is unknown, without a hint', async () => {
    expect(await rejected(await ninety(), 'AAAA-BBBB-CCCC-DDDD')).toMatchObject({ reason: 'unknown' });
  });
});

describe('what a checkout held of a gift card', () => {
  it('waits for another payment of the rest when one is declined', async () => {
    const card = await issue(5000);
    const cart = await ninety([card.code]);
    expectProblem(await checkOut(shop, cart.id, sandbox('decline')), 'payment-declined');
    expect(await levelsOf(card)).toEqual({ balance: 5000, held: 5000, available: 0 });
    expect((await readCart(shop, cart.id)).totals.due).toEqual(money(4000));
    const paid = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 200).as(CheckoutView);
    expect(paid.totals.due).toEqual(money(4000));
    expect(await levelsOf(card)).toEqual(all(0));
  });

  it('is given back when the cart is changed after a declined payment', async () => {
    const card = await issue(5000);
    const cart = await ninety([card.code]);
    expectProblem(await checkOut(shop, cart.id, sandbox('decline')), 'payment-declined');
    const changed = await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { giftCards: [] } });
    expect(expectStatus(changed, 200).as(CartView).totals.due).toEqual(money(9000));
    expect(await levelsOf(card)).toEqual(all(5000));
    expect(await addedUp(card)).toBe(5000);
  });

  it('is given back when the money that was authorized cannot be captured', async () => {
    const card = await issue(5000);
    const { id } = await ninety([card.code]);
    expectProblem(await checkOut(shop, id, sandbox('capture_fail')), 'payment-declined');
    await until(
      () => levelsOf(card),
      ({ available }) => available === 5000,
    );
    expect(await levelsOf(card)).toEqual(all(5000));
  });

  it('cannot be spent elsewhere or taken out, and comes back when the checkout is canceled', async () => {
    const card = await issue(10_000);
    const { id } = await ninety([card.code]);
    const open = bought(await checkOut(shop, id, null));
    expect(await levelsOf(card)).toEqual({ balance: 10_000, held: 9000, available: 1000 });
    const adjust = (amount: number) =>
      shop.admin('POST', `/admin/v1/gift-cards/${card.id}/adjustments`, { amount: money(amount), reason: 'Mistake' });
    expectProblem(await adjust(-1001), 'gift-card-insufficient');
    expectStatus(await adjust(-1000), 200);
    expect((await ninety([card.code])).totals.giftCards).toEqual(money(0));
    const cancel = { json: {}, idempotencyKey: newKey() };
    expectStatus(await shop.send('POST', `/v1/checkouts/${open.id}/cancel`, cancel), 200);
    expect(await levelsOf(card)).toEqual(all(9000));
    expectStatus(await adjust(500), 200);
    expect(await levelsOf(card)).toEqual(all(9500));
    expect(await addedUp(card)).toBe(9500);
  });

  it('is paid when an open checkout is completed', async () => {
    const card = await issue(1000);
    const { id } = await ninety([card.code]);
    const open = bought(await checkOut(shop, id, null));
    const done = expectStatus(await complete(shop, open.id, sandbox('ok')), 200).as(CheckoutView);
    expect((await ledgerOf(shop, orderOf(done).id)).totals.EUR?.captured).toBe(8000);
    expect(await levelsOf(card)).toEqual(all(0));
  });
});

describe('an order that was paid with a gift card and by card', () => {
  const order = async (card: Card) => {
    const { id } = await ninety([card.code]);
    return bought(await checkOut(shop, id, sandbox('ok')));
  };

  it('gives both their money back when it is canceled', async () => {
    const card = await issue(5000);
    const { id } = orderOf(await order(card));
    await act(shop, 200, id, '/cancel', {});
    expect((await ledgerOf(shop, id)).totals.EUR).toMatchObject({ captured: 4000, refunded: 4000 });
    expect(await levelsOf(card)).toEqual(all(5000));
    expect(await addedUp(card)).toBe(5000);
  });

  it('gives back in parts what was paid, to the last cent and no further', async () => {
    const card = await issue(5000);
    const { id } = orderOf(await order(card));
    const refund = (amount: number) => ask(shop, id, '/refunds', { amount: money(amount) });
    for (const amount of [3333, 3333]) expectStatus(await refund(amount), 201);
    expectProblem(await refund(2335), 'refund-too-large');
    expectStatus(await refund(2334), 201);
    expect((await ledgerOf(shop, id)).totals.EUR).toMatchObject({ captured: 4000, refunded: 4000 });
    expect(await levelsOf(card)).toEqual(all(5000));
    expect(await readOrder(shop, id)).toMatchObject({ balances: { refunded: money(9000), refundable: money(0) } });
  });
});

it('a code is taken once', async () => {
  const card = await issue(100, { code: 'HAPPY-BIRTHDAY-1' });
  expect(card.code.replaceAll(/[ -]/g, '')).toBe('HAPPYBIRTHDAY1');
  const draft = { amount: money(100), code: 'happy birthday 1' };
  expectProblem(await shop.admin('POST', '/admin/v1/gift-cards', draft), 'gift-card-code-taken');
});

it('no code was ever told again, in an answer, an event or the log', async () => {
  const pages = ['gift-cards?limit=100', 'orders?limit=100', 'payments?limit=100', 'events?limit=100'];
  const placed = () => shop.admin('GET', '/admin/v1/events?type=orders.order-placed.v1');
  await until(placed, ({ text }) => text.includes('orders.order-placed.v1'));
  for (const page of pages) expectStatus(await shop.admin('GET', `/admin/v1/${page}`), 200);
  for (let after = 0; ; ) {
    const text = expectStatus(await shop.admin('GET', `/admin/v1/events?limit=100&after=${after}`), 200).text;
    const positions = [...text.matchAll(/"position":(\d+)/g)].map(([, position]) => Number(position));
    if (positions.length === 0) break;
    after = Math.max(...positions);
  }
  const plain = (text: string): string => text.replaceAll(/[\s-]/g, '').toUpperCase();
  const told = plain([...answers, shop.shop.log()].join('\n'));
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => told.includes(plain(code)))).toEqual([]);
  // Otherwise nothing was listened to.
  expect(told).toContain('ORDERS.ORDERPLACED.V1');
});
