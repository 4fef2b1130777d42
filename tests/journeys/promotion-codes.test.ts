/**
 * Codes of promotions over HTTP: who is refused and why, that limits hold when everybody comes at once, and that what came to
 * nothing gives its use back.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type CartView, explainCart } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { expectProblem, expectStatus, inParallel, problemIn } from './client.ts';
import { addPromotion, changeCart, issueGiftCard, startCart } from './merchant.ts';
import { nok, openNorway, promote, startBooks, tenPercent } from './norway.ts';
import { card, checkOut, journeyOfFile, readCart, sandbox } from './shopping.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const minuteMs = 60_000;
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * minuteMs).toISOString();

const shop = journeyOfFile();
beforeAll(async () => {
  await openNorway(shop);
});

describe('a code that cannot be used', () => {
  /** What the cart says of it. All other changes are done, and the other codes act. */
  async function rejected(cart: CartView, code: string, more: string[] = []) {
    const discountCodes = [...more, code];
    const changed = await changeCart(shop, cart.id, { note: code, discountCodes });
    expect(changed).toMatchObject({ note: code, discountCodes, totals: { total: cart.totals.total } });
    expect(changed.rejectedCodes).toMatchObject([
      { code, applicable: false, detail: expect.stringMatching(/^[A-Z].*\.$/) },
    ]);
    return changed.rejectedCodes[0];
  }

  it('because nobody knows it is named, and the others act', async () => {
    await promote(shop, 'KNOWN');
    const known = await startBooks(shop, ['KNOWN']);
    for (const code of ['NOBODY', 'X'.repeat(61), 'X'.repeat(200)])
      expect(await rejected(known, code, ['KNOWN'])).toMatchObject({ reason: 'unknown' });
  });

  it('because it is blank is no code, and one that is typed twice or wide is one', async () => {
    await promote(shop, 'SPACED');
    const cart = await startBooks(shop);
    const discountCodes = [' ', '\uff33paced ', 'SPACED', '\u3000', ' spaced'];
    const changed = await changeCart(shop, cart.id, { note: 'Typed', discountCodes });
    expect(changed).toMatchObject({
      note: 'Typed',
      discountCodes: ['', '\uff33paced'],
      rejectedCodes: [{ code: '', applicable: false, reason: 'unknown', detail: 'No code was given. Type it first.' }],
    });
    expect(changed.totals.discount.amount).toBe(200);
  });

  it('because its time has not come or is over is answered with that time', async () => {
    const [from, until] = [inMinutes(60), inMinutes(-60)];
    await promote(shop, 'TOO-EARLY', { startsAt: from });
    await promote(shop, 'TOO-LATE', { endsAt: until });
    expect(await rejected(await startBooks(shop), 'TOO-EARLY')).toMatchObject({ reason: 'not-started', from });
    expect(await rejected(await startBooks(shop), 'TOO-LATE')).toMatchObject({ reason: 'expired', until });
  });

  it('because it is for others does nothing', async () => {
    await promote(shop, 'FRIENDS', { conditions: { customerGroups: ['friends'] } });
    expect(await rejected(await startBooks(shop), 'FRIENDS')).toMatchObject({ reason: 'not-for-customer' });
  });

  it('because it is for a first order waits for a name, and does nothing for whoever has ordered', async () => {
    await promote(shop, 'NEWCOMERS', { conditions: { isFirstOrder: true } });
    const stranger = await startBooks(shop, ['NEWCOMERS']);
    expect(stranger.rejectedCodes).toMatchObject([{ code: 'NEWCOMERS', reason: 'customer-needed' }]);
    const newcomer = await changeCart(shop, stranger.id, { email: 'newcomer@example.com' });
    expect(newcomer.totals.discount.amount).toBe(200);
    expectStatus(await checkOut(shop, newcomer.id, card), 201);
    const again = await changeCart(shop, (await startBooks(shop)).id, { email: 'newcomer@example.com' });
    expect(['not-for-customer', 'used-up']).toContain((await rejected(again, 'NEWCOMERS'))?.reason);
  });

  it('because it was used as often as it may does nothing, and is refused to carts that were shown it', async () => {
    await promote(shop, 'TWICE', { limits: { usesMax: 2 } });
    const late = await startBooks(shop, ['TWICE']);
    for (let use = 0; use < 2; use += 1)
      expectStatus(await checkOut(shop, (await startBooks(shop, ['TWICE'])).id, card), 201);
    const tooLate = await startBooks(shop);
    expect(await rejected(tooLate, 'TWICE')).toMatchObject({ reason: 'used-up', available: 0 });
    const shown = await checkOut(shop, late.id, card);
    expect(expectProblem(shown, 'code-used-up')).toMatchObject({ discountCode: 'TWICE', total: nok(2500) });
    // Who was told that it is used up has agreed to the whole total.
    const bought = expectStatus(await checkOut(shop, tooLate.id, card), 201).as(CheckoutView);
    expect(bought.totals.total).toEqual(nok(2500));
  });

  it('because this customer had it does nothing for this customer only', async () => {
    await promote(shop, 'ONCE-EACH', { limits: { usesPerCustomerMax: 1 } });
    const discountCodes = ['ONCE-EACH'];
    const stranger = await startBooks(shop, discountCodes);
    expect(stranger.rejectedCodes).toMatchObject([{ code: 'ONCE-EACH', reason: 'customer-needed' }]);
    const first = await changeCart(shop, stranger.id, { email: 'ada@example.com' });
    expect(first.totals.discount.amount).toBe(200);
    expectStatus(await checkOut(shop, first.id, card), 201);
    const again = await changeCart(shop, (await startBooks(shop)).id, { email: 'ADA@example.com' });
    expect(await rejected(again, 'ONCE-EACH')).toMatchObject({ reason: 'used-up' });
    const other = await changeCart(shop, (await startBooks(shop)).id, { email: 'bob@example.com', discountCodes });
    expectStatus(await checkOut(shop, other.id, card), 201);
  });
});

