/**
 * A cart: a shopper's mutable intent to buy. It owns lines, addresses and the other details of one shopper, counts a
 * version per change, and can be frozen by one checkout at a time. Prices in it come from the catalogue, never from outside.
 */
import type { CartLine } from '../../shared/contracts/cart.ts';
import type { VariantSnapshot } from '../../shared/contracts/catalog.ts';
import { type Decision, decided, declined } from '../../shared/holds/holds.ts';
import type { Address } from '../../shared/values/address.ts';
import type { Currency } from '../../shared/values/money.ts';
import { cartLinesMax, lineQuantityMax } from '../../shared/values/quantity.ts';
import { unreachable } from '../../shared/values/result.ts';
import { dayMs } from '../../shared/values/time.ts';

/** What a shopper may set beside the lines. */
export interface CartDetails {
  readonly email: string | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly shippingOptionId: string | null;
  readonly discountCodes: readonly string[];
  readonly giftCards: readonly string[];
  readonly note: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where and when a cart began; its id carries all of it. */
export interface CartOrigin {
  readonly country: string;
  readonly currency: Currency;
  readonly createdAt: number;
}

interface CartBase extends CartOrigin, CartDetails {
  readonly lines: readonly CartLine[];
  readonly updatedAt: number;
}
export interface EmptyCart {
  readonly status: 'empty';
}
export interface ActiveCart extends CartBase {
  readonly status: 'active';
}
export interface FrozenCart extends CartBase {
  readonly status: 'frozen';
  readonly checkoutId: string;
  /** A freeze that nobody ends thaws at this moment. */
  readonly until: number;
}
export interface CompletedCart extends CartBase {
  readonly status: 'completed';
  readonly checkoutId: string;
}
export type StartedCart = ActiveCart | FrozenCart | CompletedCart;
export type Cart = EmptyCart | StartedCart;

export const emptyCart: Cart = { status: 'empty' };

export const noDetails: CartDetails = {
  email: null,
  shippingAddress: null,
  billingAddress: null,
  shippingOptionId: null,
  discountCodes: [],
  giftCards: [],
  note: null,
  attributes: {},
};

export type CartEvent =
  | { readonly type: 'cart-started'; readonly origin: CartOrigin; readonly at: number }
  | { readonly type: 'line-added'; readonly line: CartLine; readonly at: number }
  | {
      readonly type: 'line-changed';
      readonly lineId: string;
      readonly quantity: number;
      readonly variant: VariantSnapshot | null;
      readonly at: number;
    }
  | { readonly type: 'line-removed'; readonly lineId: string; readonly at: number }
  | { readonly type: 'details-changed'; readonly details: Partial<CartDetails>; readonly at: number }
  | { readonly type: 'cart-repriced'; readonly variants: readonly VariantSnapshot[]; readonly at: number }
  | { readonly type: 'cart-frozen'; readonly checkoutId: string; readonly until: number; readonly at: number }
  | { readonly type: 'cart-thawed'; readonly checkoutId: string; readonly at: number }
  | { readonly type: 'cart-completed'; readonly checkoutId: string; readonly at: number };

export interface NewLine {
  readonly lineId: string;
  readonly variant: VariantSnapshot;
  readonly quantity: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export type CartCommand = { readonly now: number } & (
  | {
      readonly type: 'add-lines';
      readonly lines: readonly NewLine[];
      readonly origin: CartOrigin;
      readonly emptyUntil: number;
    }
  | { readonly type: 'change-line'; readonly lineId: string; readonly quantity: number }
  | { readonly type: 'remove-line'; readonly lineId: string }
  | {
      readonly type: 'change-details';
      readonly details: Partial<CartDetails>;
      readonly origin: CartOrigin;
      readonly emptyUntil: number;
    }
  | { readonly type: 'reprice'; readonly variants: readonly VariantSnapshot[] }
  | { readonly type: 'freeze'; readonly checkoutId: string; readonly version: number; readonly until: number }
  | { readonly type: 'thaw'; readonly checkoutId: string }
  | { readonly type: 'complete'; readonly checkoutId: string }
);

export type CartNo =
  | { readonly code: 'not-found' }
  | { readonly code: 'cart-changed'; readonly version: number }
  | { readonly code: 'cart-frozen'; readonly checkoutId: string }
  | { readonly code: 'cart-completed'; readonly checkoutId: string }
  | { readonly code: 'variant-unavailable'; readonly variantId: string; readonly sku: string }
  | { readonly code: 'currency-not-sold'; readonly variantId: string; readonly sku: string; readonly currency: string }
  | { readonly code: 'too-many-lines'; readonly max: number }
  | {
      readonly code: 'quantity-too-large';
      readonly variantId: string;
      readonly quantity: number;
      readonly max: number;
    };

type CartDecision = Decision<CartEvent, CartNo>;

/** A freeze whose time is over ends before anything else is decided. */
export function decideCart(cart: Cart, version: number, command: CartCommand): CartDecision {
  if (cart.status === 'frozen' && cart.until <= command.now && command.type !== 'complete') {
    const thawed: CartEvent = { type: 'cart-thawed', checkoutId: cart.checkoutId, at: command.now };
    const decision = decideOn(evolveCart(cart, thawed), version + 1, command);
    return { events: [thawed, ...decision.events], refusal: decision.refusal };
  }
  return decideOn(cart, version, command);
}

function decideOn(cart: Cart, version: number, command: CartCommand): CartDecision {
  const at = command.now;
  switch (command.type) {
    case 'freeze':
      return decideFreeze(cart, version, command);
    case 'thaw':
      return cart.status === 'frozen' && cart.checkoutId === command.checkoutId
        ? decided({ type: 'cart-thawed', checkoutId: command.checkoutId, at })
        : decided();
    case 'complete':
      if (cart.status === 'empty' || cart.status === 'completed') return decided();
      return decided({ type: 'cart-completed', checkoutId: command.checkoutId, at });
    case 'add-lines':
    case 'change-details': {
      const barred = barredBy(cart);
      if (barred !== null) return declined(barred);
      // A cart that was never filled, or was deleted, lives no longer than its id says.
      if (cart.status === 'empty' && command.emptyUntil <= at) return declined({ code: 'not-found' });
      const started: CartEvent[] =
        cart.status === 'empty' ? [{ type: 'cart-started', origin: command.origin, at }] : [];
      const current = started.reduce(evolveCart, cart);
      if (current.status !== 'active') return declined({ code: 'not-found' });
      const decision =
        command.type === 'add-lines'
          ? decideAdd(current, command.lines, at)
          : decideDetails(current, command.details, at);
      return decision.events.length === 0
        ? decision
        : { events: [...started, ...decision.events], refusal: decision.refusal };
    }
    case 'change-line':
    case 'remove-line': {
      const barred = barredBy(cart);
      if (barred !== null) return declined(barred);
      const line = cart.status === 'active' ? cart.lines.find(({ lineId }) => lineId === command.lineId) : undefined;
      if (line === undefined) return declined({ code: 'not-found' });
      if (command.type === 'remove-line') return decided({ type: 'line-removed', lineId: line.lineId, at });
      if (line.quantity === command.quantity) return decided();
      return decided({ type: 'line-changed', lineId: line.lineId, quantity: command.quantity, variant: null, at });
    }
    case 'reprice':
      return cart.status === 'active' && command.variants.length > 0
        ? decided({ type: 'cart-repriced', variants: command.variants, at })
        : decided();
    default:
      return unreachable(command);
  }
}

function barredBy(cart: Cart): CartNo | null {
  if (cart.status === 'frozen') return { code: 'cart-frozen', checkoutId: cart.checkoutId };
  if (cart.status === 'completed') return { code: 'cart-completed', checkoutId: cart.checkoutId };
  return null;
}

function decideFreeze(cart: Cart, version: number, command: Extract<CartCommand, { type: 'freeze' }>): CartDecision {
  if (cart.status === 'empty') return declined({ code: 'not-found' });
  if (cart.status === 'frozen' && cart.checkoutId === command.checkoutId) return decided();
  const barred = barredBy(cart);
  if (barred !== null) return declined(barred);
  if (version !== command.version) return declined({ code: 'cart-changed', version });
  return decided({ type: 'cart-frozen', checkoutId: command.checkoutId, until: command.until, at: command.now });
}

/** All lines or none: a refused line leaves the cart as it was. */
function decideAdd(cart: ActiveCart, additions: readonly NewLine[], at: number): CartDecision {
  const events: CartEvent[] = [];
  let current: StartedCart = cart;
  for (const addition of additions) {
    const refusal = policies.map((policy) => policy(current, addition)).find((no) => no !== null);
    if (refusal !== undefined && refusal !== null) return declined(refusal);
    const twin = current.lines.find((line) => isSameLine(line, addition));
    const event: CartEvent =
      twin === undefined
        ? { type: 'line-added', line: addition, at }
        : {
            type: 'line-changed',
            lineId: twin.lineId,
            quantity: twin.quantity + addition.quantity,
            variant: addition.variant,
            at,
          };
    events.push(event);
    const after = evolveCart(current, event);
    if (after.status !== 'empty') current = after;
  }
  return { events, refusal: null };
}

type AddPolicy = (cart: StartedCart, addition: NewLine) => CartNo | null;

/** What must hold before a line may be added. The first that does not is the refusal. */
const policies: readonly AddPolicy[] = [
  function variantMustBeSold(_cart, { variant }) {
    return variant.isSold ? null : { code: 'variant-unavailable', variantId: variant.variantId, sku: variant.sku };
  },
  function variantNeedsAPriceInTheCurrency({ currency }, { variant }) {
    if (variant.prices.some((price) => price.currency === currency)) return null;
    return { code: 'currency-not-sold', variantId: variant.variantId, sku: variant.sku, currency };
  },
  function quantityIsBounded(cart, addition) {
    const quantity = addition.quantity + (cart.lines.find((line) => isSameLine(line, addition))?.quantity ?? 0);
    if (quantity <= lineQuantityMax) return null;
    return { code: 'quantity-too-large', variantId: addition.variant.variantId, quantity, max: lineQuantityMax };
  },
  function linesAreBounded(cart, addition) {
    const isMerged = cart.lines.some((line) => isSameLine(line, addition));
    return isMerged || cart.lines.length < cartLinesMax ? null : { code: 'too-many-lines', max: cartLinesMax };
  },
];

/** Two lines are one when they name the same variant with the same attributes. */
function isSameLine(line: CartLine, addition: NewLine): boolean {
  return line.variant.variantId === addition.variant.variantId && keyOf(line.attributes) === keyOf(addition.attributes);
}

function keyOf(attributes: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function decideDetails(cart: ActiveCart, details: Partial<CartDetails>, at: number): CartDecision {
  const current: Partial<Record<string, unknown>> = { ...cart };
  const isChanged = Object.entries(details).some(
    ([name, value]) => JSON.stringify(current[name]) !== JSON.stringify(value),
  );
  return isChanged ? decided({ type: 'details-changed', details, at }) : decided();
}

export function evolveCart(cart: Cart, event: CartEvent): Cart {
  if (event.type === 'cart-started') {
    return { status: 'active', ...event.origin, ...noDetails, lines: [], updatedAt: event.at };
  }
  if (cart.status === 'empty') return cart;
  const updatedAt = event.at;
  switch (event.type) {
    case 'line-added':
      return { ...cart, lines: [...cart.lines, event.line], updatedAt };
    case 'line-changed': {
      const { lineId, quantity, variant } = event;
      const lines = cart.lines.map((line) =>
        line.lineId === lineId ? { ...line, quantity, variant: variant ?? line.variant } : line,
      );
      return { ...cart, lines, updatedAt };
    }
    case 'line-removed':
      return { ...cart, lines: cart.lines.filter((line) => line.lineId !== event.lineId), updatedAt };
    case 'details-changed':
      return { ...cart, ...event.details, updatedAt };
    case 'cart-repriced': {
      const fresh = new Map(event.variants.map((variant) => [variant.variantId, variant]));
      return {
        ...cart,
        lines: cart.lines.map((line) => ({ ...line, variant: fresh.get(line.variant.variantId) ?? line.variant })),
        updatedAt,
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

function baseOf(cart: StartedCart): CartBase {
  const {
    country,
    currency,
    createdAt,
    email,
    shippingAddress,
    billingAddress,
    shippingOptionId,
    discountCodes,
    giftCards,
    note,
    attributes,
    lines,
    updatedAt,
  } = cart;
  return {
    country,
    currency,
    createdAt,
    email,
    shippingAddress,
    billingAddress,
    shippingOptionId,
    discountCodes,
    giftCards,
    note,
    attributes,
    lines,
    updatedAt,
  };
}

/** When a cart is looked at again to be deleted. Rounded up to a day, so that most changes leave the timer alone. */
export function cartWakeAt(cart: Cart, ttlMs: number): number | null {
  return cart.status === 'empty' ? null : Math.ceil((cart.updatedAt + ttlMs) / dayMs) * dayMs;
}

export function isExpired(cart: Cart, now: number, ttlMs: number): boolean {
  return cart.status !== 'empty' && cart.updatedAt + ttlMs <= now;
}
