/**
 * The steps of a checkout as one table: what each does, what undoes it, and what is known of it. Every effect is keyed by the
 * checkout or the order, so repeating one is safe, and undoing one that never happened bars it for good. An effect never
 * throws: when a neighbour does not answer, the outcome is unknown.
 */
import type { CartApi } from '../../../shared/contracts/cart/api.ts';
import type { CatalogApi } from '../../../shared/contracts/catalog/api.ts';
import type { HoldRefusal, InventoryApi } from '../../../shared/contracts/inventory/api.ts';
import type { PaymentsApi } from '../../../shared/contracts/payments/api.ts';
import { type AllowancesApi, wantsOfQuote } from '../../../shared/contracts/pricing/allowances.ts';
import type { PricingApi } from '../../../shared/contracts/pricing/api.ts';
import { unpack } from '../../../shared/values/packed.ts';
import { orderIdOfPayment } from '../../../shared/values/payment-key.ts';
import { hourMs, minuteMs } from '../../../shared/values/time.ts';
import type { CheckoutDetails } from '../domain/checkout/checkout.ts';
import { methodFault } from '../domain/checkout/payment-method.ts';
import type { StepName } from '../domain/checkout/plan.ts';
import type { Outcome, Traits } from '../domain/plan.ts';
import { absent, attempt, done, holdRefused, refused, unknown } from '../service/outcomes.ts';
import { agree, allowancesOfCart } from './agree.ts';
import {
  type CheckoutContext,
  cartIdOf,
  detailsIn,
  detailsOf,
  frozenIn,
  isSameNeeds,
  type Lines,
  unitsOf,
  wishOf,
} from './checkout-context.ts';
import { commitGoods, giveBackAllowances, holdGoods, undoGoods, useAllowances } from './holds.ts';
import { allowanceRefused, freezeRefused, paymentOutcome, tooSlow } from './refusals.ts';

interface Step extends Traits {
  run(context: CheckoutContext, now: number): Promise<Outcome>;
  /** Finds out what became of a run whose outcome is unknown. */
  resolve?(context: CheckoutContext, now: number): Promise<Outcome>;
  undo?(context: CheckoutContext, now: number): Promise<Outcome>;
}

/** The steps that only record are not among them: `saga.ts` records them. */
export type ActingStep = Exclude<StepName, 'begin' | 'place' | 'settle'>;
export type Steps = Readonly<Record<ActingStep, Step>>;

export interface CheckoutNeighbors {
  readonly cart: CartApi;
  readonly catalog: Pick<CatalogApi, 'variants'>;
  readonly pricing: Pick<PricingApi, 'quoteCart'>;
  readonly inventory: Pick<InventoryApi, 'hold' | 'commitHolds' | 'undoHolds'>;
  readonly payments: PaymentsApi;
  readonly allowances: Pick<AllowancesApi, 'holdAllowances' | 'commitAllowances' | 'releaseAllowances'>;
}

/** A freeze outlives the holds, so that a slow checkout never finds its cart changed; it expires by itself all the same. */
const freezeMarginMs = hourMs;

/** A payment of which the provider has seen nothing is not begun later than this after its holds ended: the shopper is gone. */
const payLateMsMax = 15 * minuteMs;

const noPayment = refused({ code: 'payment-failed', detail: 'No payment was given.' });