describe('a hundred checkouts at once with a code for one', () => {
  const refusals = /^(?:code-used-up|price-changed)$/;

  it('make one order with the discount, and nobody pays a total that was not shown', async () => {
    await promote(shop, 'ONE-USE', { limits: { usesMax: 1 } });
    const carts = await inParallel(numbers(100), 32, () => startBooks(shop, ['ONE-USE']));
    for (const { totals } of carts) expect(totals.total.amount).toBe(2300);
    // Every other shopper says which total was agreed on, and so does a shopper who was refused and has looked again.
    const paid = await inParallel(carts, 100, async ({ id }, index) => {
      for (let tries = 0; tries < 10; tries += 1) {
        const { totals } = await readCart(shop, id);
        const said = {
          cartId: id,
          payment: card,
          ...((index % 2) + tries === 0 ? {} : { expectedTotal: totals.total }),
        };
        const answer = await checkOut(shop, id, card, { json: said });
        if (answer.status !== 201) {
          const { status, code, total } = problemIn(answer);
          expect({ status, code, total }).toMatchObject({ status: 409, code: expect.stringMatching(refusals) });
          continue;
        }
        const bought = answer.as(CheckoutView).totals.total.amount;
        expect(bought).toBe(totals.total.amount);
        return bought;
      }
      throw new Error(`The cart ${id} was never sold`);
    });
    expect(paid.toSorted((one, other) => one - other)).toEqual([2300, ...numbers(99).map(() => 2500)]);
    expect((await startBooks(shop, ['ONE-USE'])).rejectedCodes).toMatchObject([{ reason: 'used-up', available: 0 }]);
  });

  it('refuse with the full total whoever did not look again', async () => {
    await promote(shop, 'ONE-MORE', { limits: { usesMax: 1 } });
    const carts = await inParallel(numbers(20), 20, () => startBooks(shop, ['ONE-MORE']));
    const answers = await inParallel(carts, 20, ({ id }) => checkOut(shop, id, card));
    const sold = answers.filter(({ status }) => status === 201);
    expect(sold.map((answer) => answer.as(CheckoutView).totals.total.amount).filter((total) => total !== 2300)).toEqual(
      [],
    );
    expect(sold.length).toBeLessThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(problemIn(answer)).toMatchObject({ status: 409, code: expect.stringMatching(refusals) });
  });
});

