/**
 * Which way to pay a payment stands for, of those that the quote offers. Nobody buys by a way that the merchant does not offer for
 * this cart; the merchant's own hand may complete a draft by any.
 */
import type { OfferedPaymentMethod, Quote } from '../../../../shared/contracts/pricing/api.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import type { PaymentChoice } from './payments.ts';

/** What a payment stands for where nothing is left to pay: nobody is asked for anything. */
export const noPaymentNeeded: PaymentChoice = { provider: 'manual', token: null, mark: null, returnUrl: null };

/** Where a payment names no method, it is the first that goes through its provider. Null: none is offered that fits. */
export function methodOf(
  { provider, methodId }: Pick<PaymentChoice, 'provider' | 'methodId'>,
  { paymentMethods = [] }: Pick<Quote, 'paymentMethods'>,
): OfferedPaymentMethod | null {
  const fits = (method: OfferedPaymentMethod) =>
    method.provider === provider && (methodId === undefined || method.id === methodId);
  return paymentMethods.find(fits) ?? null;
}

/** Why a checkout is not paid so; null where it is. */
export function methodFault(
  payment: PaymentChoice,
  quote: Pick<Quote, 'paymentMethods' | 'dueMinor'>,
): OrderRefusal | null {
  if (quote.dueMinor === 0 || payment.isByMerchant === true || methodOf(payment, quote) !== null) return null;
  if (payment.isUnsaid === true) return paymentNeeded;
  const { paymentMethods = [] } = quote;
  const { provider, methodId } = payment;
  const what = methodId === undefined ? `A payment by "${provider}"` : `The way to pay "${methodId}" by "${provider}"`;
  const names = paymentMethods.map(({ id, name, provider: by }) => `${name} ("${id}", by "${by}")`);
  const detail = `${what} is not offered for this cart. ${names.length === 0 ? 'No way to pay is.' : `Choose one of: ${names.join(', ')}.`}`;
  const pointer = methodId === undefined ? '/payment/provider' : '/payment/method';
  return {
    code: 'payment-method-not-offered',
    detail,
    errors: [{ pointer, detail }],
    paymentMethods: paymentMethods.map(({ id, provider: by, name }) => ({ id, provider: by, name })),
  };
}

/** How a checkout is paid that was opened without a payment: as was chosen, and without a choice where nothing is left to pay. */
export function choicePaying(
  payment: PaymentChoice | null,
  quote: Pick<Quote, 'paymentMethods' | 'dueMinor'>,
): Result<PaymentChoice, OrderRefusal> {
  if (payment !== null) {
    const fault = methodFault(payment, quote);
    return fault === null ? accept(payment) : refuse(fault);
  }
  return quote.dueMinor === 0 ? accept(noPaymentNeeded) : refuse(paymentNeeded);
}

const sayHow = 'Something is left to pay: say how it is paid, such as {"provider": "stripe", "token": "…"}.';
const paymentNeeded: OrderRefusal = {
  code: 'invalid-input',
  detail: sayHow,
  errors: [{ pointer: '/payment', detail: sayHow }],
};
