/**
 * The Order object in its own runtime, with neighbours in memory: a checkout that is paid, one that is declined, one whose
 * goods are gone, and what a restart on the same storage makes of one that was left in the middle.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { CartApi } from '../../shared/contracts/cart/api.ts';
import type { Quote } from '../../shared/contracts/pricing/api.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { plentyOfAllowances } from '../../shared/testing/allowances.ts';
import { quotedAs, quotingBy } from '../../shared/testing/pricing.ts';
import { pack } from '../../shared/values/packed.ts';
import { refuse } from '../../shared/values/result.ts';
import type { OrderObjectEnv } from '../../workers/orders/context.ts';
import { orderIdOf } from '../../workers/orders/domain/checkout/checkout.ts';
import type { PaymentChoice } from '../../workers/orders/domain/checkout/payments.ts';
import { sealed } from '../../workers/orders/service/payment-token.ts';
import type { StartRequest } from '../../workers/orders/service/requests.ts';
import { cartSnapshot, manual, quote, sandbox, variant } from '../../workers/orders/testing/checkouts.ts';
import { Neighbours } from '../../workers/orders/testing/neighbours.ts';
import { testQuote } from '../../workers/orders/testing/orders.ts';
import { TestShop } from '../../workers/orders/testing/shop.ts';
import { OrderObject } from './object.ts';

const objects: { getByName(name: string): DurableObjectStub } = Reflect.get(env, 'ORDERS');

const secret = 'a secret';

const anyQuote = testQuote({ country: 'DE', currency: 'EUR', lines: [], shippingOptionId: null, balances: [] });
const priced: Quote = {
  ...anyQuote,
  ...quote,
  dueMinor: quote.totalMinor,
  lines: quote.lines.map((line) => {
    return { ...line, unitPriceMinor: 1250, compareAtMinor: null, priceListId: null, discounts: [] };
  }),
};

/** An object of its own for a test, which may be started anew on its storage. */
function orderObject(shop: Neighbours, quoted: Partial<Quote> = {}, captureMode = 'immediate') {
  const later = new TestShop([], async () => quotedAs(priced));
  const stub = objects.getByName(crypto.randomUUID());
  const database: D1Database = Reflect.get(env, 'DB');
  const inbox: Queue<Envelope> = Reflect.get(env, 'ORDERS_INBOX');
  const neighbours: OrderObjectEnv = {
    DB: database,
    ORDERS_INBOX: inbox,
    NOTIFICATIONS_INBOX: inbox,
    PRICING_INBOX: inbox,
    NOTIFICATIONS: { handledEvents: async () => [] },
    VITRINE_SECRET: secret,
    CART: shop.cart,
    INVENTORY: { ...later.inventory, ...shop.inventory },
    PAYMENTS: { balances: async () => null, ...later.payments, ...shop.payments },
    VITRINE_CAPTURE: captureMode,
    CATALOG: {
      variants: async () => [variant],
      variantRevision: async () => 1,
      standings: async () => [],
      handledEvents: async () => [],
    },
    PRICING: {
      handledEvents: async () => [],
      ...plentyOfAllowances,
      ...later.allowances,
      ...quotingBy(async () => quotedAs({ ...priced, ...quoted })),
      shipsUnpaid: async () => false,
    },
  };
  return {
    /** The stockroom and the bank of what comes after the checkout. */
    later,
    /** Acts on a fresh instance: whatever an earlier one had in memory is gone. */
    act: <Answer>(action: (object: OrderObject) => Promise<Answer>) =>
      runInDurableObject(stub, async (_instance, state) => {
        const answer = await action(new OrderObject(state, neighbours));
        // The alarm would ring in the instance of the runtime, whose neighbours refuse every call.
        await state.storage.deleteAlarm();
        return answer;
      }),
    /** Every row of every table, as text. */
    stored: () =>
      runInDurableObject(stub, (_instance, state) => {
        const { sql } = state.storage;
        const tables = sql.exec<{ name: string }>("select name from sqlite_master where type = 'table'").toArray();
        const own = tables.filter(({ name }) => !name.startsWith('_cf_') && !name.startsWith('sqlite_'));
        return JSON.stringify(own.map(({ name }) => [name, sql.exec(`select * from "${name}"`).toArray()]));
      }),
    outbox: () =>
      runInDurableObject(stub, (_instance, state) =>
        state.storage.sql
          .exec<{ envelope: string }>('select envelope from outbox order by position')
          .toArray()
          .map((row): unknown => JSON.parse(row.envelope)?.type),
      ),
  };
}

