/** Scenarios about one stock unit and the orders it goes to: a rush, a live hold, and one checkout that many complete. */
import * as z from 'zod';
import { PaymentUpdated } from '../../../shared/events/payments.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { minuteMs, secondMs } from '../../../shared/values/time.ts';
import { orderIdOf } from '../../../workers/orders/domain/checkout/checkout.ts';
import { cartsOf, goodsOf } from './shop-window.ts';
import { holdMs, paymentBy, play, refusalOf, type Scene, type Stage } from './stage.ts';

interface Rush {
  readonly stock: number;
  readonly quantities: readonly number[];
  readonly totalEachMinor: number;
  readonly currency: Currency;
}

/** Shoppers who complete a checkout of the same unit at the same instant. */
export function rush({ stock, quantities, totalEachMinor, currency }: Rush): Scene {
  const goods = goodsOf({ currency, stock, carts: cartsOf(quantities, totalEachMinor) });
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      const answers = await stage.together(quantities.map((_, index) => () => stage.buy(index)));
      return () => ({
        ordersPlaced: stage.orders().length,
        refusedCheckouts: answers.map(refusalOf).filter((code) => code === 'insufficient-stock').length,
        stockLeft: stage.stock().available,
        ...stage.books(),
      });
    });
}

interface Claim {
  readonly by: string;
  readonly quantity: number;
}

interface LiveHold {
  readonly stock: number;
  readonly hold: Claim & { readonly expired: boolean };
  readonly attempts: readonly Claim[];
}

const anyPriceMinor = 1_000;

/** Somebody has opened a checkout and not paid; others try to buy, one after the other. */
export function liveHold({ stock, hold, attempts }: LiveHold): Scene {
  const quantities = [hold, ...attempts].map(({ quantity }) => quantity);
  const goods = goodsOf({ currency: 'EUR', stock, carts: cartsOf(quantities, anyPriceMinor) });
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      const opened = await stage.shopper(0).start(null);
      if (hold.expired) await stage.pause(holdMs + minuteMs);
      const results: string[] = [];
      for (const index of attempts.keys()) {
        const answer = await stage.buy(index + 1);
        results.push(answer.status < 300 ? 'placed' : 'refused');
      }
      // At rest the hold has ended by itself: what the case asks for is how things are now.
      const { available, holds } = stage.stock();
      const stillHeld = holds.open.get(opened?.checkoutId ?? '')?.quantity ?? 0;
      return () => ({ results, availableLeft: available, [`stillHeldBy${hold.by}`]: stillHeld });
    });
}

interface Finishing {
  readonly checkouts: number;
  readonly completions: number;
  readonly totalMinor: number;
  readonly currency: Currency;
}

const looksMax = 20;
const Told = z.object({ order: z.object({ id: z.string() }).nullish() });

/** The payer confirms at the provider, whose webhook completes the checkout while browsers, all others, do so too. */
export function finishingTogether({ checkouts, completions, totalMinor, currency }: Finishing): Scene {
  const carts = cartsOf(Array<number>(checkouts).fill(1), totalMinor);
  const goods = goodsOf({ currency, stock: checkouts, carts });
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      const told = await Promise.all(
        carts.map(async (_, index) => {
          const started = await stage.shopper(index).start(paymentBy('requires_action'));
          const checkoutId = started?.checkoutId ?? '';
          const intentId = [...stage.shop.bank.state.intents.values()].find(
            ({ orderId }) => orderId === orderIdOf(checkoutId),
          )?.id;
          const press = async () => void (await stage.shop.bank.press(intentId ?? '', 'pay'));
          const orderIds: (string | null)[] = [];
          const browse = async () => void orderIds.push(await orderToldOf(stage, index, checkoutId));
          await stage.together([press, ...Array.from({ length: completions - 1 }, () => browse)]);
          return { orderId: orderIdOf(checkoutId), orderIds };
        }),
      );
      return () => {
        const placed = new Set(stage.orders().map(({ details }) => orderIdOf(details.checkoutId)));
        const answers = told.flatMap(({ orderId, orderIds }) => [...orderIds, toldByWebhook(stage, orderId)]);
        return {
          ordersPlaced: placed.size,
          answersWithThatOrder: answers.filter((orderId) => orderId !== null && placed.has(orderId)).length,
          ...stage.books(),
        };
      };
    });
}

/** Completes until the answer names an order, as a browser does that came back a moment before the payer had pressed. */
async function orderToldOf(stage: Stage, cartIndex: number, checkoutId: string): Promise<string | null> {
  const shopper = stage.shopper(cartIndex);
  for (let look = 0; look < looksMax; look += 1) {
    const key = `${checkoutId}/${stage.shop.scheduler.random.text(10)}`;
    const answer = await shopper.ask('complete', checkoutId, paymentBy('requires_action'), { key });
    const { order } = Told.parse(JSON.parse(answer?.body ?? '{}'));
    if (order) return order.id;
    await stage.pause(secondMs);
  }
  return null;
}

/** The order about which the provider's news was handled. */
function toldByWebhook({ shop }: Stage, orderId: string): string | null {
  const news = shop.payments.published.filter(
    ({ type, subject }) => type === PaymentUpdated.type && subject === orderId,
  );
  return news.some(({ id }) => shop.subscribers.hasHandled('orders', id)) ? orderId : null;
}

interface OneKey {
  readonly requests: number;
  readonly keys: number;
  readonly totalMinor: number;
  readonly currency: Currency;
}

/** The same request to complete one checkout, sent many times at once under few keys. */
export function oneKey({ requests, keys, totalMinor, currency }: OneKey): Scene {
  const goods = goodsOf({ currency, stock: 2, carts: cartsOf([1], totalMinor) });
  return (seed, plants = {}) =>
    play({ goods }, seed, plants, async (stage) => {
      const opened = await stage.shopper(0).start(null);
      const payment = paymentBy(stage.shop.scheduler.random.pick(['ok', 'duplicate_webhook']));
      const complete = (index: number) =>
        stage.shopper(0).ask('complete', opened?.checkoutId ?? '', payment, { key: `complete/${index % keys}` });
      const answers = await stage.together(Array.from({ length: requests }, (_, index) => () => complete(index)));
      const told = answers.map((answer) => `${answer?.status} ${answer?.body}`);
      const largest = Math.max(...[...Map.groupBy(told, (one) => one).values()].map((same) => same.length));
      return () => ({ ordersPlaced: stage.orders().length, identicalAnswers: largest, ...stage.books() });
    });
}
