/**
 * Arithmetic after the checkout that shops are known to get wrong: captures and refunds in parts, stock over two locations,
 * refunds unit by unit, edits, and what two requests at the same instant may do. Money is captured by hand here.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import { act, ask, booksOf, incident, levelsAt, putAt, readOrder } from './back-office.ts';
import { expectProblem, expectStatus, newKey, problemIn } from './client.ts';
import { addPromotion, addShippingRate, addTaxRate, money, openMarket, putUpVariant, startCart } from './merchant.ts';
import {
  card,
  checkOut,
  complete,
  fillCart,
  journeyOfFile,
  ledgerOf,
  orderOf,
  sandbox,
  stockOf,
  until,
  untilFinal,
} from './shopping.ts';

const shop = journeyOfFile({ env: { VITRINE_CAPTURE: 'manual' } });
beforeAll(async () => {
  const plain = { taxRate: '0', pricesIncludeTax: false };
  const { id: marketId } = await openMarket(shop, { ...plain, name: 'Plain', countries: ['CA'], currencies: ['CAD'] });
  await addShippingRate(shop, { marketId, name: 'Post', prices: [money(1000, 'CAD')] });
  await openMarket(shop, { ...plain, name: 'Gulf', countries: ['KW'], currencies: ['KWD'] });
  await addTaxRate(shop, { name: 'vat', rate: '0.05', zone: { country: 'KW' }, taxClass: 'taxed' });
  expectStatus(await shop.admin('POST', '/admin/v1/locations', { id: 'loc_b', name: 'Second' }), 201);
});

const cad = (amount: number) => money(amount, 'CAD');
let products = 0;

/** An order of one line of a new product, authorized and not captured, sent by post for 10.00. */
async function ordered(unitPrice: number, quantity = 1, token = 'ok') {
  products += 1;
  const sku = `CASE-${products}`;
  await putUpVariant(shop, sku, { price: cad(unitPrice) });
  const cart = await startCart(shop, { country: 'CA', lines: [{ sku, quantity }] });
  const bought = expectStatus(await checkOut(shop, cart.id, sandbox(token)), 201).as(CheckoutView);
  return { orderId: orderOf(bought).id, lineId: bought.lines[0]?.id ?? '', sku, total: bought.totals.total.amount };
}

const capture = (orderId: string, amount?: number) =>
  ask(shop, orderId, '/captures', amount === undefined ? {} : { amount: cad(amount) });
const refund = (orderId: string, amount: number) => ask(shop, orderId, '/refunds', { amount: cad(amount) });

describe('the money of an order', () => {
  it('that is authorized can be captured in parts, and no further', async () => {
    const { orderId, total } = await ordered(9000);
    expect(total).toBe(10_000);
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 0, open: 10_000, held: 0, sum: 0 });
    expectStatus(await capture(orderId, 7500), 201);
    expect(expectProblem(await capture(orderId, 7500), 'capture-too-large')).toMatchObject({ max: cad(2500) });
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 7500, open: 2500, held: 7500, sum: 0 });
    expectStatus(await capture(orderId), 201);
    expect(await readOrder(shop, orderId)).toMatchObject({ status: 'paid', paymentStatus: 'captured' });
    expect((await ledgerOf(shop, orderId)).totals.CAD).toEqual({ authorizedOpen: 0, captured: 10_000, refunded: 0 });
  });

  it('cannot be refunded before it is captured', async () => {
    const { orderId } = await ordered(3200);
    expectProblem(await refund(orderId, 1), 'wrong-state');
    expect(await booksOf(shop, orderId)).toMatchObject({ open: 4200, captured: 0, refunded: 0 });
  });

  it('is refunded in parts, of which one may come back', async () => {
    const { orderId } = await ordered(3000);
    expectStatus(await capture(orderId), 201);
    expectStatus(await refund(orderId, 1100), 201);
    expectStatus(await refund(orderId, 1200), 201);
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 4000, refunded: 2300, held: 1700, sum: 0 });
    await incident(shop, orderId, 'refund-failed');
    await until(
      () => booksOf(shop, orderId),
      ({ refunded, held }) => refunded === 1100 && held === 2900,
    );
    expect((await ledgerOf(shop, orderId)).totals.CAD).toMatchObject({ captured: 4000, refunded: 1100 });
  });

  it('that a bank takes back is not held any more', async () => {
    const { orderId } = await ordered(1300);
    expectStatus(await capture(orderId, 1100), 201);
    expectStatus(await capture(orderId, 1200), 201);
    await incident(shop, orderId, 'dispute', 1000);
    await until(
      () => booksOf(shop, orderId),
      ({ chargedBack }) => chargedBack === 1000,
    );
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 2300, refunded: 0, held: 1300, sum: 0 });
  });

  it('counts a report once, however often it is delivered', async () => {
    const { orderId } = await ordered(3200, 1, 'duplicate_webhook');
    expectStatus(await capture(orderId), 201);
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 4200, open: 0, held: 4200, sum: 0 });
  });

  it('moves by positive amounts of its own currency', async () => {
    const { orderId } = await ordered(3200);
    expectProblem(await capture(orderId, 0), 'invalid-input');
    expectProblem(await capture(orderId, -5), 'invalid-input');
    expectProblem(await ask(shop, orderId, '/captures', { amount: money(4200) }), 'wrong-currency');
    expect(await booksOf(shop, orderId)).toMatchObject({ open: 4200, captured: 0 });
  });
});

