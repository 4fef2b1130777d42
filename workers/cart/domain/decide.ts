/**
 * What a cart answers to commands: events, or the reason why not. It counts a version per change, and one checkout at a time
 * may freeze it.
 */
import type { CartDetails, CartLine, DiscardRefusal, DiscountByHand } from '../../../shared/contracts/cart/api.ts';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import { type Decision, decided, declined } from '../../../shared/holds/holds.ts';
import type { Customer } from '../../../shared/values/customer.ts';
import { amountMax } from '../../../shared/values/money.ts';
import { assert, noSuch, unreachable } from '../../../shared/values/result.ts';
import { currencyNotSold, decideAdd, listedMinorOf, type NewLineRefusal } from './add-lines.ts';
import { type ActiveCart, type Cart, type CartEvent, type CartOrigin, cartAt, evolveCart } from './cart.ts';

/** What a command brings that may be the first of its cart. */
export interface Beginning {
  readonly origin: CartOrigin;
  /** Until when a cart that was never filled exists by its id. */
  readonly emptyUntil: number;
}

export interface LineChange {
  readonly quantity?: number;
  readonly attributes?: CartLine['attributes'];
}

export type CartCommand = { readonly now: number } & (
  | ({ readonly type: 'add-lines'; readonly lines: readonly CartLine[] } & Beginning)
  /** What is absent stays. */
  | ({ readonly type: 'change-line'; readonly lineId: string } & LineChange)
  | { readonly type: 'remove-line'; readonly lineId: string }
  | ({
      readonly type: 'change-details';
      readonly details: Partial<CartDetails>;
      /** The country and currency that the cart moves to. Absent: it stays where it is. */
      readonly market?: Pick<CartOrigin, 'country' | 'currency'>;
    } & Beginning)
  | ({ readonly type: 'set-customer'; readonly customer: Customer | null; readonly actor: string } & Beginning)
  | ({
      readonly type: 'set-discount';
      readonly discount: DiscountByHand | null;
      /** Of its amount, where it has one. */
      readonly currencies: readonly string[];
    } & Beginning)
  | { readonly type: 'reprice'; readonly variants: readonly VariantSnapshot[]; readonly usedUp: readonly string[] }
  | { readonly type: 'freeze'; readonly checkoutId: string; readonly version: number | null; readonly until: number }
  | { readonly type: 'thaw' | 'complete'; readonly checkoutId: string }
);

export type CartCommandRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'cart-changed'; readonly version: number }
  | { readonly code: 'cart-frozen' | 'cart-completed'; readonly checkoutId: string }
  | { readonly code: 'wrong-currency'; readonly detail: string; readonly currency: string }
  | NewLineRefusal;

type CartDecision = Decision<CartEvent, CartCommandRefusal>;

/** Why a cart cannot be thrown away; null where it can. */
export function discardFault(cart: Cart, now: number): DiscardRefusal | null {
  return barredBy(cart.status === 'empty' ? cart : cartAt(cart, now));
}

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
    case 'change-details':
    case 'set-customer':
    case 'set-discount': {
      const barred = barredBy(cart);
      if (barred !== null) return declined(barred);
      // A cart that was never filled, or was deleted, lives no longer than its id says.
      if (cart.status === 'empty' && command.emptyUntil <= at) return declined(noSuch('cart'));
      const started: CartEvent[] =
        cart.status === 'empty' ? [{ type: 'cart-started', origin: command.origin, at }] : [];
      const current = started.reduce(evolveCart, cart);
      if (current.status !== 'active') return declined(noSuch('cart'));
      const { events, refusal } = decideChange(current, command);
      return { events: events.length === 0 ? [] : [...started, ...events], refusal };
    }
    case 'change-line':
    case 'remove-line': {
      const barred = barredBy(cart);
      if (barred !== null) return declined(barred);
      if (cart.status !== 'active') return declined(noSuch('cart'));
      const line = cart.lines.find(({ lineId }) => lineId === command.lineId);
      if (line === undefined) return declined(noSuch('line in the cart'));
      if (command.type === 'remove-line') return decided({ type: 'line-removed', lineId: line.lineId, at });
      const quantity = command.quantity ?? line.quantity;
      const attributes = command.attributes ?? line.attributes;
      const isSame = JSON.stringify(attributes) === JSON.stringify(line.attributes);
      if (line.quantity === quantity && isSame) return decided();
      if (line.byHand !== undefined && quantity > line.quantity) return declined(noMoreByHand(line, quantity));
      if (isTooDear(cart, line, quantity)) return declined({ code: 'total-too-large', max: amountMax });
      return decided({
        ...{ type: 'line-changed', lineId: line.lineId, quantity, variant: null, at },
        ...(isSame ? {} : { attributes }),
      });
    }
    case 'reprice':
      return cart.status === 'active' ? decideReprice(cart, command) : decided();
    default:
      return unreachable(command);
  }
}

type Change = Extract<CartCommand, { type: 'add-lines' | 'change-details' | 'set-customer' | 'set-discount' }>;