/** A choice as the door of the orders Worker hands it on. */
async function sealedFor(checkoutId: string, payment: PaymentChoice | null): Promise<PaymentChoice | null> {
  return payment === null ? null : sealed(payment, orderIdOf(checkoutId), secret);
}

async function startWith(payment: PaymentChoice | null): Promise<StartRequest> {
  const tail = crypto.randomUUID().replaceAll('-', '').slice(0, 26);
  const checkoutId = `chk_0${tail.slice(1)}w00`;
  return {
    cartId: 'cart_1',
    checkoutId,
    payment: await sealedFor(checkoutId, payment),
    expectedTotal: null,
    expectedDue: null,
    idempotency: { key: crypto.randomUUID(), fingerprint: 'f' },
    requestId: 'req_1',
  };
}

describe('a checkout with a payment that works', () => {
  test('asks each neighbour once, in the order of the plan, and is paid', async () => {
    const shop = new Neighbours();
    const { act, outbox } = orderObject(shop);
    const answer = await act(async (object) => object.start(await startWith(sandbox)));
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'completed',
      payment: { provider: 'sandbox', status: 'captured' },
      order: { status: 'paid' },
      totals: { total: { amount: 2990, currency: 'EUR' } },
    });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'commit', 'capture']);
    expect(await outbox()).toEqual(['orders.order-placed.v1', 'orders.order-paid.v1']);
  });

  test('gives its first answer again to a repetition, after a restart too', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    const first = await act((object) => object.start(request));
    const again = await act((object) => object.start(request));
    expect(again).toEqual({ ...first, isReplayed: true });
    expect(shop.asked.filter((what) => what === 'capture')).toHaveLength(1);
  });

  test('refuses its key to another request', async () => {
    const { act } = orderObject(new Neighbours());
    const request = await startWith(manual);
    await act((object) => object.start(request));
    const other = { ...request, idempotency: { ...request.idempotency, fingerprint: 'g' } };
    expect((await act((object) => object.start(other))).status).toBe(422);
  });
});

describe('a checkout whose payment is declined', () => {
  test('keeps the goods and the cart for another one, voids by key, and says why', async () => {
    const shop = new Neighbours();
    shop.authorization = { status: 'declined', reason: 'expired_card' };
    const { act, outbox } = orderObject(shop);
    const request = await startWith(sandbox);
    const answer = await act((object) => object.start(request));
    expect(answer.status).toBe(402);
    const { checkoutId } = request;
    const why = { code: 'payment-declined', detail: 'The card has expired.' };
    expect(JSON.parse(answer.body)).toMatchObject({ ...why, checkoutId, attemptsLeft: 4 });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'void']);
    expect(shop.cartStatus).toBe('frozen');
    expect(await act((object) => object.checkout(checkoutId))).toMatchObject({
      status: 'open',
      order: null,
      payment: { provider: 'sandbox', status: 'declined' },
      failure: why,
      attemptsLeft: 4,
    });
    // It never became an order, so nobody outside hears of it.
    expect(await outbox()).toEqual([]);
  });
});

