/** What is wrong with a command on an order, where several decisions say it alike. */
import type { Currency, Money } from '../../../../shared/values/money.ts';
import { money } from '../../../../shared/values/money.ts';
import type { Failure } from '../order.ts';

export function unknownLine(lineId: string): Failure {
  return { code: 'unknown-line', detail: `The order has no line ${lineId}.`, lineId };
}

/** Lines that are named twice: their quantities would be checked one by one and pass together. */
export function repeatedLine(lines: readonly { readonly lineId: string }[]): Failure | null {
  const again = lines.find(({ lineId }, index) => lines.findIndex((one) => one.lineId === lineId) !== index);
  return again === undefined
    ? null
    : { code: 'unknown-line', detail: `The line ${again.lineId} is named twice.`, lineId: again.lineId };
}

export function tooMuchMoney(
  code: 'refund-too-large' | 'capture-too-large' | 'payment-too-large',
  maxMinor: number,
  currency: Currency,
): Failure & { readonly max: Money } {
  return { code, detail: `At most ${maxMinor} minor units can be ${verbs[code]}.`, max: money(maxMinor, currency) };
}

const verbs = {
  'refund-too-large': 'refunded',
  'capture-too-large': 'captured',
  'payment-too-large': 'received',
} as const;
