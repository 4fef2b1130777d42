/**
 * A cart: a shopper's mutable intent to buy. It owns lines, addresses and the other details of one shopper, and is the fold
 * of its events. Prices in it come from the catalogue, never from outside.
 */
import type { CartDetails, CartLine, CartSnapshot, DiscountByHand } from '../../../shared/contracts/cart/api.ts';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { Customer } from '../../../shared/values/customer.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { unreachable } from '../../../shared/values/result.ts';
import { dayMs } from '../../../shared/values/time.ts';

/** Where and when a cart began; its id carries all of it. */
export interface CartOrigin {
  readonly country: string;
  readonly currency: Currency;
  readonly createdAt: number;
}

/** What a checkout reads of a cart, but for what its status decides. */
interface CartBase extends CartOrigin, Omit<CartSnapshot, 'cartId' | 'version' | 'status' | 'checkoutId'> {}
interface EmptyCart {
  readonly status: 'empty';
}
export interface ActiveCart extends CartBase {
  readonly status: 'active';
}
interface FrozenCart extends CartBase {
  readonly status: 'frozen';
  readonly checkoutId: string;
  /** The freeze ends by itself at this moment. */
  readonly until: number;
}
interface CompletedCart extends CartBase {
  readonly status: 'completed';
  readonly checkoutId: string;
}
export type StartedCart = ActiveCart | FrozenCart | CompletedCart;
export type Cart = EmptyCart | StartedCart;

export const emptyCart: Cart = { status: 'empty' };

export const noDetails: CartDetails = {
  email: null,
  phone: null,
  shippingAddress: null,
  billingAddress: null,
  shippingOptionId: null,
  discountCodes: [],
  giftCards: [],
  storeCredit: null,
  vatId: null,
  note: null,
  attributes: {},
};

const nobodyYet: Pick<CartBase, 'customer' | 'usedUp'> = { customer: null, usedUp: [] };

export type CartEvent = { readonly at: number } & (
  | { readonly type: 'cart-started'; readonly origin: CartOrigin }
  | { readonly type: 'line-added'; readonly line: CartLine }
  /** What is null or absent stays. */
  | ({
      readonly type: 'line-changed';
      readonly variant: VariantSnapshot | null;
      readonly attributes?: CartLine['attributes'];
    } & Pick<CartLine, 'lineId' | 'quantity'>)
  | { readonly type: 'line-removed'; readonly lineId: string }
  | { readonly type: 'market-changed'; readonly country: string; readonly currency: Currency }
  | { readonly type: 'details-changed'; readonly details: Partial<CartDetails> }
  /** The actor is who said so. */
  | { readonly type: 'customer-set'; readonly customer: Customer | null; readonly actor: string }
  /** Null takes it away. */
  | { readonly type: 'discount-set'; readonly discount: DiscountByHand | null }
  | {
      readonly type: 'cart-repriced';
      readonly variants: readonly VariantSnapshot[];
      readonly usedUp: readonly string[];
    }
  | { readonly type: 'cart-frozen'; readonly checkoutId: string; readonly until: number }
  | { readonly type: 'cart-thawed' | 'cart-completed'; readonly checkoutId: string }
);

export function evolveCart(cart: Cart, event: CartEvent): Cart {
  const seen = { seenAt: event.at, updatedAt: event.at };
  if (event.type === 'cart-started') {
    return { status: 'active', ...event.origin, ...noDetails, ...nobodyYet, lines: [], ...seen };
  }
  if (cart.status === 'empty') return cart;
  const updatedAt = event.at;
  switch (event.type) {
    case 'line-added':
      return { ...cart, lines: [...cart.lines, event.line], ...seen };
    case 'line-changed': {
      const { lineId, quantity, variant } = event;
      const lines = cart.lines.map((line) =>
        line.lineId === lineId
          ? { ...line, quantity, variant: variant ?? line.variant, attributes: event.attributes ?? line.attributes }
          : line,
      );
      return { ...cart, lines, ...seen };
    }
    case 'line-removed':
      return { ...cart, lines: cart.lines.filter((line) => line.lineId !== event.lineId), ...seen };
    case 'market-changed':
      return { ...cart, ...inMarket(cart, event), ...seen };
    case 'details-changed':
      return { ...cart, ...event.details, ...seen };
    case 'customer-set': {
      const { customer } = event;
      // The choice to pay with store credit is the former customer's.
      const storeCredit = cart.storeCredit?.customerId === customer?.id ? cart.storeCredit : null;
      const { rejectedStoreCredit: _former, ...rest } = cart;
      return { ...rest, customer, storeCredit, ...seen };
    }
    case 'discount-set': {
      const { discountByHand: _former, ...rest } = cart;
      return { ...rest, ...(event.discount === null ? {} : { discountByHand: event.discount }), ...seen };
    }
    case 'cart-repriced': {
      const fresh = new Map(event.variants.map((variant) => [variant.variantId, variant]));
      return {
        ...cart,
        lines: cart.lines.map((line) => ({ ...line, variant: fresh.get(line.variant.variantId) ?? line.variant })),
        usedUp: event.usedUp,
        ...seen,
      };
    }
    case 'cart-frozen':
      return { ...baseOf(cart), status: 'frozen', checkoutId: event.checkoutId, until: event.until, updatedAt };
    case 'cart-thawed':
      return { ...baseOf(cart), status: 'active', updatedAt };
    case 'cart-completed':
      return { ...baseOf(cart), status: 'completed', checkoutId: event.checkoutId, updatedAt };
    default:
      return unreachable(event);
  }
}

/** What belongs to the former market is gone: a way to send it, an address elsewhere, money of another currency. */
function inMarket(
  cart: StartedCart,
  { country, currency }: Pick<CartOrigin, 'country' | 'currency'>,
): Partial<CartBase> {
  const address = cart.shippingAddress;
  return {
    ...{ country, currency, shippingOptionId: null },
    shippingAddress: address !== null && address.country === country ? address : null,
    ...(currency === cart.currency ? {} : { giftCards: [], rejectedGiftCards: [], storeCredit: null }),
  };
}

/** What a cart has in every status. */
export function baseOf(cart: StartedCart): CartBase {
  const {
    status: _status,
    checkoutId: _checkoutId,
    until: _until,
    ...base
  } = { checkoutId: null, until: null, ...cart };
  return base;
}

/** A cart as it is at a moment: a freeze whose time is over has ended, even before an event records it. */
export function cartAt(cart: StartedCart, now: number): StartedCart {
  return cart.status === 'frozen' && cart.until <= now ? { ...baseOf(cart), status: 'active' } : cart;
}

/** When a cart is looked at again to be deleted. Rounded up to a day, so that most changes leave the timer alone. */
export function cartWakeAt(cart: Cart, ttlMs: number): number | null {
  return cart.status === 'empty' ? null : Math.ceil((cart.updatedAt + ttlMs) / dayMs) * dayMs;
}

export function isExpired(cart: Cart, now: number, ttlMs: number): boolean {
  return cart.status !== 'empty' && cart.updatedAt + ttlMs <= now;
}
