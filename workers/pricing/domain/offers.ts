/**
 * The offer of a merchant's promotion as the engine takes it, for one cart: amounts in the cart's currency, selections as
 * the lines they mean.
 */
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { ItemSelection, PromotionOffer, StepOff } from '../../../shared/contracts/pricing/promotions.ts';
import type { Currency, Money } from '../../../shared/values/money.ts';
import { unreachable } from '../../../shared/values/result.ts';
import type { ItemIndex } from './items.ts';
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

/** Null where it can take nothing off this cart: no amount in its currency, none of its items, no step reached. */
export function offerFor(offer: PromotionOffer, context: OfferContext): Offer | null {
  const withAmount = (amounts: readonly Money[], make: (amountMinor: number) => Offer): Offer | null => {
    const amountMinor = amountIn(amounts, context.currency);
    return amountMinor === null ? null : make(amountMinor);
  };
  const choiceOf = (items: ItemSelection) => ({ keys: context.items(items).keys, tag: null });
  switch (offer.kind) {
    case 'percent-off-order':
      return { kind: 'percentOffOrder', rate: offer.rate, scope: scopeOf(offer) };
    case 'fixed-off-order':
      return withAmount(offer.amounts, (amountMinor) => ({
        kind: 'fixedOffOrder',
        amountMinor,
        scope: scopeOf(offer),
      }));
    case 'order-fixed-price':
      return withAmount(offer.amounts, (amountMinor) => ({ kind: 'orderFixedPrice', amountMinor }));
    case 'percent-off-items':
      return { kind: 'percentOffItems', rate: offer.rate, maxQuantity: offer.unitsMax, ...choiceOf(offer.items) };
    case 'fixed-off-each-item':
      return withAmount(offer.amounts, (amountMinor) => ({
        kind: 'fixedOffItemsEach',
        amountMinor,
        maxQuantity: offer.unitsMax,
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
      return { kind: 'tieredOffOrder', steps };
    }
    case 'tiered-by-quantity': {
      const { keys, quantity } = context.items(offer.items);
      const reached = offer.steps.flatMap((step) => {
        const cut = step.fromQuantity <= quantity ? stepCutOf(step, context.currency) : null;
        return cut === null ? [] : [{ fromQuantity: step.fromQuantity, ...cut }];
      });
      const step = reached.toSorted((a, b) => b.fromQuantity - a.fromQuantity)[0];
      if (step === undefined) return null;
      return 'rate' in step
        ? { kind: 'percentOffItems', rate: step.rate, keys, tag: null, maxQuantity: null }
        : { kind: 'fixedOffItemsAcross', amountMinor: step.amountMinor, keys, tag: null };
    }
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
    .filter((line) => line.variantId === variantId)
    .sort((a, b) => (a.lineId < b.lineId ? -1 : 1))
    .flatMap((line) => {
      const free = Math.min(left, line.quantity);
      left -= free;
      return free === 0 ? [] : [{ key: line.lineId, quantity: free }];
    });
  return { units, lacking: left };
}