describe('a checkout that is open for another payment', () => {
  async function declinedOnce() {
    const shop = new Neighbours();
    shop.authorization = { status: 'declined', reason: 'expired_card' };
    const given = orderObject(shop);
    const request = await startWith(sandbox);
    const first = await given.act((object) => object.start(request));
    shop.authorization = { status: 'authorized', amountMinor: 2990 };
    shop.asked.length = 0;
    const { checkoutId } = request;
    const payBy = async (payment: PaymentChoice, key: string) => {
      const sealed = await sealedFor(checkoutId, payment);
      if (sealed === null) throw new Error('it is a payment');
      const idempotency = { key, fingerprint: 'c' };
      return given.act((object) => object.complete({ checkoutId, payment: sealed, idempotency, requestId: 'req_2' }));
    };
    return { ...given, shop, request, first, checkoutId, payBy };
  }

  test('is paid by it under a key of its own, without another hold', async () => {
    const { act, shop, checkoutId, payBy, outbox } = await declinedOnce();
    const paid = await payBy(sandbox, 'another');
    expect([paid.status, JSON.parse(paid.body).status]).toEqual([200, 'completed']);
    expect(shop.asked).toEqual(['authorize', 'commit', 'capture']);
    expect(await act((object) => object.order(checkoutId))).toMatchObject({
      payment: { id: `${orderIdOf(checkoutId)}.try2`, provider: 'sandbox' },
    });
    expect(await outbox()).toEqual(['orders.order-placed.v1', 'orders.order-paid.v1']);
  });

  test('goes on with its payment page when an earlier request is repeated', async () => {
    const { act, shop, checkoutId, payBy } = await declinedOnce();
    const page = { status: 'requires_action', url: 'https://pay.example/1' } as const;
    shop.authorization = page;
    expect((await payBy({ ...sandbox, token: 'first' }, 'first')).status).toBe(202);
    expect((await payBy({ ...sandbox, token: 'second' }, 'second')).status).toBe(202);
    expect(shop.asked).toEqual(['authorize', 'lookup', 'void', 'authorize']);
    expect(JSON.parse((await payBy({ ...sandbox, token: 'first' }, 'first')).body)).toMatchObject({
      code: 'payment-left',
    });
    expect(shop.asked.filter((what) => what === 'void')).toHaveLength(1);
    expect(await act((object) => object.checkout(checkoutId))).toMatchObject({
      payment: { status: 'requires_action', actionUrl: page.url },
    });
  });

  test('answers the first request as before, after a restart too', async () => {
    const { act, shop, request, first } = await declinedOnce();
    expect(await act((object) => object.start(request))).toEqual({ ...first, isReplayed: true });
    expect(shop.asked).toEqual([]);
  });

  test('ends for a change of its cart, with everything given back', async () => {
    const { act, shop, checkoutId, payBy } = await declinedOnce();
    expect(await act((object) => object.letGo(checkoutId))).toBe('free');
    expect(shop.asked).toEqual(['undo', 'thaw']);
    expect(await act((object) => object.letGo(checkoutId))).toBe('free');
    expect(await act((object) => object.checkout(checkoutId))).toMatchObject({
      status: 'canceled',
      failure: { code: 'cart-changed' },
    });
    expect(JSON.parse((await payBy(sandbox, 'late')).body)).toMatchObject({ code: 'checkout-state' });
  });

  test('keeps its cart once it is paid, and so does one that was only opened', async () => {
    const { act, checkoutId, payBy } = await declinedOnce();
    await payBy(manual, 'another');
    expect(await act((object) => object.letGo(checkoutId))).toBe('kept');
    const { act: actElsewhere } = orderObject(new Neighbours());
    const opened = await startWith(null);
    await actElsewhere((object) => object.start(opened));
    expect(await actElsewhere((object) => object.letGo(opened.checkoutId))).toBe('kept');
    expect(await actElsewhere((object) => object.letGo('chk_of_nobody'))).toBe('kept');
  });
});