describe('the units of a line', () => {
  /** A line whose price does not divide by its units, after so much was taken off it. */
  async function paid(unitPrice: number, quantity: number, off: number) {
    products += 1;
    const sku = `UNITS-${products}`;
    await putUpVariant(shop, sku, { price: money(unitPrice) });
    const code = `OFF-${products}`;
    await addPromotion(shop, { title: code, codes: [code], offer: { kind: 'fixed-off-order', amounts: [money(off)] } });
    const cart = await startCart(shop, { country: 'DE', lines: [{ sku, quantity }] }, { discountCodes: [code] });
    const bought = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    const { id: orderId } = orderOf(bought);
    expectStatus(await ask(shop, orderId, '/captures', {}), 201);
    return { orderId, lineId: bought.lines[0]?.id ?? '', total: bought.totals.total.amount };
  }

  it('are refunded so that all refunds add up to what was paid, tax included', async () => {
    // 59.98 for three, 9.58 of it tax.
    const { orderId, lineId, total } = await paid(2000, 3, 2);
    const parts = [];
    for (let unit = 0; unit < 3; unit += 1) {
      const { refunds } = await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 1 }] });
      parts.push(refunds.at(-1)?.lines.map(({ amount, tax }) => [amount.amount, tax.amount])[0]);
    }
    expect(parts).toEqual([
      [1999, 319],
      [1999, 319],
      [2000, 320],
    ]);
    expect(total).toBe(5998);
    expect((await ledgerOf(shop, orderId)).totals.EUR).toMatchObject({ captured: 5998, refunded: 5998 });
  });

  it('go back from the last to the first', async () => {
    // 1.00 for three: 34, 33 and 33.
    const { orderId, lineId } = await paid(34, 3, 2);
    const two = await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 2 }] });
    expect(two.refunds.at(-1)?.amount).toEqual(money(66));
    const one = await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 1 }] });
    expect(one.refunds.at(-1)?.amount).toEqual(money(34));
  });

  it('are refunded once: a fourth of three is refused', async () => {
    const { orderId, lineId } = await paid(1000, 3, 3);
    await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 2 }] });
    const more = await ask(shop, orderId, '/refunds', { lines: [{ lineId, quantity: 2 }] });
    expect(expectProblem(more, 'more-than-ordered')).toMatchObject({ max: 1 });
  });
});

describe('an edit', () => {
  const preview = async (orderId: string, json: object) =>
    expectStatus(await ask(shop, orderId, '/edits/preview', json), 200).as(EditPreview);

  it('of a dinar order with an eighth off gives back the difference to the fil', async () => {
    await putUpVariant(shop, 'FIL-A', { price: money(1445, 'KWD'), taxClass: 'taxed' });
    await putUpVariant(shop, 'FIL-B', { price: money(510, 'KWD') });
    const offer = { kind: 'percent-off-items', rate: '0.125' } as const;
    await addPromotion(shop, { title: 'Eighth', codes: ['EIGHTH'], offer });
    const lines = [
      { sku: 'FIL-A', quantity: 3 },
      { sku: 'FIL-B', quantity: 1 },
    ];
    const cart = await startCart(shop, { country: 'KW', lines }, { discountCodes: ['EIGHTH'] });
    // 4335 − 542 = 3793 and 190 of tax; 510 − 64 = 446.
    expect(cart.totals.total.amount).toBe(4429);
    const bought = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    const { id: orderId } = orderOf(bought);
    expectStatus(await ask(shop, orderId, '/captures', {}), 201);
    const fewer = { lines: [{ lineId: bought.lines[0]?.id, quantity: 2 }] };
    const { token, totals, refund: back } = await preview(orderId, fewer);
    expect([totals.total.amount, back]).toEqual([3101, money(1328, 'KWD')]);
    await act(shop, 201, orderId, '/edits', { ...fewer, token });
    expect((await ledgerOf(shop, orderId)).totals.KWD).toMatchObject({ captured: 4429, refunded: 1328 });
  });

  it('that adds, raises and takes away costs each time what the goods and the post come to', async () => {
    const { orderId, lineId, total } = await ordered(2500, 2);
    expect(total).toBe(6000);
    expectStatus(await capture(orderId), 201);
    await putUpVariant(shop, 'ADDED', { price: cad(1200) });
    const add = [{ sku: 'ADDED', quantity: 2 }];
    expect((await preview(orderId, { add })).totals.total.amount).toBe(8400);
    const raised = await preview(orderId, { add, lines: [{ lineId, quantity: 3 }] });
    expect([raised.totals.total.amount, raised.additionalPayment]).toEqual([10_900, cad(4900)]);
    const swapped = { add, lines: [{ lineId, quantity: 0 }] };
    const { token, totals, refund: back } = await preview(orderId, swapped);
    expect([totals.total.amount, back]).toEqual([3400, cad(2600)]);
    await act(shop, 201, orderId, '/edits', { ...swapped, token });
    expect((await ledgerOf(shop, orderId)).totals.CAD).toMatchObject({ captured: 6000, refunded: 2600 });
    expect(await stockOf(shop, 'ADDED')).toMatchObject({ committed: 2 });
  });

  it('before the capture leaves just so much to capture', async () => {
    const { orderId, lineId } = await ordered(2500, 2);
    const fewer = { lines: [{ lineId, quantity: 1 }] };
    const { token } = await preview(orderId, fewer);
    await act(shop, 201, orderId, '/edits', { ...fewer, token });
    expectStatus(await capture(orderId), 201);
    expect((await ledgerOf(shop, orderId)).totals.CAD).toMatchObject({ captured: 3500, refunded: 0 });
    expect(await readOrder(shop, orderId)).toMatchObject({ status: 'paid', balances: { outstanding: cad(0) } });
  });
});

