/** What is wrong with a command on an order, where several decisions say it alike. */
import type { Currency, Money } from '../../../../shared/values/money.ts';
import { money } from '../../../../shared/values/money.ts';
import type { OrderRefusal } from '../refusal.ts';

export function unknownLine(lineId: string): OrderRefusal {
  return { code: 'unknown-line', detail: `The order has no line ${lineId}.`, lineId };
}

/** Lines that are named twice: their quantities would be checked one by one and pass together. */
export function repeatedLine(lines: readonly { readonly lineId: string }[]): OrderRefusal | null {
  const index = lines.findIndex(({ lineId }, at) => lines.findIndex((one) => one.lineId === lineId) !== at);
  if (index < 0) return null;
  const detail = `The line ${lines[index]?.lineId} is named twice.`;
  return { code: 'invalid-input', detail, errors: [{ pointer: `/lines/${index}/lineId`, detail }] };
}

export function tooMuchMoney(
  code: 'refund-too-large' | 'capture-too-large' | 'payment-too-large',
  maxMinor: number,
  currency: Currency,
): OrderRefusal & { readonly max: Money } {
  return { code, detail: `At most ${maxMinor} minor units can be ${verbs[code]}.`, max: money(maxMinor, currency) };
}

const verbs = {
  'refund-too-large': 'refunded',
  'capture-too-large': 'captured',
  'payment-too-large': 'received',
} as const;
