/** The means of payment that shoppers of a run have. */
import type { PaymentChoice } from '../../workers/orders/domain/checkout/payments.ts';
import { behaviourOf, type SandboxToken } from '../../workers/sandbox/domain/tokens.ts';

export type Token = SandboxToken | 'manual';

/** Those of the sandbox that show something in a checkout, and two that show something afterwards. */
export const tokenWeights: Readonly<Record<Token | 'refund_pending' | 'refund_fail', number>> = {
  manual: 4,
  ok: 4,
  decline: 2,
  requires_action: 3,
  timeout_before_authorize: 1,
  timeout_after_authorize: 1,
  capture_fail: 1,
  slow_5s: 0.5,
  duplicate_webhook: 1,
  webhook_first: 1,
  refund_pending: 2,
  refund_fail: 0.5,
};

export function paymentBy(token: keyof typeof tokenWeights): PaymentChoice {
  return token === 'manual'
    ? { provider: 'manual', token: null, mark: null, returnUrl: null }
    : { provider: 'sandbox', token, mark: token, returnUrl: null };
}

/** Whether nothing but what the shop lacks can stand in the way of this payment. */
export function isGood({ provider, token }: Pick<PaymentChoice, 'provider' | 'token'>): boolean {
  const { confirm, capture } = behaviourOf(token);
  return provider === 'manual' || (confirm === 'authorize' && capture === 'succeed');
}
