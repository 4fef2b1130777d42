/**
 * Where in its request a refused operation is wrong. What is refused for the state of the order points nowhere. The places are recorded
 * with the operation, so that a refusal which an alarm finds after a crash is told like any other.
 */
import { addedLineId, type RequestPlaces } from '../domain/order/operation.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import type { EditChanges, OrderCommand } from '../service/order-commands.ts';

type Asked = OrderCommand | ({ readonly type: 'edit' } & EditChanges);

/** The refusal with its pointer, unless it has one or it is of nothing that was sent. */
export function pointed(refusal: OrderRefusal, places: RequestPlaces): OrderRefusal {
  const { detail, errors } = refusal;
  const pointer = errors === undefined && detail !== undefined ? pointerOf(refusal, places) : null;
  return pointer === null ? refusal : { ...refusal, errors: [{ pointer, detail }] };
}

/** `number`: of the operation that would be, by which the lines that it adds are named. */
export function placesOf(asked: Asked, number: number): RequestPlaces {
  const named: readonly { readonly lineId: string }[] = 'lines' in asked ? (asked.lines ?? []) : [];
  const added = asked.type === 'edit' ? asked.added : [];
  const amount = amountOf(asked);
  return {
    // Lines of a receipt may be named several times: the last of them is the one too many.
    lines: Object.fromEntries([
      ...named.map(({ lineId }, index) => [lineId, `/lines/${index}`]),
      ...added.map((_, index) => [addedLineId(number, index), `/add/${index}`]),
    ]),
    ...(amount === null ? {} : { amount }),
  };
}

function amountOf(asked: Asked): string | null {
  if (asked.type === 'capture' || asked.type === 'collect') return asked.amountMinor === null ? null : '/amount';
  if (asked.type !== 'refund') return null;
  if (asked.otherMinor > 0) return '/amount';
  if (asked.lines.length > 0) return '/lines';
  return asked.shippingMinor === 0 ? null : '/shipping';
}

/** What of a line each code is about. */
const ofLine: Readonly<Partial<Record<string, 'lineId' | 'quantity' | 'amount'>>> = {
  'unknown-line': 'lineId',
  'more-than-ordered': 'quantity',
  'more-than-unshipped': 'quantity',
  'more-than-shipped': 'quantity',
  'line-shipped': 'quantity',
  'insufficient-stock': 'quantity',
  'refund-too-large': 'amount',
};

const ofAmount: readonly string[] = ['capture-too-large', 'payment-too-large', 'refund-too-large'];

function pointerOf({ code, lineId }: OrderRefusal, { lines, amount }: RequestPlaces): string | null {
  const field = ofLine[code];
  const line = typeof lineId === 'string' ? lines[lineId] : undefined;
  if (field !== undefined && line !== undefined) return `${line}/${field}`;
  return typeof lineId !== 'string' && ofAmount.includes(code) ? (amount ?? null) : null;
}
