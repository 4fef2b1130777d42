/**
 * The money of an order after its checkout, where it is taken when goods ship: the order, the shop's ledger and the provider's
 * books must tell the same story, by whichever side the money was moved and in whatever order the news arrives.
 */
import { describe, expect, it } from 'vitest';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import { OrderListItem } from '../../shared/contracts/orders/order-lists-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { act, ask, booksOf, incident, readOrder, reconcile } from './back-office.ts';
import { expectProblem, expectStatus, newKey, problemIn } from './client.ts';
import { money } from './merchant.ts';
import { buy, journeyOfFile, ledgerOf, orderOf, putUp, sandbox, stockOf, until, untilFinal } from './shopping.ts';

const shop = journeyOfFile({ env: { VITRINE_CAPTURE: 'manual' } });

let products = 0;

/** Three units at 10.00 and 4.90 for the post: 34.90, authorized. */
async function ordered(token = 'ok') {
  products += 1;
  const sku = `MONEY-${products}`;
  await putUp(shop, { sku, stock: 10, priceMinor: 1000 });
  const checkout = await buy(shop, { sku, quantity: 3 }, sandbox(token));
  return { sku, orderId: orderOf(checkout).id, lineId: checkout.lines[0]?.id ?? '' };
}

/** What the provider's books say of an order in euros. */
const atProvider = async (orderId: string) => (await ledgerOf(shop, orderId)).totals.EUR;

describe('money that is taken when goods ship', () => {
  it('is taken for each parcel, and all of it with the last one', async () => {
    const { orderId, lineId } = await ordered();
    expect(await readOrder(shop, orderId)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'authorized',
      captureMode: 'manual',
      balances: { capturable: money(3490), captured: money(0) },
    });
    const part = await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }] });
    expect(part.paymentStatus).toBe('partially-captured');
    const taken = part.balances.captured.amount;
    expect([1000, 1490]).toContain(taken);
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 3490 - taken, captured: taken, refunded: 0 });
    const all = await act(shop, 201, orderId, '/fulfillments', {});
    expect(all).toMatchObject({ status: 'paid', paymentStatus: 'captured', fulfillmentStatus: 'fulfilled' });
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 0, captured: 3490, refunded: 0 });
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 3490, open: 0, held: 3490, sum: 0 });
  });

  it('stays where it is for a parcel that leaves without', async () => {
    const { orderId } = await ordered();
    const shipped = await act(shop, 201, orderId, '/fulfillments', { capture: false });
    expect(shipped).toMatchObject({ fulfillmentStatus: 'fulfilled', paymentStatus: 'authorized' });
    expect((await act(shop, 201, orderId, '/captures', {})).paymentStatus).toBe('captured');
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 0, captured: 3490, refunded: 0 });
  });

  it('that the provider does not give leaves the goods on the shelf', async () => {
    const { orderId, sku } = await ordered('capture_fail');
    const refused = await ask(shop, orderId, '/fulfillments', {});
    expect(expectProblem(refused, 'payment-declined').status).toBe(402);
    expect(await stockOf(shop, sku)).toMatchObject({ onHand: 10, committed: 3 });
    expect(await readOrder(shop, orderId)).toMatchObject({ fulfillmentStatus: 'unfulfilled', operation: null });
    expect(await atProvider(orderId)).toMatchObject({ captured: 0 });
  });

  it('that is gone with the declined capture has to come in some other way before anything ships', async () => {
    const { orderId } = await ordered('capture_fail');
    expect(expectProblem(await ask(shop, orderId, '/fulfillments', {}), 'payment-declined').status).toBe(402);
    expect(await readOrder(shop, orderId)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'pending',
      balances: { capturable: money(0), outstanding: money(3490) },
    });
    const outstanding = () => shop.admin('GET', '/admin/v1/orders?outstanding=true');
    await until(
      async () => expectStatus(await outstanding(), 200).as(Page(OrderListItem)).items,
      (items) => items.some(({ id }) => id === orderId),
    );
    const unpaid = await ask(shop, orderId, '/fulfillments', { capture: false });
    expect(expectProblem(unpaid, 'payment-outstanding')).toMatchObject({ outstanding: money(3490) });
    expectProblem(await ask(shop, orderId, '/captures', {}), 'wrong-state');
    await act(shop, 201, orderId, '/payments', { provider: 'manual', amount: money(3490) });
    const shipped = await act(shop, 201, orderId, '/fulfillments', {});
    expect(shipped).toMatchObject({ status: 'paid', paymentStatus: 'captured', fulfillmentStatus: 'fulfilled' });
    expect(await atProvider(orderId)).toMatchObject({ authorizedOpen: 0, captured: 0 });
  });
});

