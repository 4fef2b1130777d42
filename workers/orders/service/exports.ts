/**
 * Exports of orders as CSV, made while they are read: some hundred orders are in memory at a time, however many there are. Each
 * page of the read model becomes one piece of the file, so nothing is skipped or repeated while orders come in.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { type CsvCell, type CsvPieces, csvStream, pagesOf } from '../../../shared/http/csv-stream.ts';
import { formatDecimal, type Money, sumOf } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { type DetailedOrder, detailedOrders } from '../store/order-details.ts';
import type { OrderFilter } from '../store/order-filters.ts';

type Address = NonNullable<NonNullable<DetailedOrder['details']>['shippingAddress']>;
type Refund = NonNullable<DetailedOrder['details']>['refunds'][number];
type Row = Readonly<Record<string, CsvCell>>;

interface Table {
  readonly columns: readonly string[];
  rowsOf(order: DetailedOrder): readonly Row[];
}

const ordersPerPage = 500;

const addressFields = [
  ...['firstName', 'lastName', 'company', 'address1', 'address2'],
  ...['city', 'region', 'postalCode', 'country', 'phone'],
] as const satisfies readonly (keyof Address)[];

const addressColumns = (kind: string) => addressFields.map((field) => `${kind}.${field}`);

function addressRow(kind: string, address: Address | null): Row {
  return Object.fromEntries(addressFields.map((field) => [`${kind}.${field}`, address?.[field] ?? null]));
}

/** The columns that name an order in each file. */
const orderColumns = ['orderNumber', 'orderId', 'placedAt'] as const;

function orderRowOf({ row }: DetailedOrder): Row {
  return { orderNumber: row.number, orderId: row.id, placedAt: toTimestamp(row.placedAt) };
}

const moneyColumns = [
  ...['currency', 'subtotal', 'discount', 'shipping', 'tax', 'total'],
  ...['pricesIncludeTax', 'captured', 'giftCards', 'received', 'refunded', 'credited', 'capturable', 'outstanding'],
  'chargedBack',
] as const;

/** What makes the amounts of an order add up to its total; empty where it is not known. */
function restOf({ row, details }: DetailedOrder): Row {
  const { giftCards, received, capturable } = details ?? {};
  if (giftCards === undefined || received === undefined || capturable === undefined) return {};
  const paidMinor = row.capturedMinor + giftCards.amount + received.amount - row.refundedMinor;
  const creditedMinor = row.totalMinor - paidMinor - capturable.amount - row.outstandingMinor;
  return {
    ...{ giftCards: decimalOf(giftCards), received: decimalOf(received), capturable: decimalOf(capturable) },
    credited: formatDecimal(creditedMinor, row.currency),
  };
}

/** Taken back by payers on top of what adds up; and whether the amounts before the total have tax inside. */
function disputedOf({ row, details }: DetailedOrder): Row {
  const { pricesIncludeTax, chargedBack } = details ?? {};
  if (pricesIncludeTax === undefined) return {};
  const chargedBackMinor = chargedBack?.amount ?? 0;
  return { pricesIncludeTax: String(pricesIncludeTax), chargedBack: formatDecimal(chargedBackMinor, row.currency) };
}

const refundParts = ['toPayment', 'toGiftCards', 'toReceived'] as const;

/** Where a refund went; empty of one that was kept before that was. */
function partsOf({ parts, amount }: Partial<Pick<Refund, 'parts'>> & Pick<Refund, 'amount'>): Row {
  if (parts === undefined) return {};
  const sumTo = (way: Refund['parts'][number]['to']) =>
    formatDecimal(sumOf(parts.filter(({ to }) => to === way).map((part) => part.amount.amount)), amount.currency);
  return { toPayment: sumTo('payment'), toGiftCards: sumTo('card'), toReceived: sumTo('received') };
}

