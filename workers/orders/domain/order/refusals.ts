/** What is wrong with a command on an order, where several decisions say it alike. */
import type { Currency, Money } from '../../../../shared/values/money.ts';
import { money, moneyText } from '../../../../shared/values/money.ts';
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
): OrderRefusal & { readonly detail: string; readonly max: Money } {
  const max = money(maxMinor, currency);
  const detail = maxMinor === 0 ? nothing[code] : `At most ${moneyText(max)} can be ${verbs[code]}.`;
  return { code, detail, max };
}

const nothing = {
  'refund-too-large': 'Nothing is left to refund.',
  'capture-too-large': 'Nothing is left to capture.',
  'payment-too-large': 'Nothing is owed beyond what is paid and authorized.',
} as const;

const verbs = {
  'refund-too-large': 'refunded',
  'capture-too-large': 'captured',
  'payment-too-large': 'received',
} as const;
