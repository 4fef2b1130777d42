/** The read model of orders: a row per order, and the words that it is found by. */
import { and, eq, getTableColumns, lt, ne, or, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { OrderSummary } from '../../../shared/events/orders.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { phoneWord } from '../../../shared/values/phone-words.ts';
import { exactWord, foldCase, nameWords, searchWords } from '../../../shared/values/search-words.ts';

const orders = sqliteTable('orders', {
  id: text('id').primaryKey(),
  checkoutId: text('checkout_id').notNull(),
  number: text('number').notNull(),
  status: text('status').$type<OrderSummary['status']>().notNull(),
  email: text('email'),
  /** In the form in which addresses are compared. */
  emailKey: text('email_key'),
  phone: text('phone'),
  /** Who ordered, as quotes know a guest: a hash of the e-mail address. */
  customer: text('customer'),
  /** Who ordered, as the merchant's system knows a customer. */
  customerId: text('customer_id'),
  /** Whom the goods go to. */
  name: text('name'),
  country: text('country'),
  region: text('region'),
  tags: text('tags', { mode: 'json' }).$type<readonly string[]>().notNull(),
  currency: text('currency').$type<OrderSummary['currency']>().notNull(),
  totalMinor: integer('total_minor').notNull(),
  capturedMinor: integer('captured_minor').notNull(),
  refundedMinor: integer('refunded_minor').notNull(),
  outstandingMinor: integer('outstanding_minor').notNull(),
  paymentStatus: text('payment_status').$type<OrderSummary['paymentStatus']>().notNull(),
  fulfillmentStatus: text('fulfillment_status').$type<OrderSummary['fulfillmentStatus']>().notNull(),
  paymentProvider: text('payment_provider').notNull(),
  quantity: integer('quantity').notNull(),
  placedAt: integer('placed_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  sequence: integer('sequence').notNull(),
});
export type OrderRow = typeof orders.$inferSelect;

/** What an order is found by, each in the form in which it is searched. */
interface OrderTexts {
  readonly number: string;
  readonly contact: string;
  readonly names: string;
  readonly goods: string;
  /** SKUs and tags, each as one word. */
  readonly exact: string;
}

/** What exports show of an order beside its row. */
export type OrderDetails = Pick<
  OrderSummary,
  'subtotal' | 'discount' | 'shipping' | 'tax' | 'shippingAddress' | 'billingAddress' | 'lines' | 'refunds'
> &
  // Absent of orders to which nothing has happened since they are kept.
  Partial<
    Pick<
      OrderSummary,
      | 'giftCards'
      | 'received'
      | 'capturable'
      | 'refundedElsewhere'
      | 'refundsElsewhere'
      | 'chargedBack'
      | 'pricesIncludeTax'
    >
  >;

/** A row with its words and details: what an event leaves in the read model. */
export interface OrderRecord {
  /** The cart that it was, which may have been a draft. */
  readonly cartId: string;
  readonly row: OrderRow;
  readonly texts: OrderTexts;
  readonly details: OrderDetails;
}

/** What is kept of an order, from the summary that each of its events carries. `updatedAt` is when the event happened. */
export function orderRecord(
  summary: OrderSummary,
  {
    sequence,
    updatedAt,
    customer,
  }: { readonly sequence: number; readonly updatedAt: number; readonly customer: string | null },
): OrderRecord {
  const { orderId, cartId, names, placedAt, ...others } = summary;
  const { subtotal, discount, shipping, tax, shippingAddress, billingAddress, ...facts } = others;
  const { refundedElsewhere, refundsElsewhere = [], chargedBack, pricesIncludeTax, ...told } = facts;
  const { lines, refunds, total, captured, giftCards, received, refunded, capturable, outstanding, ...shown } = told;
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  const { email, phone, number, tags } = summary;
  const skus = lines.map(({ sku }) => sku);
  return {
    cartId,
    row: {
      id: orderId,
      ...shown,
      totalMinor: total.amount,
      capturedMinor: captured.amount,
      refundedMinor: refunded.amount,
      outstandingMinor: outstanding.amount,
      emailKey: email === null ? null : foldCase(email),
      customer,
      name: names[0] ?? null,
      quantity,
      placedAt: Date.parse(placedAt),
      updatedAt,
      sequence,
    },
    texts: {
      number: `${searchWords(number)} ${searchWords(number.replaceAll('-', ''))}`,
      contact: searchWords(email, phone, phone?.replaceAll(/\D/g, '') ?? null, phoneWord(phone)),
      names: nameWords(...names),
      goods: searchWords(...skus, ...lines.flatMap(({ title, variantTitle }) => [title, variantTitle])),
      exact: [...skus.map((sku) => exactWord('s', sku)), ...tags.map((tag) => exactWord('t', tag))].join(' '),
    },
    details: {
      ...{ subtotal, discount, shipping, tax, shippingAddress, billingAddress, lines, refunds },
      ...{ giftCards, received, capturable },
      ...(refundedElsewhere === undefined ? {} : { refundedElsewhere }),
      ...(refundsElsewhere.length === 0 ? {} : { refundsElsewhere }),
      ...(chargedBack === undefined ? {} : { chargedBack }),
      ...(pricesIncludeTax === undefined ? {} : { pricesIncludeTax }),
    },
  };
}

const columns = Object.entries(getTableColumns(orders)).map(([field, { name }]) => ({ field, name }));
/** What a list selects, under the names of `OrderRow`. Tags come as JSON text. */
export const shownColumns = sql.raw(columns.map(({ field, name }) => `o.${name} as "${field}"`).join(', '));
const names = sql.raw(columns.map(({ name }) => name).join(', '));
const values = sql.raw(columns.map(({ field }) => `value ->> '$.row.${field}'`).join(', '));
const changes = sql.raw(
  columns.flatMap(({ name }) => (name === 'id' ? [] : [`${name} = excluded.${name}`])).join(', '),
);

/** Of the records that are sent, those that are newer than what is known. */
const isNewer = sql.raw(`not exists (
  select 1 from orders o where o.id = value ->> '$.row.id' and o.sequence >= value ->> '$.row.sequence')`);

/**
 * Keeps the newest row of each order, in four statements; an older sequence than the known one changes nothing. The words are
 * written anew only where they differ, for most events of an order change none of them.
 */
export function saveOrders(db: DrizzleD1Database, records: readonly OrderRecord[]): Statement[] {
  if (records.length === 0) return [];
  const newest = new Map<string, OrderRecord>();
  for (const one of records)
    if (one.row.sequence > (newest.get(one.row.id)?.row.sequence ?? -1)) newest.set(one.row.id, one);
  return piecesOf([...newest.values()]).flatMap((json) => statementsOf(db, json));
}

/** D1 takes values of up to 2 MB, and UTF-8 up to three bytes per unit of a text; an order of many lines is some 100 KB. */
const pieceLengthMax = 500_000;

/** Records as JSON lists that are short enough for one statement. */
function piecesOf(records: readonly OrderRecord[]): string[] {
  const pieces: string[][] = [];
  let length = 0;
  for (const record of records) {
    const text = JSON.stringify(record);
    const last = pieces.at(-1);
    if (last === undefined || length + text.length > pieceLengthMax) pieces.push([text]);
    else last.push(text);
    length = (pieces.at(-1)?.length === 1 ? 0 : length) + text.length;
  }
  return pieces.map((texts) => `[${texts.join(',')}]`);
}

function statementsOf(db: DrizzleD1Database, json: string): Statement[] {
  return [
    db.run(sql`insert into order_texts (id, number, contact, names, goods, exact)
      select value ->> '$.row.id', value ->> '$.texts.number', value ->> '$.texts.contact', value ->> '$.texts.names',
        value ->> '$.texts.goods', value ->> '$.texts.exact'
      from json_each(${json})
      where ${isNewer}
      on conflict (id) do update set number = excluded.number, contact = excluded.contact, names = excluded.names,
        goods = excluded.goods, exact = excluded.exact
      where (excluded.number, excluded.contact, excluded.names, excluded.goods, excluded.exact)
        is not (order_texts.number, order_texts.contact, order_texts.names, order_texts.goods, order_texts.exact)`),
    db.run(sql`insert into order_details (id, details)
      select value ->> '$.row.id', value -> '$.details' from json_each(${json}) where ${isNewer}
      on conflict (id) do update set details = excluded.details`),
    db.run(sql`update drafts set order_id = (
        select value ->> '$.row.id' from json_each(${json}) where value ->> '$.cartId' = drafts.id)
      where order_id is null and id in (select value ->> '$.cartId' from json_each(${json}))`),
    db.run(sql`insert into orders (${names}, document)
      select ${values}, (select t.document from order_texts t where t.id = value ->> '$.row.id') from json_each(${json})
      where true on conflict (id) do update set ${changes} where excluded.sequence > orders.sequence`),
  ];
}

/** Whether a customer, by either name, had an order before a moment that was not canceled. */
export async function hasOrdered(db: DrizzleD1Database, customer: string, before: number): Promise<boolean> {
  const found = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(isOf(customer), lt(orders.placedAt, before), ne(orders.status, 'canceled')))
    .limit(1);
  return found.length > 0;
}

const isOf = (customer: string) => or(eq(orders.customer, customer), eq(orders.customerId, customer));