export function checkoutSteps(neighbors: CheckoutNeighbors): Steps {
  const { cart, inventory, payments, allowances } = neighbors;

  const undoHolds = ({ checkoutId: key, cart: frozen, details }: CheckoutContext, now: number) =>
    attempt(async () => {
      const held = frozen ?? (details?.holdKey === key ? details : null);
      if (held !== null) await inventory.undoHolds({ key, stockUnitIds: unitsOf(held), now });
      return done;
    });
  const undoAgreedHolds = ({ details }: CheckoutContext, now: number) =>
    attempt(async () => {
      if (details !== null) await undoGoods(details, neighbors, now);
      return done;
    });
  const voidPayment = ({ payment }: CheckoutContext, now: number) =>
    attempt(async () => {
      if (payment === null) return done;
      const outcome = await payments.void({ paymentKey: payment.key, provider: payment.provider, now });
      return outcome.status === 'voided' ? done : unknown(`the payment is ${outcome.status} and not yet voided`);
    });
  const capture = async ({ payment }: CheckoutContext, { quote, captureMode }: CheckoutDetails, now: number) => {
    if (payment === null) return noPayment;
    const { provider, key: paymentKey } = payment;
    // No provider takes a payment of nothing, and some orders are captured when they ship. What is paid by hand is collected.
    if (quote.dueMinor === 0 || captureMode === 'manual' || provider === 'manual') return done;
    const { dueMinor: amountMinor, currency } = quote;
    const outcome = await payments.capture({ paymentKey, provider, amountMinor, currency, now });
    // Anything but captured money is no payment; an authorization that is still open is asked for again.
    return outcome.status === 'authorized' ? unknown('the capture has not happened yet') : paymentOutcome(outcome);
  };

  return {
    freeze: {
      isCleanWhenRefused: true,
      isAbandonable: true,
      run: (context) =>
        attempt(async () => {
          const { checkoutId } = context;
          const { cartId, holdUntil, createdAt } = wishOf(context);
          const until = holdUntil + freezeMarginMs;
          const frozen = unpack(await cart.freeze({ cartId, checkoutId, version: null, until, now: createdAt }));
          if (!frozen.ok) return refused(freezeRefused(frozen.refusal));
          context.cart = frozen.value;
          return done;
        }),
      undo: (context, now) =>
        attempt(async () => {
          const { checkoutId, repricing } = context;
          const cartId = cartIdOf(context);
          await releaseEarlier(context, neighbors, now);
          await cart.thaw({ cartId, checkoutId, now });
          if (repricing !== null) await cart.reprice({ cartId, ...repricing, now });
          return done;
        }),
    },
    agree: {
      isCleanWhenRefused: true,
      isAbandonable: true,
      run: (context, now) =>
        attempt(async () => {
          const frozen = frozenIn(context);
          context.agreement = agree(frozen, wishOf(context), neighbors, now);
          const agreed = await context.agreement;
          if (agreed.ok) {
            const fault = context.payment === null ? null : methodFault(context.payment, agreed.value.quote);
            if (fault !== null) return refused(fault);
            context.details = detailsOf(context, frozen, agreed.value);
            return done;
          }
          context.repricing = agreed.refusal.repricing;
          return refused(agreed.refusal.failure);
        }),
    },
    hold: {
      isCleanWhenRefused: true,
      isAbandonable: true,
      run: (context, now) =>
        attempt(async () => {
          const frozen = frozenIn(context);
          const held = await holdGoods(inventory, context.checkoutId, frozen, wishOf(context).holdUntil, now);
          if (held.ok) return done;
          // The catalogue may say that the lines need other goods than the cart remembers: then those are held instead.
          const agreed = await context.agreement;
          const isOutdated = agreed?.ok === true && !isSameNeeds(agreed.value, frozen);
          return isOutdated ? done : notHeld(held.refusal, frozen);
        }),
      undo: undoHolds,
    },
    'hold-again': {
      isCleanWhenRefused: true,
      isAbandonable: true,
      run: (context, now) =>
        attempt(async () => {
          const { checkoutId: key, cart: frozen } = context;
          const details = detailsIn(context);
          if (details.holdKey === key || frozen === null) return done;
          await inventory.undoHolds({ key, stockUnitIds: unitsOf(frozen), now });
          const held = await holdGoods(inventory, details.holdKey, details, details.holdUntil, now);
          return held.ok ? done : notHeld(held.refusal, details);
        }),
      undo: (context, now) =>
        context.details?.holdKey === context.checkoutId ? Promise.resolve(done) : undoAgreedHolds(context, now),
    },
    'hold-allowances': {
      isCleanWhenRefused: true,
      isAbandonable: true,
      run: (context, now) =>
        attempt(async () => {
          const details = detailsIn(context);
          const wants = wantsOfQuote(details.quote);
          if (wants.length === 0) return done;
          const { allowanceKey: key, holdUntil: until } = details;
          const held = await allowances.holdAllowances({ key, wants, until, now });
          return held.ok ? done : refused(allowanceRefused(held.refusal, details));
        }),
      undo: ({ details }, now) =>
        attempt(async () => {
          if (details !== null) await giveBackAllowances(details, neighbors, now);
          return done;
        }),
    },
    authorize: {
      isResolvable: true,
      run: (context, now) =>
        attempt(async () => {
          const { payment } = context;
          if (payment === null) return noPayment;
          const { dueMinor: amountMinor, currency } = detailsIn(context).quote;
          // Nobody has to agree to a payment by hand.
          if (amountMinor === 0 || payment.provider === 'manual') return done;
          const { key: paymentKey, provider, token, returnUrl } = payment;
          const orderId = orderIdOfPayment(paymentKey);
          const how = { provider, token, returnUrl };
          return paymentOutcome(await payments.authorize({ paymentKey, orderId, ...how, amountMinor, currency, now }));
        }),
      resolve: (context, now) =>
        attempt(async () => {
          const { payment } = context;
          if (payment === null) return noPayment;
          const { provider, key: paymentKey } = payment;
          const outcome = await payments.lookup({ paymentKey, provider, now });
          const isInTime = now < detailsIn(context).holdUntil + payLateMsMax;
          return outcome.status === 'absent' && isInTime ? absent : paymentOutcome(outcome);
        }),
      undo: voidPayment,
    },
    commit: {
      run: (context, now) => attempt(() => commitGoods(context, neighbors, now)),
      undo: undoAgreedHolds,
    },
    // Given back by the undo of what held them.
    'use-allowances': {
      run: (context, now) => attempt(() => useAllowances(context, neighbors, now)),
    },
    capture: {
      run: (context, now) => attempt(() => capture(context, detailsIn(context), now)),
      undo: voidPayment,
    },
  };
}

/**
 * An earlier try under the same id has frozen the cart, and may have held allowances that this one never came to. What it
 * held and cannot be found any more expires by itself.
 */
async function releaseEarlier(
  { checkoutId: key, cart, wish, details }: CheckoutContext,
  { pricing, allowances }: CheckoutNeighbors,
  now: number,
): Promise<void> {
  const isFirstTry = cart === null || cart.updatedAt === wish?.createdAt;
  if (isFirstTry || details !== null) return;
  await attempt(async () => {
    const names = await allowancesOfCart(cart, pricing, now);
    if (names.length > 0) await allowances.releaseAllowances({ key, allowances: names, now });
    return done;
  });
}

function notHeld(refusal: HoldRefusal, lines: Lines): Outcome {
  return refused(refusal.code === 'insufficient-stock' ? holdRefused(refusal, lines) : tooSlow);
}
