/**
 * Codes of promotions over HTTP: who is refused and why, that limits hold when everybody comes at once, and that what came to
 * nothing gives its use back.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type CartView, explainCart } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { type Answer, expectProblem, expectStatus, inParallel, problemIn } from './client.ts';
import { addPromotion, changeCart, issueGiftCard, startCart, tryChangeCart } from './merchant.ts';
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
  /** Refused, with its place in the list, and the cart is as it was. */
  async function refused(cart: CartView, code: string, more: string[] = []): Promise<{ answer: Answer }> {
    const answer = await tryChangeCart(shop, cart.id, { note: 'Never kept', discountCodes: [...more, code] });
    expect(await readCart(shop, cart.id)).toEqual(cart);
    const { errors } = problemIn(answer);
    expect(errors?.map(({ pointer }) => pointer)).toEqual([`/discountCodes/${more.length}`]);
    return { answer };
  }

  it('because nobody knows it is refused by name', async () => {
    await promote(shop, 'KNOWN');
    const { answer } = await refused(await startBooks(shop, ['KNOWN']), 'NOBODY', ['KNOWN']);
    expect(expectProblem(answer, 'code-unknown')).toMatchObject({ discountCode: 'NOBODY' });
  });

  it('because its time has not come or is over is refused with that time', async () => {
    const [from, until] = [inMinutes(60), inMinutes(-60)];
    await promote(shop, 'TOO-EARLY', { startsAt: from });
    await promote(shop, 'TOO-LATE', { endsAt: until });
    const early = await refused(await startBooks(shop), 'TOO-EARLY');
    expect(expectProblem(early.answer, 'code-not-started')).toMatchObject({ discountCode: 'TOO-EARLY', from });
    const late = await refused(await startBooks(shop), 'TOO-LATE');
    expect(expectProblem(late.answer, 'code-expired')).toMatchObject({ discountCode: 'TOO-LATE', until });
  });

  it('because it is for others is refused', async () => {
    await promote(shop, 'FRIENDS', { conditions: { customerGroups: ['friends'] } });
    const { answer } = await refused(await startBooks(shop), 'FRIENDS');
    expect(expectProblem(answer, 'code-not-for-customer')).toMatchObject({ discountCode: 'FRIENDS' });
  });

  it('because it is for a first order waits for a name, and is refused to whoever has ordered', async () => {
    await promote(shop, 'NEWCOMERS', { conditions: { isFirstOrder: true } });
    const stranger = await startBooks(shop, ['NEWCOMERS']);
    expect(stranger.rejectedCodes).toEqual([{ code: 'NEWCOMERS', reason: 'customer-needed' }]);
    const newcomer = await changeCart(shop, stranger.id, { email: 'newcomer@example.com' });
    expect(newcomer.totals.discount.amount).toBe(200);
    expectStatus(await checkOut(shop, newcomer.id, card), 201);
    const again = await changeCart(shop, (await startBooks(shop)).id, { email: 'newcomer@example.com' });
    const { answer } = await refused(again, 'NEWCOMERS');
    expect(['code-not-for-customer', 'code-used-up']).toContain(problemIn(answer).code);
  });

  it('because it was used as often as it may is refused, also by carts that had it', async () => {
    await promote(shop, 'TWICE', { limits: { usesMax: 2 } });
    const late = await startBooks(shop, ['TWICE']);
    for (let use = 0; use < 2; use += 1)
      expectStatus(await checkOut(shop, (await startBooks(shop, ['TWICE'])).id, card), 201);
    const { answer } = await refused(await startBooks(shop), 'TWICE');
    expect(expectProblem(answer, 'code-used-up')).toMatchObject({ discountCode: 'TWICE', available: 0 });
    const shown = await checkOut(shop, late.id, card);
    expect(expectProblem(shown, 'code-used-up')).toMatchObject({ discountCode: 'TWICE', total: nok(2500) });
  });

  it('because this customer had it is refused to this customer only', async () => {
    await promote(shop, 'ONCE-EACH', { limits: { usesPerCustomerMax: 1 } });
    const discountCodes = ['ONCE-EACH'];
    const stranger = await startBooks(shop, discountCodes);
    expect(stranger.rejectedCodes).toEqual([{ code: 'ONCE-EACH', reason: 'customer-needed' }]);
    const first = await changeCart(shop, stranger.id, { email: 'ada@example.com' });
    expect(first.totals.discount.amount).toBe(200);
    expectStatus(await checkOut(shop, first.id, card), 201);
    const again = await changeCart(shop, (await startBooks(shop)).id, { email: 'ADA@example.com' });
    expectProblem((await refused(again, 'ONCE-EACH')).answer, 'code-used-up');
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
    const uses = await tryChangeCart(shop, (await startBooks(shop)).id, { discountCodes: ['ONE-USE'] });
    expect(expectProblem(uses, 'code-used-up')).toMatchObject({ available: 0 });
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
    expectStatus(await tryChangeCart(shop, first.id, { note: 'Without a hurry' }), 200);
    const bought = expectStatus(await checkOut(shop, second.id, sandbox('ok')), 201).as(CheckoutView);
    expect(bought.totals.total.amount).toBe(2300);
    expectProblem(await checkOut(shop, first.id, card), 'code-used-up');
  });

  it('is given back when the checkout is canceled', async () => {
    await promote(shop, 'LEFT', { limits: { usesMax: 1 } });
    const cart = await startBooks(shop, ['LEFT']);
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expectProblem(await tryChangeCart(shop, (await startBooks(shop)).id, { discountCodes: ['LEFT'] }), 'code-used-up');
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
    expectProblem(
      await tryChangeCart(shop, (await startBooks(shop)).id, { discountCodes: ['BUDGET'] }),
      'code-used-up',
    );
    // Half a discount is none, but a smaller one still fits.
    const small = await startCart(shop, { country: 'NO', lines: [{ sku: 'BOOK', quantity: 1 }] });
    const cart = await changeCart(shop, small.id, { discountCodes: ['BUDGET'] });
    expect(cart.totals.discount.amount).toBe(100);
  });
});
