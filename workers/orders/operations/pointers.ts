/** Where in its request a refused operation is wrong. What is refused for the state of the order points nowhere. */
import type { OrderRefusal } from '../domain/refusal.ts';
import type { EditChanges, OrderCommand } from '../service/order-commands.ts';

type Asked = OrderCommand | ({ readonly type: 'edit' } & EditChanges);

/** The refusal with its pointer, unless it has one or it is of nothing that was sent. */
export function pointed(refusal: OrderRefusal, asked: Asked): OrderRefusal {
  const { detail, errors } = refusal;
  const pointer = errors === undefined && detail !== undefined ? pointerOf(refusal, asked) : null;
  return pointer === null ? refusal : { ...refusal, errors: [{ pointer, detail }] };
}

/** What of a line each code is about. Of new lines the order knows no place in the request. */
const ofLine: Readonly<Partial<Record<string, 'lineId' | 'quantity' | 'amount'>>> = {
  'unknown-line': 'lineId',
  'more-than-ordered': 'quantity',
  'more-than-unshipped': 'quantity',
  'more-than-shipped': 'quantity',
  'line-shipped': 'quantity',
  'insufficient-stock': 'quantity',
  'refund-too-large': 'amount',
};

function pointerOf({ code, lineId }: OrderRefusal, asked: Asked): string | null {
  const field = ofLine[code];
  if (field !== undefined && typeof lineId === 'string' && 'lines' in asked) {
    const lines: readonly { readonly lineId: string }[] = asked.lines ?? [];
    // Lines of a receipt may be named several times: the last of them is the one too many.
    const index = lines.findLastIndex((line) => line.lineId === lineId);
    return index < 0 ? null : `/lines/${index}/${field}`;
  }
  const isTooMuch = code === 'capture-too-large' || code === 'payment-too-large';
  if (asked.type === 'capture' || asked.type === 'collect')
    return isTooMuch && asked.amountMinor !== null ? '/amount' : null;
  if (asked.type !== 'refund' || code !== 'refund-too-large') return null;
  if (asked.otherMinor > 0) return '/amount';
  if (asked.lines.length > 0) return '/lines';
  return asked.shippingMinor === 0 ? null : '/shipping';
}