describe('goods at two locations', () => {
  /** So many at the main location and at the second one. */
  async function stocked(main: number, second: number): Promise<string> {
    products += 1;
    const sku = `STOCK-${products}`;
    await putUpVariant(shop, sku, { price: money(1000), quantity: main });
    if (second > 0) await putAt(shop, sku, 'loc_b', second);
    return sku;
  }
  const buy = async (sku: string, quantity: number) => {
    const cart = await fillCart(shop, { sku, quantity });
    return checkOut(shop, cart.id, card);
  };
  const rank = async (loc_b: number) =>
    expectStatus(await shop.admin('PATCH', '/admin/v1/locations/loc_b', { rank: loc_b }), 200);

  it('are promised from the fuller one first where both rank alike', async () => {
    await rank(0);
    const sku = await stocked(3, 4);
    expectStatus(await buy(sku, 5), 201);
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [3, 1], loc_b: [4, 4] });
  });

  it('are promised from the first in rank, and from the next what is missing', async () => {
    await rank(1);
    const sku = await stocked(2, 9);
    expectStatus(await buy(sku, 3), 201);
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [2, 2], loc_b: [9, 1] });
  });

  it('that others hold count as gone', async () => {
    await rank(0);
    const sku = await stocked(4, 3);
    const [first, second] = [await fillCart(shop, { sku, quantity: 2 }), await fillCart(shop, { sku, quantity: 5 })];
    expectStatus(await checkOut(shop, first.id, null), 201);
    expectStatus(await checkOut(shop, second.id, card), 201);
    expect(await stockOf(shop, sku)).toMatchObject({ onHand: 7, held: 2, committed: 5, available: 0 });
    expect(expectProblem(await buy(sku, 1), 'insufficient-stock')).toMatchObject({ available: 0 });
  });

  it('are sold whole or not at all: neither two lines of one SKU nor two SKUs are promised in part', async () => {
    const [some, few] = [await stocked(3, 0), await stocked(5, 0)];
    const cart = await fillCart(shop, { sku: some, quantity: 2 });
    const engraved = { sku: some, quantity: 2, attributes: { label: 'B' } };
    const both = expectStatus(await shop.send('POST', `/v1/carts/${cart.id}/lines`, { json: engraved }), 201).as(
      CartView,
    );
    expect(both.lines).toHaveLength(2);
    expectProblem(await checkOut(shop, cart.id, card), 'insufficient-stock');
    const mixed = await fillCart(shop, { sku: some, quantity: 1 }, { sku: few, quantity: 6 });
    expectProblem(await checkOut(shop, mixed.id, card), 'insufficient-stock');
    for (const sku of [some, few]) expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: 0 });
  });

  it('that are kept back for safety are never promised', async () => {
    const sku = await stocked(10, 0);
    const settings = { safety: { loc_main: 4 } };
    expectStatus(await shop.admin('PATCH', `/admin/v1/inventory/${sku}`, settings), 200);
    expectStatus(await buy(sku, 6), 201);
    expectProblem(await buy(sku, 1), 'insufficient-stock');
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [10, 6] });
  });

  it('leave from where they were promised, and come back where they are put', async () => {
    await rank(1);
    const sku = await stocked(3, 2);
    const bought = expectStatus(await buy(sku, 5), 201).as(CheckoutView);
    const [{ id: orderId }, lineId] = [orderOf(bought), bought.lines[0]?.id ?? ''];
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [3, 3], loc_b: [2, 2] });
    const part = { lines: [{ lineId, quantity: 2, locationId: 'loc_b' }] };
    await act(shop, 201, orderId, '/fulfillments', part);
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [3, 3], loc_b: [0, 0] });
    await act(shop, 201, orderId, '/fulfillments', {});
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [0, 0], loc_b: [0, 0] });
    const requested = await act(shop, 201, orderId, '/returns', { lines: [{ lineId, quantity: 4 }], approve: true });
    const receipts = `/returns/${requested.returns[0]?.id}/receipts`;
    await act(shop, 201, orderId, receipts, { lines: [{ lineId, quantity: 3 }], locationId: 'loc_b', refund: false });
    await act(shop, 201, orderId, receipts, { lines: [{ lineId, quantity: 1, restock: false }], refund: false });
    expect(await levelsAt(shop, sku)).toEqual({ loc_main: [0, 0], loc_b: [3, 0] });
  });
});

