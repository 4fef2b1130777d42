/**
 * The effects of the checkout saga, each `{ run, undo }` side by side. Every effect is keyed by the checkout or the order,
 * so repeating one is safe, and undoing one that never happened bars it for good. An effect never throws: when a neighbour
 * does not answer, its outcome is unknown.
 */

import type { CartApi, FreezeRefusal } from '../../../shared/contracts/cart/api.ts';
import type { StockNeed } from '../../../shared/contracts/catalog/api.ts';
import type { InventoryApi } from '../../../shared/contracts/inventory/api.ts';
import type { PaymentOutcome, PaymentsApi } from '../../../shared/contracts/payments/api.ts';
import {
  type AllowanceRefusal,
  type AllowancesApi,
  wantsOfQuote,
} from '../../../shared/contracts/pricing/allowances.ts';
import { unpack } from '../../../shared/values/packed.ts';
import { hourMs } from '../../../shared/values/time.ts';
import { type CheckoutDetails, orderIdOf, type PaymentChoice } from '../domain/checkout/checkout.ts';
import type { Outcome, StepName } from '../domain/checkout/plan.ts';
import type { Failure } from '../domain/failure.ts';
import { attempt, done, holdFailure, refused, unknown } from '../service/outcomes.ts';

/** What the effects act on. */
export interface SagaContext {
  readonly checkoutId: string;
  readonly details: CheckoutDetails;
  /** Null while a checkout is opened without a payment. */
  readonly payment: PaymentChoice | null;
}

export interface Step {
  run(context: SagaContext, now: number): Promise<Outcome>;
  /** Finds out what became of a run whose outcome is unknown. */
  resolve?(context: SagaContext, now: number): Promise<Outcome>;
  undo?(context: SagaContext, now: number): Promise<Outcome>;
}

export type Effects = Readonly<Partial<Record<StepName, Step>>>;

export interface Neighbors {
  readonly cart: CartApi;
  readonly inventory: Pick<InventoryApi, 'hold' | 'commitHolds' | 'undoHolds'>;
  readonly payments: PaymentsApi;
  readonly allowances: Pick<AllowancesApi, 'holdAllowances' | 'commitAllowances' | 'releaseAllowances'>;
}

/** A freeze outlives the holds, so that a slow saga never finds its cart changed; it still ends when nobody ends it. */
const freezeMarginMs = hourMs;

export function checkoutEffects({ cart, inventory, payments, allowances }: Neighbors): Effects {
  const undoHolds = ({ checkoutId, details }: SagaContext, now: number) =>
    attempt(async () => {
      await inventory.undoHolds({ key: checkoutId, stockUnitIds: unitsOf(details), now });
      return done;
    });
  const voidPayment = ({ checkoutId, payment }: SagaContext, now: number) =>
    attempt(async () => {
      if (payment === null) return done;
      const outcome = await payments.void({ paymentKey: orderIdOf(checkoutId), provider: payment.provider, now });
      return outcome.status === 'voided' ? done : unknown(`the payment is ${outcome.status} and not yet voided`);
    });

  return {
    hold: {
      run: ({ checkoutId, details }, now) =>
        attempt(async () => {
          const held = await inventory.hold({
            key: checkoutId,
            needs: needsOf(details),
            until: details.holdUntil,
            now,
          });
          return held.ok ? done : refused(holdFailure(held.refusal, details));
        }),
      undo: undoHolds,
    },
    'hold-allowances': {
      run: ({ checkoutId, details }, now) =>
        attempt(async () => {
          const wants = wantsOf(details);
          if (wants.length === 0) return done;
          const held = await allowances.holdAllowances({ key: checkoutId, wants, until: details.holdUntil, now });
          return held.ok ? done : refused(allowanceFailure(held.refusal, details));
        }),
      undo: ({ checkoutId, details }, now) =>
        attempt(async () => {
          const names = allowancesOf(details);
          if (names.length > 0) await allowances.releaseAllowances({ key: checkoutId, allowances: names, now });
          return done;
        }),
    },
    freeze: {
      run: ({ checkoutId, details }, now) =>
        attempt(async () => {
          const { cartId, cartVersion, holdUntil } = details;
          const frozen = unpack(
            await cart.freeze({
              cartId,
              checkoutId,
              version: cartVersion,
              until: holdUntil + freezeMarginMs,
              now,
            }),
          );
          return frozen.ok ? done : refused(freezeFailure(frozen.refusal));
        }),
      undo: ({ checkoutId, details }, now) =>
        attempt(async () => {
          await cart.thaw({ cartId: details.cartId, checkoutId, now });
          return done;
        }),
    },
    authorize: {
      run: ({ checkoutId, details, payment }, now) =>
        attempt(async () => {
          if (payment === null) return refused({ code: 'payment-failed', detail: 'No payment was given.' });
          const amountMinor = details.quote.dueMinor;
          const { currency } = details.quote;
          // An invoice is a word: what would be answered is known, and nothing would be kept.
          if (amountMinor === 0 || payment.provider === 'manual') return done;
          return paymentOutcome(
            await payments.authorize({ paymentKey: orderIdOf(checkoutId), ...payment, amountMinor, currency, now }),
          );
        }),
      resolve: ({ checkoutId, payment }, now) =>
        attempt(async () => {
          if (payment === null) return refused({ code: 'payment-failed', detail: 'No payment was given.' });
          return paymentOutcome(
            await payments.lookup({ paymentKey: orderIdOf(checkoutId), provider: payment.provider, now }),
          );
        }),
      undo: voidPayment,
    },
    commit: {
      run: ({ checkoutId, details }, now) =>
        attempt(async () => {
          const committed = await inventory.commitHolds({ key: checkoutId, stockUnitIds: unitsOf(details), now });
          if (!committed.ok)
            return refused({
              code: 'checkout-expired',
              detail: 'The goods were held too long and have been given back.',
            });
          const names = allowancesOf(details);
          if (names.length === 0) return done;
          const used = await allowances.commitAllowances({ key: checkoutId, allowances: names, now });
          return used.ok
            ? done
            : refused({
                code: 'checkout-expired',
                detail: 'A code, gift card or store credit was held too long and has been given back.',
              });
        }),
      undo: undoHolds,
    },
    capture: {
      run: ({ checkoutId, details, payment }, now) =>
        attempt(async () => {
          if (payment === null) return refused({ code: 'payment-failed', detail: 'No payment was given.' });
          // No provider takes a payment of nothing, and some orders are captured when they ship.
          const amountMinor = details.quote.dueMinor;
          if (amountMinor === 0 || details.captureMode === 'manual') return done;
          const { provider } = payment;
          const outcome = await payments.capture({
            paymentKey: orderIdOf(checkoutId),
            provider,
            amountMinor,
            currency: details.quote.currency,
            now,
          });
          // Anything but captured money is no payment; an authorization that is still open is asked for again.
          return outcome.status === 'authorized'
            ? unknown('the capture has not happened yet')
            : paymentOutcome(outcome);
        }),
      undo: voidPayment,
    },
  };
}