describe('a payment whose refusal nobody has heard', () => {
  async function declinedUnheard() {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    shop.authorization = { status: 'unknown', reason: 'no answer' };
    shop.isLostAfterAuthorization = true;
    expect((await act((object) => object.start(request))).status).toBe(202);
    // The provider has declined it, which the alarm finds out.
    shop.isAlive = true;
    shop.known = { status: 'declined', reason: 'insufficient_funds' };
    await act((object) => object.resume(request.checkoutId));
    expect(await act((object) => object.checkout(request.checkoutId))).toMatchObject({
      status: 'open',
      attemptsLeft: 4,
    });
    return { shop, act, request };
  }

  test('is told to the request that asked for it, and not tried again', async () => {
    const { shop, act, request } = await declinedUnheard();
    const told = await act((object) => object.start(request));
    expect(JSON.parse(told.body)).toMatchObject({ status: 402, code: 'payment-declined', attemptsLeft: 4 });
    expect(shop.asked.filter((what) => what === 'authorize')).toHaveLength(1);
  });

  test('is told to that request also when the checkout has ended since, for a change of its cart', async () => {
    const { shop, act, request } = await declinedUnheard();
    expect(await act((object) => object.letGo(request.checkoutId))).toBe('free');
    const told = await act((object) => object.start(request));
    expect(JSON.parse(told.body)).toMatchObject({ status: 402, code: 'payment-declined', attemptsLeft: 0 });
    expect(shop.asked.filter((what) => what === 'authorize')).toHaveLength(1);
  });
});

