/**
 * The drill: a backup of a shop in the middle of its busiest hour, `kill -9`, a restore into a new folder, and a reckoning. What was
 * acknowledged before the backup is whole; of what came after there is nothing, or all of it up to a step that the shop goes on from.
 * `VITRINE_DRILLS` says how often (once).
 */
import { existsSync, rmSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { settleDatabases } from '../../scripts/backup/databases.ts';
import { readHistory } from '../../scripts/backup/history.ts';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { ShopHealth } from '../../shared/contracts/observer/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import { GiftCardView } from '../../shared/contracts/pricing/gift-cards-http.ts';
import { booksOf, reconcile } from './back-office.ts';
import { type Answer, expectStatus, inParallel, NoAnswer, newKey } from './client.ts';
import { runScript } from './commands.ts';
import { addPromotion, issueGiftCard, money } from './merchant.ts';
import { openOutboxRows } from './outbox-rows.ts';
import {
  addressIn,
  card,
  checkOut,
  type Journey,
  listOrders,
  orderOf,
  putUp,
  startJourney,
  stockOf,
  until,
} from './shopping.ts';

import { faultsOf, parts, tear } from './torn-copies.ts';

const drills = Number(process.env.VITRINE_DRILLS ?? 1);
const buyers = 12;
const ordersBefore = 30;
const ordersAfter = 15;
const stock = 5_000;
const skus = ['DRILL-A', 'DRILL-B', 'DRILL-C'];
const priceMinor = 1_500;
const holdSeconds = 8;

/** One checkout, and what its buyer was told. */
interface Attempt {
  readonly cartId: string;
  readonly key: string;
  answer: Answer | null;
}

const Summary = z.looseObject({
  to: z.string(),
  at: z.string(),
  pausedMs: z.int(),
  verified: z.boolean(),
  wasRunning: z.boolean(),
  faults: z.array(z.string()),
  counts: z.record(z.string(), z.int()),
});

const isSold = ({ answer }: Attempt): boolean => answer !== null && (answer.status === 200 || answer.status === 201);

describe.each(Array.from({ length: drills }, (_, index) => index + 1))('drill %i', (drill) => {
  let shop: Journey;
  let folder: string;
  let backup: z.infer<typeof Summary>;
  let giftCardId: string;
  let giftCode: string;
  const attempts: Attempt[] = [];
  /** Those whose buyers had their orders before the backup was begun. */
  let before: readonly Attempt[] = [];
  let errorsDuring: readonly string[] = [];

  async function buyOne(turn: number): Promise<void> {
    const lines = [skus[turn % 3] ?? '', skus[(turn + 1) % 3] ?? ''].map((sku) => ({ sku, quantity: 1 + (turn % 2) }));
    const cart = expectStatus(await shop.send('POST', '/v1/carts', { json: { lines } }), 201).as(CartView);
    const extras = turn % 3 === 0 ? { giftCards: [giftCode] } : turn % 3 === 1 ? { discountCodes: ['DRILL'] } : {};
    const json = { shippingAddress: addressIn(cart.country), ...extras };
    expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json }), 200);
    const attempt: Attempt = { cartId: cart.id, key: newKey(), answer: null };
    attempts.push(attempt);
    attempt.answer = await checkOut(shop, cart.id, card, { idempotencyKey: attempt.key });
  }

  async function goShopping(buyer: number, isOver: () => boolean): Promise<void> {
    for (let turn = buyer; !isOver(); turn += buyers + 1) {
      try {
        await buyOne(turn);
      } catch (error) {
        if (error instanceof NoAnswer) return;
        throw error;
      }
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vitrine-drill-'));
    shop = await startJourney({ holdSeconds });
    for (const sku of skus) await putUp(shop, { sku, stock, priceMinor });
    const issued = await issueGiftCard(shop, { amount: money(1_000_000) });
    giftCardId = issued.id;
    giftCode = issued.code;
    const offer = { kind: 'percent-off-order', rate: '0.10' } as const;
    await addPromotion(shop, { title: 'Drill', codes: ['DRILL'], offer, limits: { usesMax: 100_000 } });

    let isOver = false;
    const shopping = Array.from({ length: buyers }, (_, buyer) => goShopping(buyer, () => isOver));
    const sold = async () => attempts.filter(isSold).length;
    await until(sold, (count) => count >= ordersBefore);
    before = attempts.filter(isSold);
    const key = path.join(folder, 'key');
    await runScript('backup', '--make-key', key);
    const sealing = drill % 2 === 1 ? ['--key', key] : [];
    const made = await runScript(
      'backup',
      '--state',
      shop.shop.stateDir,
      '--to',
      path.join(folder, 'backups'),
      '--json',
      ...sealing,
    );
    if (made.code !== 0) throw new Error(made.output);
    backup = Summary.parse(JSON.parse(made.stdout));
    const then = attempts.filter(isSold).length;
    await until(sold, (count) => count >= then + ordersAfter);
    await shop.shop.kill9();
    isOver = true;
    await Promise.all(shopping);
    errorsDuring = shop.errorsLogged();

    const restored = await runScript('restore', '--from', backup.to, '--state', path.join(folder, 'state'), ...sealing);
    if (restored.code !== 0) throw new Error(restored.output);
    await shop.shop.restart({}, path.join(folder, 'state'));
  });
  afterAll(async () => {
    await shop.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the backup was taken of a running shop in the middle of its work, and is found in order', () => {
    console.log(
      `drill ${drill}: ${before.length} orders acknowledged before the backup, ${attempts.filter(isSold).length - before.length} after; stood still for ${backup.pausedMs} ms; ${JSON.stringify(backup.counts)}`,
    );
    expect(backup).toMatchObject({ verified: true, wasRunning: true, faults: [] });
    expect(backup.counts.orders).toBeGreaterThanOrEqual(before.length);
    expect(errorsDuring).toEqual([]);
    expect(existsSync(path.join(shop.shop.stateDir, 'restoring'))).toBe(false);
  });

  it('every order that was acknowledged before is there, paid, and told as it was', async () => {
    await inParallel(before, 16, async ({ answer, cartId, key }) => {
      const checkout = answer?.as(CheckoutView);
      const { id, accessToken } = orderOf(checkout ?? expect.fail('it was acknowledged'));
      const found = expectStatus(await shop.send('GET', `/v1/orders/${id}?access_token=${accessToken}`), 200).as(
        ShopperOrderView,
      );
      expect(found).toMatchObject({ status: 'paid', totals: checkout?.totals });
      const again = await checkOut(shop, cartId, card, { idempotencyKey: key });
      expect(again.text).toBe(answer?.text);
      const due = checkout?.totals.due.amount ?? 0;
      // Where a gift card has paid all of it, there is nothing to be captured.
      if (due > 0) expect(await booksOf(shop, id)).toMatchObject({ captured: due, sum: 0 });
    });
  });

  it('what was under way comes to its end, and nothing is half there', async () => {
    const atRest = async () => ({
      held: (await Promise.all(skus.map((sku) => stockOf(shop, sku)))).reduce((sum, { held }) => sum + held, 0),
      placed: (await listOrders(shop)).filter(({ status }) => status === 'placed').length,
      outbox: openOutboxRows(shop.shop.stateDir),
    });
    await until(atRest, ({ held, placed, outbox }) => held === 0 && placed === 0 && Object.keys(outbox).length === 0);
    const health = async () => expectStatus(await shop.admin('GET', '/admin/v1/health'), 200).as(ShopHealth);
    expect(await until(health, ({ status }) => status === 'ok')).toMatchObject({ openDeadLetters: 0 });
  });

  it('orders, stock, money, gift card and code tell the same story', async () => {
    const listed = await listOrders(shop);
    const paid = listed.filter(({ status }) => status === 'paid');
    const known = new Map(
      attempts.filter(isSold).map((one) => [orderOf(one.answer?.as(CheckoutView) ?? expect.fail('sold')).id, one]),
    );
    expect(paid.length).toBeGreaterThanOrEqual(before.length);
    expect(listed.filter(({ status }) => status !== 'paid' && status !== 'canceled')).toEqual([]);
    // Those in the middle of the backup may have become an order of which the old shop told its buyer nothing.
    expect(paid.filter(({ id }) => known.has(id)).length).toBeGreaterThanOrEqual(before.length);
    const orders = await inParallel(paid, 16, async ({ id }) => {
      const answer = expectStatus(await shop.admin('GET', `/admin/v1/orders/${id}`), 200);
      return answer.as(
        z.looseObject({
          lines: z.array(z.looseObject({ sku: z.string(), quantity: z.int() })),
          totals: z.looseObject({
            due: z.looseObject({ amount: z.int() }),
            giftCards: z.looseObject({ amount: z.int() }),
            discount: z.looseObject({ amount: z.int() }),
          }),
        }),
      );
    });
    for (const sku of skus) {
      const units = orders
        .flatMap(({ lines }) => lines)
        .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
      expect(await stockOf(shop, sku)).toMatchObject({
        onHand: stock,
        held: 0,
        committed: units,
        available: stock - units,
      });
    }
    const spent = orders.reduce((sum, { totals }) => sum + totals.giftCards.amount, 0);
    const giftCard = expectStatus(await shop.admin('GET', `/admin/v1/gift-cards/${giftCardId}`), 200).as(GiftCardView);
    expect(spent).toBeGreaterThan(0);
    expect(giftCard.balance.amount).toBe(1_000_000 - spent);
    expect((await reconcile(shop)).findings).toEqual([]);
  });

  it.runIf(drill === 1)(
    'a part that is of another moment than the rest is found, and such a backup is kept and named',
    async () => {
      await shop.shop.kill9();
      const copy = path.join(folder, 'copy');
      await cp(shop.shop.stateDir, copy, { recursive: true });
      const databases = settleDatabases(copy);
      expect(faultsOf(databases, folder)).toEqual([]);
      for (const part of parts) {
        const whole = tear(databases, part);
        const faults = faultsOf(databases, folder);
        expect({ part, faults }).toMatchObject({ faults: expect.arrayContaining([expect.stringMatching(part.fault)]) });
        whole();
      }
      tear(databases, parts[0] ?? expect.fail('there are parts'));
      const made = await runScript(
        'backup',
        '--state',
        copy,
        '--to',
        path.join(folder, 'torn'),
        '--keep',
        '1',
        '--json',
      );
      expect([made.code, Summary.parse(JSON.parse(made.stdout)).verified]).toEqual([2, false]);
      expect(made.output).toMatch(/^fault: The order ord_/m);
      expect(readHistory(copy)[0]).toMatchObject({ verified: false });
    },
  );
});
