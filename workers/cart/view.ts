/** A cart as the public sees it. */
import type { CartSnapshot } from '../../shared/contracts/cart/api.ts';
import type {
  CartView,
  LineView,
  RejectedGiftCardView,
  RejectedStoreCreditView,
} from '../../shared/contracts/cart/http.ts';
import { giftCardBalance, partsOfAllowance } from '../../shared/contracts/pricing/allowances.ts';
import type { OfferedGift, Quote, UnusableBalance } from '../../shared/contracts/pricing/api.ts';
import {
  giftCardViews,
  lineViews,
  notesOf,
  obstacleViews,
  type ShownQuote,
  totalsView,
} from '../../shared/quoting/views.ts';
import { money } from '../../shared/values/money.ts';
import { lineQuantityMax } from '../../shared/values/quantity.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import type { LineObstacle, LineState } from './domain/line-state.ts';
import { type PresentCart, snapshotOf } from './service/carts.ts';

/** What is shown of a priced cart. */
export interface ShownCart {
  readonly quote: ShownQuote;
  readonly gifts: readonly OfferedGift[];
  readonly unusableBalances?: readonly UnusableBalance[];
  /** In the order of the lines. */
  readonly lineStates: readonly LineState[];
}

export function viewOf(present: PresentCart, shown: ShownCart, ttlMs: number): CartView {
  const { quote, gifts, lineStates, unusableBalances = [] } = shown;
  const { cart } = present;
  const { cartId, version, status, checkoutId, ...details } = snapshotOf(present);
  return {
    id: cartId,
    version,
    status,
    checkoutId,
    country: details.country,
    currency: details.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    email: details.email,
    phone: details.phone,
    customer: details.customer,
    shippingAddress: details.shippingAddress,
    billingAddress: details.billingAddress,
    shippingOptionId: quote.shippingOptionId,
    discountCodes: [...details.discountCodes],
    giftCards: giftCardViews(details.giftCards, quote),
    rejectedGiftCards: rejectedCardViews(details, unusableBalances),
    useStoreCredit: details.storeCredit !== null,
    rejectedStoreCredit: rejectedCreditView(details, unusableBalances),
    vatId: details.vatId,
    note: details.note,
    attributes: { ...details.attributes },
    lines: cartLineViews(lineViews(details.lines, quote), lineStates),
    totals: totalsView(quote),
    ...notesOf(quote),
    taxIsEstimated: quote.taxNeeds !== undefined,
    orderObstacles: obstacleViews(quote),
    offeredGifts: gifts.map(({ allowances: _held, ...gift }) => gift),
    pricingVersion: quote.pricingVersion,
    createdAt: toTimestamp(cart.createdAt),
    updatedAt: toTimestamp(cart.updatedAt),
    expiresAt: toTimestamp(cart.updatedAt + ttlMs),
  };
}

/** Cards of the cart that can pay nothing, and then what was given and is no card that can. */
function rejectedCardViews(
  { giftCards, rejectedGiftCards = [] }: Pick<CartSnapshot, 'giftCards' | 'rejectedGiftCards'>,
  unusable: readonly UnusableBalance[],
): RejectedGiftCardView[] {
  const reasons = new Map(unusable.map(({ key, reason }) => [key, reason]));
  const ofCart = giftCards.flatMap(({ cardId: id, last4 }): RejectedGiftCardView[] => {
    const reason = reasons.get(giftCardBalance(id));
    return reason === undefined ? [] : [{ id, last4, applicable: false, reason, detail: whyCardPaysNothing[reason] }];
  });
  const given = rejectedGiftCards.map(({ last4, reason }): RejectedGiftCardView => {
    const detail = last4 === '' ? 'No code was given. Type it as it stands on the card.' : whyCardPaysNothing[reason];
    return { id: null, last4, applicable: false, reason, detail };
  });
  return [...ofCart, ...given];
}

const whyCardPaysNothing: Readonly<Record<RejectedGiftCardView['reason'], string>> = {
  unknown: 'There is no such gift card. Look how its code is spelled.',
  disabled: 'The gift card was blocked.',
  expired: 'The gift card is not valid any more.',
  'wrong-currency': 'The gift card is in another currency than the cart.',
  spent: 'Nothing is left on the gift card, or an order that is not finished yet holds what is.',
};

function rejectedCreditView(
  { rejectedStoreCredit = null }: Pick<CartSnapshot, 'rejectedStoreCredit'>,
  unusable: readonly UnusableBalance[],
): RejectedStoreCreditView | null {
  const isSpent = unusable.some(({ key }) => partsOfAllowance(key).kind === 'credit');
  const reason = rejectedStoreCredit ?? (isSpent ? 'spent' : null);
  return reason === null ? null : { applicable: false, reason, detail: whyCreditPaysNothing[reason] };
}

const whyCreditPaysNothing: Readonly<Record<RejectedStoreCreditView['reason'], string>> = {
  'customer-needed': 'Only a customer has store credit, and this cart has no customer.',
  spent: 'There is no store credit, or an order that is not finished yet holds it.',
};

function cartLineViews(lines: readonly LineView[], states: readonly LineState[]): CartView['lines'] {
  return lines.map((line, index) => {
    const state = states[index] ?? unknownState;
    const { available, maxQuantity, obstacle } = state;
    return {
      ...line,
      available,
      maxQuantity,
      obstacle: obstacle === null ? null : { reason: obstacle, detail: sentenceOn(obstacle, line, state) },
    };
  });
}

const unknownState: LineState = { available: null, maxQuantity: lineQuantityMax, obstacle: null };

function sentenceOn(obstacle: LineObstacle, { title }: LineView, { maxQuantity, orderMax }: LineState): string {
  switch (obstacle) {
    case 'not-sold':
      return `${title} is not sold any more. Remove the line.`;
    case 'not-sold-in-currency':
      return `${title} is not sold in this currency any more. Remove the line.`;
    case 'sold-out':
      return `${title} is sold out. Remove the line, or look again later.`;
    case 'not-enough-left':
      if (orderMax !== undefined)
        return maxQuantity === 0
          ? `An order holds at most ${orderMax} of ${title}, and other lines have them. Remove this one.`
          : `An order holds at most ${orderMax} of ${title}. Take no more than ${maxQuantity} in this line.`;
      return maxQuantity === 0
        ? `Other lines have all that is left of ${title}. Remove this one.`
        : `Only ${maxQuantity} of ${title} are left for this line. Take no more than that.`;
  }
}

export function paymentMethodsView({ paymentMethods = [], dueMinor, currency }: Quote) {
  return { items: paymentMethods, next: null, due: money(dueMinor, currency) };
}

export function shippingOptionsView({ shippingOptions, currency }: Quote) {
  const items = shippingOptions.map(({ id, name, priceMinor, isPickup = false }) => ({
    id,
    name,
    price: money(priceMinor, currency),
    isPickup,
  }));
  return { items, next: null };
}