describe('a declined payment that is being called off', () => {
  test('is the outcome of the same card that is sent meanwhile, and not tried again', async () => {
    const [calledOff, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    class SlowBank extends Neighbours {
      override get payments() {
        const honest = super.payments;
        const voidSlowly: typeof honest.void = async (reference) => {
          begun.resolve();
          await calledOff.promise;
          return honest.void(reference);
        };
        return { ...honest, void: voidSlowly };
      }
    }
    const shop = new SlowBank();
    shop.authorization = { status: 'declined', reason: 'insufficient_funds' };
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    const { checkoutId, payment } = request;
    if (payment === null) throw new Error('it is a payment');
    const idempotency = { key: 'meanwhile', fingerprint: 'c' };
    const answers = await act(async (object) => {
      const first = object.start(request);
      await begun.promise;
      const second = object.complete({ checkoutId, payment, idempotency, requestId: 'req_2' });
      calledOff.resolve();
      return Promise.all([first, second]);
    });
    expect(answers.map(({ body }) => JSON.parse(body).code)).toEqual(['payment-declined', 'payment-declined']);
    expect(shop.asked.filter((what) => what === 'authorize')).toHaveLength(1);
  });
});

describe('a payment that fails while another request for its cart waits', () => {
  class FrozenCart extends Neighbours {
    checkoutId = '';
    override get cart() {
      const honest = super.cart;
      const frozen = async () => pack(refuse({ code: 'cart-frozen', checkoutId: this.checkoutId }));
      const freeze: CartApi['freeze'] = (request) => (this.cartStatus === 'frozen' ? frozen() : honest.freeze(request));
      return { ...honest, freeze };
    }
    override get payments() {
      const capture = async () => ({ status: 'declined', reason: 'insufficient_funds' }) as const;
      return { ...super.payments, capture };
    }
  }

  /** Both requests are sent while the provider does not answer, and lose their answers; then the checkout fails. */
  async function failedMeanwhile() {
    const shop = new FrozenCart();
    const { act } = orderObject(shop);
    const first = await startWith({ ...sandbox, token: 'first' });
    const second = await startWith({ ...sandbox, token: 'second' });
    shop.checkoutId = first.checkoutId;
    shop.authorization = null;
    shop.isLostAfterAuthorization = true;
    expect((await act((object) => object.start(first))).status).toBe(202);
    expect((await act((object) => object.start(second))).status).toBe(202);
    shop.isAlive = true;
    await act((object) => object.resume(first.checkoutId));
    expect(await act((object) => object.checkout(first.checkoutId))).toMatchObject({ status: 'failed' });
    shop.asked.length = 0;
    const answerOf = async (request: StartRequest): Promise<unknown> =>
      JSON.parse((await act((object) => object.start(request))).body);
    return { shop, first, second, answerOf };
  }

  test('is not its refusal: it never tried its own card', async () => {
    const { shop, first, second, answerOf } = await failedMeanwhile();
    expect(await answerOf(second)).toMatchObject({
      code: 'checkout-state',
      checkoutId: first.checkoutId,
      checkoutStatus: 'failed',
    });
    expect(shop.asked).toEqual([]);
  });

  test('is the refusal of the request that asked for it', async () => {
    const { first, answerOf } = await failedMeanwhile();
    expect(await answerOf(first)).toMatchObject({
      code: 'payment-declined',
      detail: 'The account of the card has too little money for this payment.',
      attemptsLeft: 0,
    });
  });
});

describe('what an object stores', () => {
  const card = { ...sandbox, token: 'pm_of_a_shopper' };

  test('has neither the access token of an order nor the token of a payment, and answers with both all the same', async () => {
    const shop = new Neighbours();
    const { act, stored } = orderObject(shop);
    const open = await startWith(null);
    await act((object) => object.start(open));
    const { checkoutId } = open;
    const payment = await sealedFor(checkoutId, card);
    if (payment === null) throw new Error('a card is a payment');
    const complete = { ...open, payment, idempotency: { key: 'complete', fingerprint: 'c' } };
    const paid = await act((object) => object.complete(complete));
    expect(JSON.parse(paid.body)).toMatchObject({
      status: 'completed',
      order: { accessToken: expect.stringMatching(/^oat_/) },
    });
    expect(shop.tokens).toEqual(['pm_of_a_shopper']);
    const text = await stored();
    expect(text).toContain('complete');
    expect(text).not.toMatch(/oat_|pm_of_a_shopper/);
    expect(await act((object) => object.complete(complete))).toEqual({ ...paid, isReplayed: true });
  });

  test('has no token of a payment that was declined', async () => {
    const shop = new Neighbours();
    shop.authorization = { status: 'declined', reason: 'expired_card' };
    const { act, stored } = orderObject(shop);
    await act(async (object) => object.start(await startWith(card)));
    expect(shop.tokens).toEqual(['pm_of_a_shopper']);
    expect(await stored()).not.toContain('pm_of_a_shopper');
  });
});

describe('a checkout whose goods are gone', () => {
  test('is refused with what is left, and leaves no stream and no payment', async () => {
    const shop = new Neighbours();
    shop.available = 1;
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    const answer = await act((object) => object.start(request));
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'insufficient-stock', sku: 'CUP-1', available: 1 });
    expect(shop.asked).toEqual(['freeze', 'hold', 'thaw']);
    expect(await act((object) => object.checkout(request.checkoutId))).toBeNull();
  });
});

describe('a cart that a crash left frozen, with holds and no record of them', () => {
  test('is given back with its goods, its promotions and its cards, and bought anew', async () => {
    class AbandonedCart extends Neighbours {
      override get cart() {
        const honest = super.cart;
        const giftCards = [{ cardId: 'gft_1', last4: '1234', balanceMinor: 0 }];
        const snapshot = () => cartSnapshot({ status: this.cartStatus, checkoutId: 'chk_left', giftCards });
        const read = async () => pack(snapshot());
        const freeze: CartApi['freeze'] = (request) =>
          this.cartStatus === 'frozen'
            ? Promise.resolve(pack(refuse({ code: 'cart-frozen', checkoutId: 'chk_left' })))
            : honest.freeze(request);
        return { ...honest, read, freeze };
      }
    }
    const shop = new AbandonedCart();
    shop.cartStatus = 'frozen';
    const { act, later } = orderObject(shop, { allowances: [{ allowance: 'promo:pro_1', quantity: 1, limit: 5 }] });
    expect((await act(async (object) => object.start(await startWith(manual)))).status).toBe(201);
    expect(shop.asked.slice(0, 2)).toEqual(['undo', 'thaw']);
    expect([...later.givenBack]).toEqual(['chk_left gift:gft_1', 'chk_left promo:pro_1']);
  });
});