describe('a promotion without a code that is used up', () => {
  const lookAt = async ({ id }: Pick<CartView, 'id'>) => {
    const cart = await readCart(shop, id);
    const answer = await shop.send('GET', `/v1/carts/${id}/explain`);
    return {
      total: cart.totals.total.amount,
      explained: expectStatus(answer, 200).as(explainCart.answer).totals.totalMinor,
    };
  };

  it('bars nobody: who saw the total with it is told once, and new carts never had it', async () => {
    const { id } = await addPromotion(shop, { title: 'For the first', offer: tenPercent, limits: { usesMax: 1 } });
    const [first, late, looking] = [await startBooks(shop), await startBooks(shop), await startBooks(shop)];
    expect([first, late, looking].map(({ totals }) => totals.total.amount)).toEqual([2300, 2300, 2300]);
    expectStatus(await checkOut(shop, first.id, card), 201);

    const fresh = await startBooks(shop);
    expect(fresh.totals.total).toEqual(nok(2500));
    expectStatus(await checkOut(shop, fresh.id, card), 201);
    expect(await lookAt(looking)).toEqual({ total: 2500, explained: 2500 });
    expectStatus(await checkOut(shop, looking.id, card), 201);
    expect(expectProblem(await checkOut(shop, late.id, card), 'price-changed').total).toEqual(nok(2500));
    expectStatus(await checkOut(shop, late.id, card), 201);
    await shop.admin('DELETE', `/admin/v1/promotions/${id}`);
  });
});

describe('a cart that is being bought', () => {
  it('shows what was agreed on, though its own checkout holds the last of it', async () => {
    await promote(shop, 'MINE', { limits: { usesMax: 1 } });
    const { code } = await issueGiftCard(shop, { amount: nok(300) });
    const cart = await changeCart(shop, (await startBooks(shop, ['MINE'])).id, { giftCards: [code] });
    expect(cart.totals).toMatchObject({ total: nok(2300), due: nok(2000) });
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expect((await readCart(shop, cart.id)).totals).toEqual(cart.totals);
    const paid = await shop.send('POST', `/v1/checkouts/${open.id}/complete`, {
      json: { payment: card },
      idempotencyKey: 'mine',
    });
    expect(expectStatus(paid, 200).as(CheckoutView).totals.total).toEqual(nok(2300));
    expect((await readCart(shop, cart.id)).totals).toEqual(cart.totals);
  });
});

describe('what a checkout held of a promotion', () => {
  it('waits for another payment when one fails, and is given back when the cart is changed', async () => {
    await promote(shop, 'GIVEN-BACK', { limits: { usesMax: 1 } });
    const [first, second] = [await startBooks(shop, ['GIVEN-BACK']), await startBooks(shop, ['GIVEN-BACK'])];
    expectProblem(await checkOut(shop, first.id, sandbox('decline')), 'payment-declined');
    expectProblem(await checkOut(shop, second.id, sandbox('ok')), 'code-used-up');
    await changeCart(shop, first.id, { note: 'Without a hurry' });
    const bought = expectStatus(await checkOut(shop, second.id, sandbox('ok')), 201).as(CheckoutView);
    expect(bought.totals.total.amount).toBe(2300);
    expectProblem(await checkOut(shop, first.id, card), 'code-used-up');
  });

  it('is given back when the checkout is canceled', async () => {
    await promote(shop, 'LEFT', { limits: { usesMax: 1 } });
    const cart = await startBooks(shop, ['LEFT']);
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expect((await startBooks(shop, ['LEFT'])).rejectedCodes).toMatchObject([{ code: 'LEFT', reason: 'used-up' }]);
    const canceled = await shop.send('POST', `/v1/checkouts/${open.id}/cancel`, { json: {}, idempotencyKey: 'leave' });
    expectStatus(canceled, 200);
    expect((await startBooks(shop, ['LEFT'])).totals.discount.amount).toBe(200);
  });
});

describe('a promotion with a budget', () => {
  it('acts as long as the whole discount fits, also when many come at once', async () => {
    await promote(shop, 'BUDGET', { limits: { budgets: [nok(700)] } });
    const carts = await inParallel(numbers(12), 12, () => startBooks(shop, ['BUDGET']));
    const answers = await inParallel(carts, 12, ({ id }) => checkOut(shop, id, card));
    const won = answers.filter(({ status }) => status === 201);
    expect(won.map((answer) => answer.as(CheckoutView).totals.discount.amount)).toEqual([200, 200, 200]);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectProblem(answer, 'code-used-up');
    expect((await startBooks(shop, ['BUDGET'])).rejectedCodes).toMatchObject([{ code: 'BUDGET', reason: 'used-up' }]);
    // Half a discount is none, but a smaller one still fits.
    const small = await startCart(shop, { country: 'NO', lines: [{ sku: 'BOOK', quantity: 1 }] });
    const cart = await changeCart(shop, small.id, { discountCodes: ['BUDGET'] });
    expect(cart.totals.discount.amount).toBe(100);
  });
});