export const exportTables = {
  orders: {
    columns: [
      ...orderColumns,
      ...['updatedAt', 'status', 'paymentStatus', 'fulfillmentStatus', 'email', 'phone', 'customerId'],
      ...moneyColumns,
      ...['paymentProvider', 'quantity', 'tags'],
      ...addressColumns('shipping'),
      ...addressColumns('billing'),
    ],
    rowsOf: (order) => {
      const { row, details } = order;
      const { currency, status, paymentStatus, fulfillmentStatus, email, phone, customerId } = row;
      const decimal = (minor: number) => formatDecimal(minor, currency);
      return [
        {
          ...orderRowOf(order),
          ...{
            updatedAt: toTimestamp(row.updatedAt),
            status,
            paymentStatus,
            fulfillmentStatus,
            email,
            phone,
            customerId,
          },
          ...{ currency, subtotal: decimalOf(details?.subtotal), discount: decimalOf(details?.discount) },
          ...{
            shipping: decimalOf(details?.shipping),
            tax: decimalOf(details?.tax),
            total: decimal(row.totalMinor),
          },
          ...{ captured: decimal(row.capturedMinor), refunded: decimal(row.refundedMinor) },
          ...restOf(order),
          ...disputedOf(order),
          ...{ outstanding: decimal(row.outstandingMinor), paymentProvider: row.paymentProvider },
          ...{ quantity: row.quantity, tags: row.tags.join(', ') },
          ...addressRow('shipping', details?.shippingAddress ?? null),
          ...addressRow('billing', details?.billingAddress ?? null),
        },
      ];
    },
  },
  lines: {
    columns: [
      ...orderColumns,
      ...['lineId', 'sku', 'variantId', 'title', 'variantTitle', 'quantity'],
      ...['fulfilledQuantity', 'canceledQuantity', 'refundedQuantity'],
      ...['currency', 'unitPrice', 'discount', 'tax', 'total'],
    ],
    rowsOf: (order) => {
      const { currency } = order.row;
      return (order.details?.lines ?? []).map(
        ({ lineId, sku, variantId, title, variantTitle, quantity, ...amounts }) => ({
          ...orderRowOf(order),
          ...{ lineId, sku, variantId, title, variantTitle, quantity, currency },
          fulfilledQuantity: amounts.fulfilledQuantity ?? null,
          canceledQuantity: amounts.canceledQuantity ?? null,
          refundedQuantity: amounts.refundedQuantity ?? null,
          unitPrice: decimalOf(amounts.unitPrice),
          discount: decimalOf(amounts.discount),
          tax: decimalOf(amounts.tax),
          total: decimalOf(amounts.total),
        }),
      );
    },
  },
  refunds: {
    columns: [
      ...orderColumns,
      'refundId',
      'refundedAt',
      'cause',
      'status',
      'currency',
      'amount',
      ...refundParts,
      'shipping',
      'items',
    ],
    rowsOf: (order) => {
      const { currency } = order.row;
      const skuOf = (lineId: string) => order.details?.lines.find((line) => line.lineId === lineId)?.sku ?? lineId;
      const made = (order.details?.refunds ?? []).map(({ refundId, cause, isPending, refundedAt, ...refund }) => ({
        ...orderRowOf(order),
        ...{ refundId, refundedAt, cause, status: isPending ? 'pending' : 'refunded', currency },
        amount: decimalOf(refund.amount),
        ...partsOf(refund),
        shipping: decimalOf(refund.shipping),
        items: refund.lines.map(({ lineId, quantity }) => `${quantity} × ${skuOf(lineId)}`).join(', '),
      }));
      return [...made, ...refundElsewhereOf(order)];
    },
  },
} as const satisfies Record<string, Table>;

/**
 * What was given back at the provider beyond the refunds of the order, by the provider's names and times; what it does not name is a
 * row without either.
 */
function refundElsewhereOf(order: DetailedOrder): readonly Row[] {
  const { refundedElsewhere, refundsElsewhere = [] } = order.details ?? {};
  if (refundedElsewhere === undefined) return [];
  const { currency } = order.row;
  const rowOf = (amountMinor: number, named: Row): Row => {
    const amount = formatDecimal(amountMinor, currency);
    const nothing = formatDecimal(0, currency);
    const parts = { toPayment: amount, toGiftCards: nothing, toReceived: nothing };
    return { ...orderRowOf(order), ...named, cause: 'at-provider', status: 'refunded', currency, amount, ...parts };
  };
  const namedMinor = sumOf(refundsElsewhere.map(({ amount }) => amount.amount));
  const restMinor = refundedElsewhere.amount - namedMinor;
  return [
    ...refundsElsewhere.map(({ ref, amount, refundedAt }) => rowOf(amount.amount, { refundId: ref, refundedAt })),
    ...(restMinor === 0 ? [] : [rowOf(restMinor, {})]),
  ];
}

/** Empty where nothing is known. */
function decimalOf(amount: Money | undefined): string | null {
  return amount === undefined ? null : formatDecimal(amount.amount, amount.currency);
}

/** The file of a table, piece by piece, as fast as it is read. */
export function exportOf(db: DrizzleD1Database, table: Table, filter: OrderFilter): ReadableStream<Uint8Array> {
  return csvStream(piecesOf(db, table, filter), { escapesFormulas: true, hasByteOrderMark: true });
}

async function* piecesOf(db: DrizzleD1Database, { columns, rowsOf }: Table, filter: OrderFilter): CsvPieces {
  yield [[...columns]];
  const pageAfter = (last: DetailedOrder | undefined) => {
    const after = last === undefined ? null : ([last.row.placedAt, last.row.id] as const);
    return detailedOrders(db, { filter, sort: 'placedAt', after, limit: ordersPerPage });
  };
  for await (const orders of pagesOf(pageAfter, ordersPerPage)) {
    const rows = orders.flatMap(rowsOf);
    // Of many orders there may be no refund.
    if (rows.length > 0) yield rows.map((row) => columns.map((column) => row[column] ?? null));
  }
  return undefined;
}