describe('a payment whose outcome is unknown', () => {
  test('is asked for, never made again, and the checkout is paid', async () => {
    const shop = new Neighbours();
    shop.authorization = null;
    const { act } = orderObject(shop);
    const answer = await act(async (object) => object.start(await startWith(sandbox)));
    expect(answer.status).toBe(201);
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'lookup', 'commit', 'capture']);
  });
});

describe('an object that dies in the middle of a payment', () => {
  test('asks what became of it when it starts again, and goes on to the end', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    // The provider takes the payment, and then nothing answers any more.
    shop.authorization = null;
    shop.isLostAfterAuthorization = true;
    const first = await act((object) => object.start(request));
    expect(first.status).toBe(202);
    expect(JSON.parse(first.body)).toMatchObject({ status: 'processing' });
    shop.isAlive = true;
    await act((object) => object.resume(request.checkoutId));
    expect(await act((object) => object.checkout(request.checkoutId))).toMatchObject({
      status: 'completed',
      order: { status: 'paid' },
    });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'lookup', 'commit', 'capture']);
  });
});

describe('a checkout without a payment', () => {
  test('holds the goods, and is completed later by another request', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(null);
    const opened = await act((object) => object.start(request));
    expect(opened.status).toBe(201);
    expect(JSON.parse(opened.body)).toMatchObject({ status: 'open', payment: null, order: null });
    const { checkoutId } = request;
    const idempotency = { key: crypto.randomUUID(), fingerprint: 'c' };
    const completed = await act((object) =>
      object.complete({ checkoutId, payment: manual, idempotency, requestId: 'req_2' }),
    );
    expect(completed.status).toBe(200);
    expect(JSON.parse(completed.body)).toMatchObject({ status: 'completed' });
    expect(shop.asked).toEqual(['freeze', 'hold', 'commit']);
  });

  test('is canceled: goods and cart are given back, and a payment comes too late', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(null);
    await act((object) => object.start(request));
    const { checkoutId } = request;
    const asked = { checkoutId, requestId: 'req_2' };
    const key = () => ({ key: crypto.randomUUID(), fingerprint: 'c' });
    const canceled = await act((object) => object.cancel({ ...asked, idempotency: key() }));
    expect([canceled.status, JSON.parse(canceled.body).status]).toEqual([200, 'canceled']);
    expect(shop.asked).toEqual(['freeze', 'hold', 'undo', 'thaw']);
    const late = await act((object) => object.complete({ ...asked, payment: manual, idempotency: key() }));
    expect([late.status, JSON.parse(late.body).code]).toEqual([409, 'checkout-state']);
  });
});

test('a cart that a late freeze keeps for a checkout which has ended is free for another', async () => {
  const shop = new Neighbours();
  const { act } = orderObject(shop);
  const first = await startWith(null);
  await act((object) => object.start(first));
  const { checkoutId } = first;
  await act((object) => object.cancel({ checkoutId, requestId: 'req_2', idempotency: { key: 'c', fingerprint: 'c' } }));
  shop.frozenFor = checkoutId;
  shop.asked.length = 0;
  const answer = await act(async (object) => object.start(await startWith(null)));
  expect([answer.status, JSON.parse(answer.body).status]).toEqual([201, 'open']);
  expect(shop.asked).toEqual(['freeze', 'thaw', 'freeze', 'hold']);
});

