/** What the operations on orders have in common: what names an order, how they answer, and what each may be refused for. */
import * as z from 'zod';
import type { ProblemCode } from '../../http/problem.ts';
import { cartLinesMax, LineQuantity } from '../../values/quantity.ts';
import { text } from '../../values/text.ts';
import { unpriceable } from '../pricing/api.ts';
import { OrderView } from './orders-http.ts';

export const OrderParams = z.strictObject({ orderId: text(100) });

/** Some units of a line. */
export const lineUnits = { lineId: text(60), quantity: LineQuantity };

export const lines = <Line extends z.ZodType>(line: Line) => z.array(line).max(cartLinesMax);

/** Every operation on an order may meet these. */
export const always = [
  'not-found',
  'wrong-state',
  'operation-in-progress',
  'unavailable',
] as const satisfies ProblemCode[];

/** Every answer shows the whole order. 202: it is recorded and goes on by itself; the order's `operation` says so. */
export const answered = { answer: OrderView, alsoStatus: [202] } as const;

export const created = { ...answered, status: 201 } as const;

/** What may move money is told apart from its own repetition by a key: the same refund posted twice would pay twice. */
export const movesMoney = { idempotency: 'required' } as const;

/** An added variant may meet these. */
export const unsold = ['unknown-variant', 'variant-unavailable', 'currency-not-sold'] as const satisfies ProblemCode[];

/** Whatever prices the order anew may meet these. */
export const unquotable = [
  ...unsold,
  ...unpriceable,
  'unknown-shipping-option',
  'no-shipping-rate',
  'address-needed',
] as const satisfies ProblemCode[];

export function isSomething({ amount }: { readonly amount: number }): boolean {
  return amount > 0;
}