describe('an authorization of more than is needed in the end', () => {
  it('is let go with the last parcel', async () => {
    const { orderId, lineId } = await ordered();
    const fewer = { lines: [{ lineId, quantity: 2 }] };
    const preview = expectStatus(await ask(shop, orderId, '/edits/preview', fewer), 200).as(EditPreview);
    await act(shop, 201, orderId, '/edits', { ...fewer, token: preview.token });
    const part = await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }] });
    const openMinor = 3490 - part.balances.captured.amount;
    expect(await booksOf(shop, orderId)).toMatchObject({ open: openMinor });
    const all = await act(shop, 201, orderId, '/fulfillments', {});
    expect(all).toMatchObject({ status: 'paid', paymentStatus: 'captured', balances: { captured: money(2490) } });
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 2490, held: 2490, open: 0, sum: 0 });
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 0, captured: 2490, refunded: 0 });
  });
});

describe('an order that is canceled', () => {
  it('before its money was taken lets go of it', async () => {
    const { orderId, sku } = await ordered();
    const canceled = await act(shop, 200, orderId, '/cancel', {});
    expect(canceled).toMatchObject({ status: 'canceled', paymentStatus: 'voided', fulfillmentStatus: 'canceled' });
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 0, captured: 0, refunded: 0 });
    expect(await stockOf(shop, sku)).toMatchObject({ onHand: 10, committed: 0, available: 10 });
    expectProblem(await ask(shop, orderId, '/captures', {}), 'wrong-state');
    expectProblem(await ask(shop, orderId, '/fulfillments', {}), 'wrong-state');
  });

  it('after some of it was taken gives that back and lets go of the rest', async () => {
    const { orderId, sku } = await ordered();
    await act(shop, 201, orderId, '/captures', { amount: money(1200) });
    expect((await act(shop, 200, orderId, '/cancel', {})).status).toBe('canceled');
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 0, captured: 1200, refunded: 1200 });
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 1200, refunded: 1200, open: 0, held: 0, sum: 0 });
    expect(await stockOf(shop, sku)).toMatchObject({ committed: 0, available: 10 });
  });

  it('after something has shipped is refused', async () => {
    const { orderId, lineId } = await ordered();
    await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }] });
    expectProblem(await ask(shop, orderId, '/cancel', {}), 'wrong-state');
  });
});