function needsOf({ lines }: Pick<CheckoutDetails, 'lines'>): StockNeed[] {
  return lines.flatMap(({ variant, quantity }) =>
    variant.stockNeeds.map((need) => ({ ...need, quantity: need.quantity * quantity })),
  );
}

/** The stock units that a cart's lines consume, each once, sorted. */
export function unitsOf(details: Pick<CheckoutDetails, 'lines'>): string[] {
  return [...new Set(needsOf(details).map((need) => need.stockUnitId))].sort();
}

/** What an order uses beside goods: limited promotions, gift cards, store credit. */
function wantsOf({ quote }: Pick<CheckoutDetails, 'quote'>) {
  return wantsOfQuote(quote);
}

export function allowancesOf(details: Pick<CheckoutDetails, 'quote'>): string[] {
  return wantsOf(details).map(({ allowance }) => allowance);
}

/** Names the code or card, because an allowance means nothing to a shopper. */
function allowanceFailure(refusal: AllowanceRefusal, { quote }: Pick<CheckoutDetails, 'quote'>): Failure {
  const { allowance } = refusal;
  switch (refusal.code) {
    case 'code-used-up': {
      const discount = quote.discounts.find(({ promotionId }) => allowance.split(':').includes(promotionId));
      const { available } = refusal;
      return {
        code: 'code-used-up',
        detail: `${discount?.title ?? 'The promotion'} has been used up; look at the new total.`,
        discountCode: discount?.code ?? null,
        available,
      };
    }
    case 'gift-card-insufficient':
    case 'store-credit-insufficient':
      return { code: refusal.code, detail: 'Something else was paid with it meanwhile.', available: refusal.available };
    case 'gift-card-unusable':
      return { code: refusal.code, detail: `The gift card is ${refusal.reason}.`, reason: refusal.reason };
    default:
      return { code: 'checkout-expired', detail: 'This checkout has ended; start a new one.' };
  }
}

function paymentOutcome(outcome: PaymentOutcome): Outcome {
  switch (outcome.status) {
    case 'authorized':
    case 'captured':
      return done;
    case 'requires_action':
      return { kind: 'action', url: outcome.url };
    case 'declined':
      return refused({ code: 'payment-declined', detail: outcome.reason });
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

function freezeFailure(refusal: FreezeRefusal): Failure {
  switch (refusal.code) {
    case 'not-found':
      return { code: 'not-found', detail: 'The cart is gone.' };
    case 'cart-changed':
      return {
        code: 'cart-changed',
        detail: 'The cart was changed while it was checked out.',
        version: refusal.version,
      };
    default:
      return { ...refusal };
  }
}
