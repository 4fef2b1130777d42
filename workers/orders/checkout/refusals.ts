/** Turns the refusals of a checkout's neighbours into what its shopper is told. */
import type { FreezeRefusal } from '../../../shared/contracts/cart/api.ts';
import type { PaymentOutcome } from '../../../shared/contracts/payments/api.ts';
import type { AllowanceRefusal } from '../../../shared/contracts/pricing/allowances.ts';
import { isOfOneCustomer } from '../../../shared/values/allowance-names.ts';
import type { CheckoutDetails } from '../domain/checkout/checkout.ts';
import type { Outcome } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { paymentDeclined } from '../service/declines.ts';
import { done, refused, unknown } from '../service/outcomes.ts';

/** What was to be held is closed before anything was recorded: the same key begins anew, with holds of its own. */
export const tooSlow: OrderRefusal = {
  code: 'unavailable',
  detail: 'The checkout took too long and has been given up; try again with the same key.',
};

/** Names the code or card, because an allowance means nothing to a shopper. */
export function allowanceRefused(refusal: AllowanceRefusal, { quote }: Pick<CheckoutDetails, 'quote'>): OrderRefusal {
  const { allowance } = refusal;
  switch (refusal.code) {
    case 'code-used-up': {
      const discount = quote.discounts.find(({ promotionId }) => allowance.split(':').includes(promotionId));
      const { available } = refusal;
      const title = discount?.title ?? 'The promotion';
      const detail = isOfOneCustomer({ allowance })
        ? `You have used ${title} as often as one customer may; look at the new total.`
        : `${title} has been used up; look at the new total.`;
      return { code: 'code-used-up', detail, discountCode: discount?.code ?? null, available };
    }
    case 'gift-card-insufficient':
    case 'store-credit-insufficient':
      return { code: refusal.code, detail: 'Something else was paid with it meanwhile.', available: refusal.available };
    case 'gift-card-unusable':
      return { code: refusal.code, detail: `The gift card is ${refusal.reason}.`, reason: refusal.reason };
    default:
      return tooSlow;
  }
}

export function paymentOutcome(outcome: PaymentOutcome): Outcome {
  switch (outcome.status) {
    case 'authorized':
    case 'captured':
      return done;
    case 'requires_action':
      return { kind: 'action', url: outcome.url };
    case 'declined':
      return refused(paymentDeclined(outcome.reason));
    case 'voided':
      return refused({ code: 'payment-failed', detail: 'The payment was withdrawn.' });
    case 'absent':
      return refused({
        code: 'payment-failed',
        detail: 'The payment provider did not take the payment. Nothing was charged.',
      });
    case 'unknown':
      return unknown(outcome.reason);
  }
}

export function freezeRefused(refusal: FreezeRefusal): OrderRefusal {
  switch (refusal.code) {
    case 'not-found':
      return { ...refusal, detail: 'The cart is gone.' };
    case 'cart-empty':
      return { ...refusal, detail: 'Put something into the cart first.' };
    case 'cart-changed':
      return { ...refusal, detail: 'The cart was changed while it was checked out.' };
    default:
      return { ...refusal };
  }
}
