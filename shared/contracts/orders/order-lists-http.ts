/** Lists of orders over HTTP, and what orders are chosen by. */
import * as z from 'zod';
import { OrderSummary } from '../../events/orders.ts';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { regionCodeOf } from '../../values/address.ts';
import { countryOf, RealCountry } from '../../values/countries.ts';
import { CustomerId } from '../../values/customer.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { Money } from '../../values/money.ts';
import { filledText, Sku, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';

const { status: OrderStatus, paymentStatus: PaymentStatus, fulfillmentStatus: FulfillmentStatus } = OrderSummary.shape;

export const OrderListItem = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: OrderStatus,
  email: z.string().nullable(),
  phone: z.string().nullable(),
  customerId: z.string().nullable(),
  /** Whom the goods go to. */
  name: z.string().nullable(),
  country: z.string().nullable(),
  region: z.string().nullable(),
  tags: z.array(z.string()),
  total: Money,
  captured: Money,
  refunded: Money,
  /** Owed beyond what is authorized. */
  outstanding: Money,
  paymentStatus: PaymentStatus,
  fulfillmentStatus: FulfillmentStatus,
  paymentProvider: z.string(),
  quantity: z.int(),
  checkoutId: z.string(),
  placedAt: Timestamp,
  /** When anything last happened to it. */
  updatedAt: Timestamp,
});
export type OrderListItem = z.infer<typeof OrderListItem>;

const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'Give a date such as 2026-12-01, or a time such as 2026-12-01T09:00:00Z.',
  })
  .transform((value) => Date.parse(value));

interface WithRegion {
  readonly country?: string | undefined;
  readonly region?: string | undefined;
}

/** The region by its code, whatever it was called. A code names its country; a name needs it beside. */
function readRegion(context: z.core.ParsePayload<WithRegion>): void {
  const { country, region } = context.value;
  if (region === undefined) return;
  const [, prefix] = /^([A-Za-z]{2})[-\s]/.exec(region) ?? [];
  const named = country ?? (prefix === undefined ? undefined : countryOf(prefix.toUpperCase())?.code);
  const read =
    named === undefined
      ? { ok: false as const, detail: 'Give its code of ISO 3166-2, such as CA-QC, or say the country too.' }
      : regionCodeOf(named, region);
  if (read.ok) context.value = { ...context.value, country: named, region: read.value };
  else context.issues.push({ code: 'custom', message: read.detail, path: ['region'], input: region });
}

const OrderFilters = z.strictObject({
  q: filledText(200)
    .optional()
    .describe(
      'Words, or their beginnings, of the number, the e-mail address, the telephone number, names and companies of its addresses, SKUs and titles. In any case and without accents; all of them have to be there.',
    ),
  number: forLongNumbers(filledText(40), 'the number of an order').optional(),
  customer: text(254).optional().describe('An e-mail address, in any case.'),
  name: filledText(200).optional().describe('Words of the names and companies of its addresses.'),
  sku: Sku.optional().describe('Of any of its lines, in any case.'),
  tag: z
    .union([z.array(filledText(60)).max(10), filledText(60)])
    .optional()
    .describe('Given several times: all of them.'),
  country: RealCountry.optional().describe('Where the goods go.'),
  region: filledText(100)
    .optional()
    .describe(
      'The region that the goods go to, with all that lies in it: its code of ISO 3166-2, such as CA-QC, or beside `country` any of its names.',
    ),
  placedFrom: Moment.optional().describe('The first moment; a date is its beginning in UTC.'),
  placedBefore: Moment.optional().describe('The first moment that is too late; a date is its beginning in UTC.'),
  status: OrderStatus.optional(),
  paymentStatus: PaymentStatus.optional(),
  fulfillmentStatus: FulfillmentStatus.optional(),
  outstanding: z.literal('true').optional().describe('Orders of which money is owed beyond what is authorized.'),
  customerId: CustomerId.optional(),
});

/** What orders are chosen by, in lists and exports. All that is given has to hold. */
export const OrderFilterQuery = OrderFilters.check(readRegion);

export const orderSorts = [
  '-placedAt',
  'placedAt',
  '-updatedAt',
  'updatedAt',
  '-number',
  'number',
  '-total',
  'total',
] as const;

export const listOrders = operation({
  id: 'listOrders',
  method: 'GET',
  path: '/admin/v1/orders',
  summary: 'Orders, newest first, chosen and sorted as you like',
  query: OrderFilters.extend({
    limit: PageLimit,
    cursor: Cursor,
    sort: z
      .enum(orderSorts)
      .default('-placedAt')
      .describe('A hyphen before it: the greatest first. By `total` in minor units.'),
  }).check(readRegion),
  answer: Page(OrderListItem),
  refusals: ['invalid-cursor'],
});

export const orderListsOperations = [listOrders];
