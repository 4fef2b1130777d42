/** What may be asked of the checkouts of an Order object, and what is answered. Plain data: it crosses RPC. */

import { problemCodeOf, problemDocument } from '../../../shared/http/problem.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { Money } from '../../../shared/values/money.ts';
import type { PaymentChoice } from '../domain/checkout/payments.ts';
import type { OrderRefusal } from '../domain/refusal.ts';

/** A request that came in, with the key under which its answer is kept. */
export interface Asked {
  readonly idempotency: IdempotencyKey;
  readonly traceparent?: string | undefined;
  readonly requestId: string;
}

export interface StartRequest extends Asked {
  readonly cartId: string;
  /** Made from cart and key, so that a retry after a crash meets its own holds and its own payment. */
  readonly checkoutId: string;
  readonly payment: PaymentChoice | null;
  readonly expectedTotal: Money | null;
  /** What was shown as left to pay after gift cards and store credit. */
  readonly expectedDue: Money | null;
}

export interface CompleteRequest extends Asked {
  readonly checkoutId: string;
  /** Null where the shopper knows that nothing is left to pay. */
  readonly payment: PaymentChoice | null;
}

export interface CancelRequest extends Asked {
  readonly checkoutId: string;
}

export interface CheckoutAnswer {
  readonly status: number;
  readonly body: string;
  readonly isReplayed: boolean;
}

export function problemAnswer({ code, ...facts }: OrderRefusal): CheckoutAnswer {
  return { ...problemDocument(problemCodeOf({ code }), facts), isReplayed: false };
}
