/** Gift cards that are goods of the shop: they come out of a file, are bought like anything else, and pay for the next cart. */
import { expect, it } from 'vitest';
import { ImportReport } from '../../shared/contracts/catalog/imports.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { GiftCardView } from '../../shared/contracts/pricing/gift-cards-http.ts';
import { SandboxMail } from '../../shared/contracts/sandbox/http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { readOrder } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { addPromotion, changeCart, importFile, money, putUpVariant, startCart } from './merchant.ts';
import { card, checkOut, journeyOfFile, orderOf, until } from './shopping.ts';

const shop = journeyOfFile();

async function bring(row: string): Promise<ImportReport> {
  const header =
    'Handle,Title,Gift Card,Variant SKU,Variant Price,Variant Taxable,Variant Requires Shipping,Variant Inventory Qty';
  return (await importFile(shop, `${header}\n${row}\n`)).as(ImportReport);
}

const cardsOf = async (orderId: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/gift-cards?orderId=${orderId}`), 200).as(Page(GiftCardView)).items;

const giftCardMails = async () =>
  expectStatus(await shop.send('GET', '/sandbox/mail'), 200)
    .as(SandboxMail)
    .items.filter(({ template }) => template === 'gift-cards');

const pay = async (cartId: string) => expectStatus(await checkOut(shop, cartId, card), 201).as(CheckoutView);

it('a card of a file is bought for its full price, told to its buyer and the merchant, and pays', async () => {
  const report = await bring('voucher,Voucher,TRUE,VOUCHER,25.00,TRUE,TRUE,100');
  expect(report.products.created).toBe(1);
  expect(report.faults).toEqual([]);
  await putUpVariant(shop, 'LAMP', { price: money(6000) });
  await addPromotion(shop, {
    title: 'Half',
    offer: { kind: 'percent-off-order', rate: '0.5', includesShipping: false },
  });

  const cart = await startCart(
    shop,
    { country: 'DE', lines: [{ sku: 'VOUCHER', quantity: 2 }] },
    { email: 'ada@example.org' },
  );
  expect(cart.totals).toMatchObject({ discount: money(0), shipping: money(0), tax: money(0), total: money(5000) });
  const { id: orderId, number } = orderOf(await pay(cart.id));

  const cards = await until(
    () => cardsOf(orderId),
    (found) => found.length === 2,
  );
  expect(cards.map(({ initial, available, isDisabled }) => ({ initial, available, isDisabled }))).toEqual([
    { initial: money(2500), available: money(2500), isDisabled: false },
    { initial: money(2500), available: money(2500), isDisabled: false },
  ]);
  const codes = cards.map(({ code = '' }) => code);
  const [mail] = await until(giftCardMails, (mails) => mails.length > 0);
  expect(mail).toMatchObject({ to: 'ada@example.org', subject: `Your gift cards of order ${number}` });
  for (const code of codes) expect(mail?.text).toContain(`${code}: 25.00 EUR`);

  // Half of 120.00 is more than both cards.
  const next = await startCart(shop, { country: 'DE', lines: [{ sku: 'LAMP', quantity: 2 }] });
  const paid = await changeCart(shop, next.id, { giftCards: codes });
  expect(paid.totals.giftCards).toEqual(money(5000));
  await pay(next.id);
  const spent = await until(
    () => cardsOf(orderId),
    (found) => found.every(({ balance }) => balance.amount === 0),
  );
  expect(spent).toHaveLength(2);
});

it('a card goes back with its money, as far as it is not spent', async () => {
  const cart = await startCart(
    shop,
    { country: 'DE', lines: [{ sku: 'VOUCHER', quantity: 2 }] },
    { email: 'bob@example.org' },
  );
  const { id: orderId } = orderOf(await pay(cart.id));
  const [first] = await until(
    () => cardsOf(orderId),
    (found) => found.length === 2,
  );
  await putUpVariant(shop, 'BOOK', { price: money(2000) });
  const next = await startCart(
    shop,
    { country: 'DE', lines: [{ sku: 'BOOK', quantity: 1 }] },
    { email: 'bob@example.org' },
  );
  await changeCart(shop, next.id, { giftCards: [first?.code ?? ''] });
  await pay(next.id);
  const lineId = (await readOrder(shop, orderId)).lines[0]?.id;
  const refund = (line: object) =>
    shop.admin('POST', `/admin/v1/orders/${orderId}/refunds`, { lines: [{ lineId, ...line }] });

  const held = await until(
    () => cardsOf(orderId),
    (found) => found.some(({ available }) => available.amount < 2500),
  );
  const [least = 0] = held.map(({ available }) => available.amount).sort((a, b) => a - b);
  const spent = expectProblem(await refund({ quantity: 2 }), 'gift-card-spent');
  expect(spent).toMatchObject({ lineId, max: money(2500 + least) });
  // Of one unit the full card goes back.
  const refunded = expectStatus(await refund({ quantity: 1 }), 201).as(OrderView);
  expect(refunded.refunds[0]?.amount).toEqual(money(2500));
  expectProblem(await refund({ quantity: 1 }), 'gift-card-spent');
  expectStatus(await refund({ quantity: 1, amount: money(least) }), 201);
  const gone = await until(
    () => cardsOf(orderId),
    (found) => found.every(({ available }) => available.amount === 0),
  );
  expect(gone.map(({ isDisabled }) => isDisabled)).toEqual([true, true]);
});