describe('at the same instant', () => {
  const askUntilFinal = (orderId: string, what: string, json: unknown) => {
    const idempotencyKey = newKey();
    return untilFinal(() => ask(shop, orderId, what, json, { idempotencyKey }));
  };

  it('the same thing is put into a cart twice: one line of two', async () => {
    await putUpVariant(shop, 'TWICE', { price: money(1000) });
    for (let round = 0; round < 10; round += 1) {
      const { id } = await fillCart(shop);
      const add = () => shop.send('POST', `/v1/carts/${id}/lines`, { json: { sku: 'TWICE', quantity: 1 } });
      for (const answer of await Promise.all([add(), add()])) expectStatus(answer, 201);
      const cart = expectStatus(await shop.send('GET', `/v1/carts/${id}`), 200).as(CartView);
      expect(cart.lines.map(({ quantity }) => quantity)).toEqual([2]);
      expect(cart.totals.subtotal).toEqual(money(2000));
    }
  });

  it('two refunds of 60.00 are wanted of 100.00: one is paid', async () => {
    const { orderId } = await ordered(9000);
    expectStatus(await capture(orderId), 201);
    const both = { amount: cad(6000) };
    const answers = await Promise.all([
      askUntilFinal(orderId, '/refunds', both),
      askUntilFinal(orderId, '/refunds', both),
    ]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused) expect(problemIn(answer).code).toBe('refund-too-large');
    expectProblem(await refund(orderId, 6000), 'refund-too-large');
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 10_000, refunded: 6000, held: 4000, sum: 0 });
    expect((await ledgerOf(shop, orderId)).totals.CAD).toMatchObject({ captured: 10_000, refunded: 6000 });
  });

  it('six captures are wanted of what four use up: four are made', async () => {
    const { orderId } = await ordered(9000);
    const part = { amount: cad(2500) };
    const answers = await Promise.all(Array.from({ length: 6 }, () => askUntilFinal(orderId, '/captures', part)));
    const taken = answers.filter(({ status }) => status === 201).length;
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(['capture-too-large', 'wrong-state']).toContain(problemIn(answer).code);
    expect(taken).toBe(4);
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: 10_000, open: 0, sum: 0 });
    expect((await ledgerOf(shop, orderId)).totals.CAD).toEqual({ authorizedOpen: 0, captured: 10_000, refunded: 0 });
  });

  it('a checkout is completed and canceled: it ends one way, and money and goods agree', async () => {
    await putUpVariant(shop, 'EITHER', { price: money(1000), quantity: 50 });
    let sold = 0;
    for (let round = 0; round < 10; round += 1) {
      const cart = await fillCart(shop, { sku: 'EITHER', quantity: 1 });
      const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
      const cancel = () =>
        shop.send('POST', `/v1/checkouts/${open.id}/cancel`, { json: {}, idempotencyKey: `cancel-${round}` });
      await Promise.all([complete(shop, open.id, sandbox('ok')), cancel()]);
      const read = async () => expectStatus(await shop.send('GET', `/v1/checkouts/${open.id}`), 200).as(CheckoutView);
      const { status, order } = await until(read, (one) => ['completed', 'canceled', 'failed'].includes(one.status));
      expect(order === null).toBe(status !== 'completed');
      if (order !== null) sold += 1;
    }
    await until(
      () => stockOf(shop, 'EITHER'),
      ({ held }) => held === 0,
    );
    expect(await stockOf(shop, 'EITHER')).toMatchObject({ committed: sold, available: 50 - sold });
  });
});