describe('a refund', () => {
  it('that waits at the provider counts as paid back', async () => {
    const { orderId } = await ordered('refund_pending');
    await act(shop, 201, orderId, '/captures', {});
    const waiting = await act(shop, 201, orderId, '/refunds', { amount: money(1000) });
    expect(waiting.refunds).toMatchObject([{ status: 'pending', amount: money(1000) }]);
    expectProblem(await ask(shop, orderId, '/refunds', { amount: money(2491) }), 'refund-too-large');
    await incident(shop, orderId, 'refund-paid');
    await until(
      () => booksOf(shop, orderId),
      ({ refunded }) => refunded === 1000,
    );
    expect(await atProvider(orderId)).toMatchObject({ captured: 3490, refunded: 1000 });
  });

  it('that waited at the provider and failed there is held again', async () => {
    const { orderId } = await ordered('refund_pending');
    await act(shop, 201, orderId, '/captures', {});
    await act(shop, 201, orderId, '/refunds', { amount: money(1000) });
    await incident(shop, orderId, 'refund-failed');
    const books = await until(
      () => booksOf(shop, orderId),
      ({ held }) => held === 3490,
    );
    expect(books).toMatchObject({ captured: 3490, refunded: 0, sum: 0 });
  });

  it('that the provider does not make is refused, and nothing moves', async () => {
    const { orderId } = await ordered('refund_fail');
    await act(shop, 201, orderId, '/captures', {});
    expectProblem(await ask(shop, orderId, '/refunds', { amount: money(1000) }), 'refund-declined');
    expect(await readOrder(shop, orderId)).toMatchObject({ paymentStatus: 'captured', refunds: [], operation: null });
    expect(await booksOf(shop, orderId)).toMatchObject({ refunded: 0, held: 3490, sum: 0 });
  });

  it('that many ask for at once never exceeds what was captured', async () => {
    const { orderId, lineId } = await ordered();
    await act(shop, 201, orderId, '/captures', {});
    const asked = [
      { amount: money(2000) },
      { lines: [{ lineId, quantity: 2 }] },
      { shipping: 'all' },
      { amount: money(3490) },
      { lines: [{ lineId, quantity: 3 }] },
    ];
    const answers = await Promise.all(
      asked.map((json) => {
        const idempotencyKey = newKey();
        return untilFinal(() => ask(shop, orderId, '/refunds', json, { idempotencyKey }));
      }),
    );
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(problemIn(answer).status).toBe(409);
    const { balances, refunds } = await readOrder(shop, orderId);
    const sum = refunds.reduce((total, { amount }) => total + amount.amount, 0);
    expect(refunds).toHaveLength(answers.filter(({ status }) => status === 201).length);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(3490);
    expect(balances.refunded).toEqual(money(sum));
    expect(await atProvider(orderId)).toMatchObject({ captured: 3490, refunded: sum });
    expect(await booksOf(shop, orderId)).toMatchObject({ refunded: sum, held: 3490 - sum, sum: 0 });
  });
});

describe('a dispute', () => {
  it('takes the money away, and gives it back when it is won', async () => {
    const { orderId } = await ordered();
    await act(shop, 201, orderId, '/captures', {});
    await incident(shop, orderId, 'dispute', 1000);
    const books = () => booksOf(shop, orderId);
    await until(books, ({ chargedBack, held }) => chargedBack === 1000 && held === 2490);
    // What the bank has taken cannot be paid back a second time.
    expect(problemIn(await ask(shop, orderId, '/refunds', { amount: money(3000) })).status).toBe(409);
    expect(await atProvider(orderId)).toMatchObject({ captured: 3490, refunded: 0 });
    await incident(shop, orderId, 'dispute-won');
    await until(books, ({ chargedBack, held }) => chargedBack === 0 && held === 3490);
    expect((await books()).sum).toBe(0);
  });

  it('that is lost stays lost', async () => {
    const { orderId } = await ordered();
    await act(shop, 201, orderId, '/captures', {});
    await incident(shop, orderId, 'dispute');
    await incident(shop, orderId, 'dispute-lost');
    await until(
      () => booksOf(shop, orderId),
      ({ chargedBack, held }) => chargedBack === 3490 && held === 0,
    );
  });
});

describe('a refund that was made at the provider', () => {
  it('leaves only the rest to be refunded', async () => {
    const { orderId } = await ordered();
    await act(shop, 201, orderId, '/captures', {});
    await incident(shop, orderId, 'refund', 1500);
    await until(
      () => booksOf(shop, orderId),
      ({ refunded }) => refunded === 1500,
    );
    const tooMuch = await ask(shop, orderId, '/refunds', { amount: money(1991) });
    expect(problemIn(tooMuch)).toMatchObject({ status: 409, max: money(1990) });
    await act(shop, 201, orderId, '/refunds', { amount: money(1990) });
    expect(await atProvider(orderId)).toMatchObject({ captured: 3490, refunded: 3490 });
  });
});

it('after all of it the ledger and the provider agree on every payment', async () => {
  const report = await reconcile(shop);
  expect(report.findings).toEqual([]);
  expect(report.checked).toBe(products);
  const latest = expectStatus(await shop.admin('GET', '/admin/v1/payments/reconciliation'), 200);
  expect(latest.text).toContain(report.id);
});

