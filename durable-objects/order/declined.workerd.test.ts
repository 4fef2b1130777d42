/** The Order object: payments that come to nothing, what becomes of their checkout, and who is told. */
import { describe, expect, test } from 'vitest';
import type { CartApi } from '../../shared/contracts/cart/api.ts';
import { pack } from '../../shared/values/packed.ts';
import { refuse } from '../../shared/values/result.ts';
import { orderIdOf } from '../../workers/orders/domain/checkout/checkout.ts';
import type { PaymentChoice } from '../../workers/orders/domain/checkout/payments.ts';
import type { StartRequest } from '../../workers/orders/service/requests.ts';
import { manual, sandbox } from '../../workers/orders/testing/checkouts.ts';
import { Neighbours } from '../../workers/orders/testing/neighbours.ts';
import { orderObject, sealedFor, startWith } from '../../workers/orders/testing/order-object.ts';

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
