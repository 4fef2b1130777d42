/** The Order object in its own runtime, with neighbours in memory, and requests as the door of the orders Worker hands them on. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { OrderObject } from '../../../durable-objects/order/object.ts';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { plentyOfAllowances } from '../../../shared/testing/allowances.ts';
import { quotedAs, quotingBy } from '../../../shared/testing/pricing.ts';
import type { OrderObjectEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import type { PaymentChoice } from '../domain/checkout/payments.ts';
import { sealed } from '../service/payment-token.ts';
import type { StartRequest } from '../service/requests.ts';
import { quote, variant } from './checkouts.ts';
import type { Neighbours } from './neighbours.ts';
import { testQuote } from './orders.ts';
import { TestShop } from './shop.ts';

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
export function orderObject(shop: Neighbours, quoted: Partial<Quote> = {}, captureMode = 'immediate') {
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
export async function sealedFor(checkoutId: string, payment: PaymentChoice | null): Promise<PaymentChoice | null> {
  return payment === null ? null : sealed(payment, orderIdOf(checkoutId), [secret]);
}

export async function startWith(payment: PaymentChoice | null): Promise<StartRequest> {
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