describe('units that leave an order before their money was taken', () => {
  const refund = (orderId: string, lines: readonly object[]) => ask(shop, orderId, '/refunds', { lines });

  it('take off what is to be captured, and no money is paid out', async () => {
    const { orderId, lineId } = await ordered();
    await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 1 }] });
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 3490, captured: 0, refunded: 0 });
    const shipped = await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }] });
    const taken = shipped.balances.captured.amount;
    const last = await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 1, cancelQuantity: 1 }] });
    expect(last).toMatchObject({
      status: 'paid',
      fulfillmentStatus: 'fulfilled',
      balances: { captured: money(1490), refunded: money(0), outstanding: money(0) },
    });
    expect(taken).toBeLessThanOrEqual(1490);
    expect(await atProvider(orderId)).toEqual({ authorizedOpen: 0, captured: 1490, refunded: 0 });
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 1490, open: 0, held: 1490, sum: 0 });
  });

  it('leave a debt when the card gives nothing for those that have left', async () => {
    const { orderId, lineId } = await ordered('capture_fail');
    await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }], capture: false });
    const left = await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 2 }] });
    expect(left).toMatchObject({
      fulfillmentStatus: 'fulfilled',
      balances: { captured: money(0), capturable: money(0), outstanding: money(1490) },
    });
    expect(await atProvider(orderId)).toMatchObject({ captured: 0, refunded: 0 });
    const received = { provider: 'manual', amount: money(1490) };
    expect((await act(shop, 201, orderId, '/payments', received)).balances.outstanding).toEqual(money(0));
  });

  it('are all there is: the order is to be canceled', async () => {
    const { orderId, lineId } = await ordered();
    expectProblem(await refund(orderId, [{ lineId, quantity: 3 }]), 'edit-empties-order');
  });

  it('leave for less than they are worth where the merchant says so', async () => {
    const { orderId, lineId } = await ordered();
    await act(shop, 201, orderId, '/captures', {});
    const { refunds } = await act(shop, 201, orderId, '/refunds', {
      lines: [{ lineId, quantity: 1, amount: money(0) }],
    });
    expect(refunds).toMatchObject([{ amount: money(0), lines: [{ canceledQuantity: 1 }] }]);
    const tooMuch = await refund(orderId, [{ lineId, quantity: 1, amount: money(1001) }]);
    expect(expectProblem(tooMuch, 'refund-too-large')).toMatchObject({ lineId, max: money(1000) });
    const dollars = { amount: 1, currency: 'USD' };
    expectProblem(await refund(orderId, [{ lineId, quantity: 1, amount: dollars }]), 'wrong-currency');
  });
});

describe('a refund that cannot be meant', () => {
  it('is bad input, by the field that says so', async () => {
    const { orderId, lineId } = await ordered();
    const line = { lineId, quantity: 1 };
    for (const [body, pointer] of [
      [{}, '/lines'],
      [{ lines: [] }, '/lines'],
      [{ amount: money(0) }, '/amount'],
      [{ shipping: money(0) }, '/shipping'],
      [{ lines: [{ ...line, cancelQuantity: -1 }] }, '/lines/0/cancelQuantity'],
      [{ lines: [line, line] }, '/lines/1/lineId'],
    ] as const) {
      const { errors } = expectProblem(await ask(shop, orderId, '/refunds', body), 'invalid-input');
      expect(errors).toMatchObject([{ pointer }]);
      expect(JSON.stringify(errors)).not.toContain('>=1');
    }
  });
});

it('an authorization that ends at the provider is booked at once, and its goods are held like money that is owed', async () => {
  await putUp(shop, { sku: 'ENDED', stock: 9, priceMinor: 1000 });
  const { id: orderId } = orderOf(await buy(shop, { sku: 'ENDED', quantity: 1 }, sandbox('ok')));
  const { balances } = await readOrder(shop, orderId);
  expect(balances.outstanding.amount).toBe(0);
  await incident(shop, orderId, 'cancel');
  const ended = await until(
    () => readOrder(shop, orderId),
    (order) => order.balances.outstanding.amount > 0,
  );
  expect(ended.balances).toMatchObject({ capturable: { amount: 0 }, outstanding: balances.capturable });
  expect(ended.paymentStatus).toBe('pending');
  expectProblem(await ask(shop, orderId, '/fulfillments', { capture: false }), 'payment-outstanding');
  await act(shop, 201, orderId, '/fulfillments', { capture: false, shipUnpaid: true });
});