describe('a shop that captures by hand', () => {
  test('completes a checkout with its money authorized, and takes none of it', async () => {
    const shop = new Neighbours();
    const { act, outbox } = orderObject(shop, {}, 'manual');
    const request = await startWith(sandbox);
    const answer = await act((object) => object.start(request));
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'completed',
      payment: { status: 'authorized' },
      order: { status: 'confirmed' },
    });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'commit']);
    expect(await outbox()).toEqual(['orders.order-placed.v1']);
    expect(await act((object) => object.order(request.checkoutId))).toMatchObject({
      captureMode: 'manual',
      paymentStatus: 'authorized',
      balances: { capturable: { amount: 2990 }, outstanding: { amount: 0 } },
    });
  });
});

describe('a checkout that is paid by hand', () => {
  test.each(['immediate', 'manual'])(
    'asks no provider, and leaves all of its money to be collected (%s)',
    async (mode) => {
      const shop = new Neighbours();
      const { act, outbox } = orderObject(shop, {}, mode);
      const request = await startWith(manual);
      const answer = await act((object) => object.start(request));
      expect(JSON.parse(answer.body)).toMatchObject({
        status: 'completed',
        payment: { provider: 'manual', status: 'pending' },
        order: { status: 'confirmed' },
      });
      expect(shop.asked).toEqual(['freeze', 'hold', 'commit']);
      expect(await outbox()).toEqual(['orders.order-placed.v1']);
      expect(await act((object) => object.order(request.checkoutId))).toMatchObject({
        status: 'confirmed',
        paymentStatus: 'pending',
        balances: { authorized: { amount: 0 }, capturable: { amount: 0 }, outstanding: { amount: 2990 } },
      });
    },
  );
});

describe('an order after its checkout', () => {
  const by = { actor: 'key:merchant', currencies: [], requestId: 'req_3' };

  test('keeps notes in its timeline, and takes a note once per key', async () => {
    const { act } = orderObject(new Neighbours());
    const request = await startWith(sandbox);
    await act((object) => object.start(request));
    const { checkoutId } = request;
    const idempotency = { key: crypto.randomUUID(), fingerprint: 'n' };
    const note = { ...by, checkoutId, idempotency, command: { type: 'note', text: 'Gift.' } as const };
    expect(await act((object) => object.operate(note))).toMatchObject({ status: 201, isReplayed: false });
    expect(await act((object) => object.operate(note))).toMatchObject({ status: 201, isReplayed: true });
    expect(await act((object) => object.timeline(checkoutId))).toMatchObject([
      { action: 'place', text: expect.stringMatching(/^[0-9A-Z]{4}-/) },
      { action: 'pay', amount: { amount: 2990 } },
      { action: 'note', actor: 'key:merchant', text: 'Gift.' },
    ]);
  });

  test('ships, and the outside hears of it with the whole summary', async () => {
    const { act, later, outbox } = orderObject(new Neighbours());
    const request = await startWith(sandbox);
    await act((object) => object.start(request));
    const { checkoutId } = request;
    later.committed.set(checkoutId, new Map([['stk_1', 2]]));
    const everything = { lines: null, locationId: null, tracking: null, isCaptured: null };
    const command = { type: 'fulfill', ...everything } as const;
    const answer = await act((object) => object.operate({ ...by, checkoutId, idempotency: null, command }));
    expect([answer.status, JSON.parse(answer.body).fulfillmentStatus]).toEqual([201, 'fulfilled']);
    expect(later.asked).toEqual(['allocations', 'ship']);
    expect(await outbox()).toContain('orders.order-fulfilled.v1');
  });

  test('that never was is not found, and one whose checkout is open is none', async () => {
    const { act } = orderObject(new Neighbours());
    const request = await startWith(null);
    await act((object) => object.start(request));
    const cancel = { ...by, idempotency: null, command: { type: 'cancel', note: null } as const };
    const answer = await act((object) => object.operate({ ...cancel, checkoutId: request.checkoutId }));
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([404, 'not-found']);
    expect(await act((object) => object.timeline(request.checkoutId))).toBeNull();
  });
});