/** The commands that may also begin a cart. */
function decideChange(cart: ActiveCart, command: Change): CartDecision {
  const at = command.now;
  switch (command.type) {
    case 'add-lines':
      return decideAdd(cart, command.lines, at);
    case 'change-details':
      return decideDetails(cart, command, at);
    case 'set-customer': {
      const { customer, actor } = command;
      const isSame = JSON.stringify(customer) === JSON.stringify(cart.customer);
      return isSame ? decided() : decided({ type: 'customer-set', customer, actor, at });
    }
    case 'set-discount': {
      const { discount, currencies } = command;
      if (currencies.some((one) => one !== cart.currency)) return declined(otherMoney(cart.currency));
      return isSameDiscount(discount, cart.discountByHand ?? null)
        ? decided()
        : decided({ type: 'discount-set', discount, at });
    }
  }
}

/** Who repeats a discount, and when, makes no other one of it. */
function isSameDiscount(one: DiscountByHand | null, other: DiscountByHand | null): boolean {
  if (one === null || other === null) return one === other;
  return JSON.stringify([one.discount, one.reason]) === JSON.stringify([other.discount, other.reason]);
}

function otherMoney(currency: string): CartCommandRefusal {
  return { code: 'wrong-currency', detail: `The cart is in ${currency}.`, currency };
}

/** A merchant's price is for the units that the merchant gave it to; who has the cart may take fewer of them. */
function noMoreByHand({ variant, quantity: max }: CartLine, quantity: number): CartCommandRefusal {
  const units = max === 1 ? '1 unit' : `${max} units`;
  const detail = `The price of this line was made by hand for ${units}. Add more of ${variant.sku} as a line of its own.`;
  return { code: 'quantity-too-large', detail, variantId: variant.variantId, quantity, max };
}

function isTooDear({ lines, currency }: ActiveCart, changed: CartLine, quantity: number): boolean {
  const others = lines.filter((line) => line !== changed);
  return listedMinorOf([...others, { ...changed, quantity }], currency) > amountMax;
}

function barredBy(cart: Cart): DiscardRefusal | null {
  if (cart.status === 'frozen') return { code: 'cart-frozen', checkoutId: cart.checkoutId };
  if (cart.status === 'completed') return { code: 'cart-completed', checkoutId: cart.checkoutId };
  return null;
}

function decideReprice(
  { usedUp: shown }: ActiveCart,
  { variants, usedUp, now: at }: Extract<CartCommand, { type: 'reprice' }>,
): CartDecision {
  const isShown = usedUp.length === shown.length && usedUp.every((allowance) => shown.includes(allowance));
  return isShown && variants.length === 0 ? decided() : decided({ type: 'cart-repriced', variants, usedUp, at });
}

function decideFreeze(cart: Cart, version: number, command: Extract<CartCommand, { type: 'freeze' }>): CartDecision {
  if (cart.status === 'empty') return declined(noSuch('cart'));
  if (cart.status === 'frozen' && cart.checkoutId === command.checkoutId) return decided();
  const barred = barredBy(cart);
  if (barred !== null) return declined(barred);
  if (command.version !== null && version !== command.version) return declined({ code: 'cart-changed', version });
  return decided({ type: 'cart-frozen', checkoutId: command.checkoutId, until: command.until, at: command.now });
}

function decideDetails(
  cart: ActiveCart,
  { details, market }: Pick<Extract<CartCommand, { type: 'change-details' }>, 'details' | 'market'>,
  at: number,
): CartDecision {
  const { storeCredit = null } = details;
  const isTheirs = storeCredit === null || storeCredit.customerId === cart.customer?.id;
  assert(isTheirs, 'store credit pays only for a cart of its customer');
  const isMoved = market !== undefined && (market.country !== cart.country || market.currency !== cart.currency);
  const moved: CartEvent[] = isMoved ? [{ type: 'market-changed', ...market, at }] : [];
  const barred = isMoved ? barredFrom(market, cart) : null;
  if (barred !== null) return declined(barred);
  const current: Partial<Record<string, unknown>> = { ...moved.reduce<Cart>(evolveCart, cart) };
  const isChanged = Object.entries(details).some(
    ([name, value]) => JSON.stringify(current[name]) !== JSON.stringify(value),
  );
  return decided(...moved, ...(isChanged ? [{ type: 'details-changed', details, at } as const] : []));
}

/** A line that has no price in the currency, or something by hand in another, keeps its cart from moving there. */
function barredFrom({ currency }: Pick<CartOrigin, 'currency'>, cart: ActiveCart): CartCommandRefusal | null {
  const { lines, discountByHand } = cart;
  const unsold = lines.find(
    ({ variant, byHand }) =>
      !variant.prices.some((price) => price.currency === currency) ||
      (byHand !== undefined && currency !== cart.currency),
  );
  if (unsold !== undefined) {
    return currencyNotSold(unsold.variant, currency);
  }
  if (discountByHand?.discount.kind === 'off' && currency !== cart.currency) {
    const detail = `The cart has a discount in ${cart.currency}, so it stays in that currency.`;
    return { code: 'wrong-currency', detail, currency: cart.currency };
  }
  return listedMinorOf(lines, currency) > amountMax ? { code: 'total-too-large', max: amountMax } : null;
}
