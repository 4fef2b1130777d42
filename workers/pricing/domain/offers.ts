/**
 * The offer of a merchant's promotion as the engine takes it, for one cart: amounts in the cart's currency, selections as
 * the lines they mean.
 */
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { ItemSelection, PromotionOffer, StepOff } from '../../../shared/contracts/pricing/promotions.ts';
import type { Currency, Money } from '../../../shared/values/money.ts';
import { unreachable } from '../../../shared/values/result.ts';
import { everything, type ItemIndex } from './items.ts';
import type { Offer, StepCut, UnitsOf } from './promotion.ts';

export interface OfferContext {
  readonly currency: Currency;
  readonly lines: readonly QuoteLine[];
  readonly items: ItemIndex;
}

/** The amount in a currency; null where none is named. */
export function amountIn(amounts: readonly Money[], currency: Currency): number | null {
  return amounts.find((one) => one.currency === currency)?.amount ?? null;
}

type EngineOffer = Offer & { readonly maxAmountMinor?: number };

/** Why it can take nothing off this cart. */
type NoOffer = 'wrong-currency' | 'items-missing';

/** An offer without an amount in the cart's currency, or whose first step is not reached, takes nothing off. */
export function offerFor(offer: PromotionOffer, context: OfferContext): EngineOffer | NoOffer {
  const made = rawOfferFor(offer, context);
  if (typeof made === 'string' || !('maxAmounts' in offer) || offer.maxAmounts.length === 0) return made;
  const maxAmountMinor = amountIn(offer.maxAmounts, context.currency);
  return maxAmountMinor === null ? 'wrong-currency' : { ...made, maxAmountMinor };
}

function rawOfferFor(offer: PromotionOffer, context: OfferContext): Offer | NoOffer {
  const withAmount = (amounts: readonly Money[], make: (amountMinor: number) => Offer): Offer | NoOffer => {
    const amountMinor = amountIn(amounts, context.currency);
    return amountMinor === null ? 'wrong-currency' : make(amountMinor);
  };
  const choiceOf = (items: ItemSelection) => ({ keys: context.items(items).keys, tag: null });
  const all = () => context.items(everything).keys;
  switch (offer.kind) {
    case 'percent-off-order':
      return { kind: 'percentOffOrder', rate: offer.rate, scope: scopeOf(offer), keys: all() };
    case 'fixed-off-order':
      return withAmount(offer.amounts, (amountMinor) => ({
        kind: 'fixedOffOrder',
        amountMinor,
        scope: scopeOf(offer),
        keys: all(),
      }));
    case 'order-fixed-price':
      return withAmount(offer.amounts, (amountMinor) => ({ kind: 'orderFixedPrice', amountMinor, keys: all() }));
    case 'percent-off-items':
      return { kind: 'percentOffItems', rate: offer.rate, ...unitLimitsOf(offer), ...choiceOf(offer.items) };
    case 'fixed-off-each-item':
      return withAmount(offer.amounts, (amountMinor) => ({
        kind: 'fixedOffItemsEach',
        amountMinor,
        ...unitLimitsOf(offer),
        ...choiceOf(offer.items),
      }));
    case 'fixed-off-across-items':
      return withAmount(offer.amounts, (amountMinor) => ({
        kind: 'fixedOffItemsAcross',
        amountMinor,
        ...choiceOf(offer.items),
      }));
    case 'buy-x-get-y': {
      const buy = { keys: context.items(offer.buy.items).keys, quantity: offer.buy.quantity };
      const get = { keys: context.items(offer.get.items).keys, quantity: offer.get.quantity, rate: offer.get.rate };
      return { kind: 'buyXGetY', buy, get, maxSets: offer.setsMax };
    }
    case 'tiered-by-subtotal': {
      const steps = offer.steps.flatMap((step) => {
        const fromMinor = amountIn(step.from, context.currency);
        const cut = stepCutOf(step, context.currency);
        return fromMinor === null || cut === null ? [] : [{ fromMinor, ...cut }];
      });
      return { kind: 'tieredOffOrder', steps, keys: all() };
    }
    case 'tiered-by-quantity':
      return tieredByQuantity(offer, context);
    case 'free-shipping':
      return { kind: 'freeShipping' };
    case 'fixed-off-shipping':
      return withAmount(offer.amounts, (amountMinor) => ({ kind: 'fixedOffShipping', amountMinor }));
    case 'percent-off-shipping':
      return { kind: 'percentOffShipping', rate: offer.rate };
    case 'gift-item':
      return { kind: 'freeUnits', ...giftUnits(offer, context.lines) };
    default:
      return unreachable(offer);
  }
}

function unitLimitsOf({
  unitsMax,
  unitsPerOrderMax: max,
  unitsFirst: first,
}: Extract<PromotionOffer, { kind: 'percent-off-items' | 'fixed-off-each-item' }>) {
  return { maxQuantity: unitsMax, ofOrder: max === null ? null : { max, first } };
}

function tieredByQuantity(
  { items, steps }: Extract<PromotionOffer, { kind: 'tiered-by-quantity' }>,
  context: OfferContext,
): Offer | NoOffer {
  const { keys, quantity } = context.items(items);
  const reached = steps.flatMap((step) => {
    const cut = step.fromQuantity <= quantity ? stepCutOf(step, context.currency) : null;
    return cut === null ? [] : [{ fromQuantity: step.fromQuantity, ...cut }];
  });
  const step = reached.toSorted((a, b) => b.fromQuantity - a.fromQuantity)[0];
  if (step === undefined)
    return steps.some((one) => stepCutOf(one, context.currency) !== null) ? 'items-missing' : 'wrong-currency';
  return 'rate' in step
    ? { kind: 'percentOffItems', rate: step.rate, keys, tag: null, maxQuantity: null }
    : { kind: 'fixedOffItemsAcross', amountMinor: step.amountMinor, keys, tag: null };
}

/** What a step takes off in a currency; null where it names no amount in it. */
function stepCutOf({ rate, amounts = [] }: StepOff, currency: Currency): StepCut | null {
  if (rate !== undefined) return { rate };
  const amountMinor = amountIn(amounts, currency);
  return amountMinor === null ? null : { amountMinor };
}

function scopeOf({ includesShipping }: { readonly includesShipping: boolean }): 'lines' | 'lines+shipping' {
  return includesShipping ? 'lines+shipping' : 'lines';
}

/**
 * The units of the variant that are free, over its lines in the order of their ids: the order of the cart means nothing. And
 * how many units there are too few.
 */
export function giftUnits(
  { variantId, quantity }: { readonly variantId: string; readonly quantity: number },
  lines: readonly QuoteLine[],
): { readonly units: readonly UnitsOf[]; readonly lacking: number } {
  let left = quantity;
  const units = lines
    .filter((line) => line.variantId === variantId && line.isGiftCard !== true)
    .sort((a, b) => (a.lineId < b.lineId ? -1 : 1))
    .flatMap((line) => {
      const free = Math.min(left, line.quantity);
      left -= free;
      return free === 0 ? [] : [{ key: line.lineId, quantity: free }];
    });
  return { units, lacking: left };
}
