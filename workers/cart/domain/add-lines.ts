/** Adding lines: all of them or none, equal lines become one, and what must hold before a line may be added. */
import type { CartLine } from '../../../shared/contracts/cart/api.ts';
import { type Decision, declined } from '../../../shared/holds/holds.ts';
import { amountMax, type Currency } from '../../../shared/values/money.ts';
import { cartLinesMax, lineQuantityMax } from '../../../shared/values/quantity.ts';
import { type ActiveCart, type CartEvent, evolveCart, type StartedCart } from './cart.ts';

/** Why a line is not added. */
export type NewLineRefusal =
  | { readonly code: 'variant-unavailable'; readonly variantId: string; readonly sku: string }
  | {
      readonly code: 'currency-not-sold';
      readonly detail: string;
      readonly variantId: string;
      readonly sku: string;
      readonly currency: string;
    }
  | { readonly code: 'too-many-lines' | 'total-too-large'; readonly max: number }
  | {
      readonly code: 'quantity-too-large';
      readonly detail?: string;
      readonly variantId: string;
      readonly quantity: number;
      readonly max: number;
    };

/** All lines or none: a refused line leaves the cart as it was. */
export function decideAdd(
  cart: ActiveCart,
  additions: readonly CartLine[],
  at: number,
): Decision<CartEvent, NewLineRefusal> {
  const events: CartEvent[] = [];
  let current: StartedCart = cart;
  for (const addition of additions) {
    const refusal = policies.map((policy) => policy(current, addition)).find((no) => no !== null);
    if (refusal !== undefined && refusal !== null) return declined(refusal);
    const twin = current.lines.find((line) => isSameLine(line, addition));
    const quantity = addition.quantity + (twin?.quantity ?? 0);
    const event: CartEvent =
      twin === undefined
        ? { type: 'line-added', line: addition, at }
        : { type: 'line-changed', lineId: twin.lineId, quantity, variant: addition.variant, at };
    events.push(event);
    const after = evolveCart(current, event);
    if (after.status !== 'empty') current = after;
  }
  return { events, refusal: null };
}

/** What cannot be sold in the currency, by its SKU. */
export function currencyNotSold(
  { variantId, sku }: Pick<CartLine['variant'], 'variantId' | 'sku'>,
  currency: string,
): NewLineRefusal {
  return { code: 'currency-not-sold', detail: `${sku} has no price in ${currency}.`, variantId, sku, currency };
}

type AddPolicy = (cart: StartedCart, addition: CartLine) => NewLineRefusal | null;

/** What must hold before a line may be added. The first that does not is the refusal. */
const policies: readonly AddPolicy[] = [
  function variantMustBeSold(_cart, { variant }) {
    return variant.isSold ? null : { code: 'variant-unavailable', variantId: variant.variantId, sku: variant.sku };
  },
  function variantNeedsAPriceInTheCurrency({ currency }, { variant }) {
    if (variant.prices.some((price) => price.currency === currency)) return null;
    return currencyNotSold(variant, currency);
  },
  function quantityIsBounded(cart, addition) {
    const quantity = addition.quantity + (cart.lines.find((line) => isSameLine(line, addition))?.quantity ?? 0);
    if (quantity <= lineQuantityMax) return null;
    return { code: 'quantity-too-large', variantId: addition.variant.variantId, quantity, max: lineQuantityMax };
  },
  function totalIsBounded(cart, addition) {
    return listedMinorOf(cart.lines, cart.currency) + listedMinorOf([addition], cart.currency) <= amountMax
      ? null
      : { code: 'total-too-large', max: amountMax };
  },
  function linesAreBounded(cart, addition) {
    const isMerged = cart.lines.some((line) => isSameLine(line, addition));
    return isMerged || cart.lines.length < cartLinesMax ? null : { code: 'too-many-lines', max: cartLinesMax };
  },
];

/** What lines are listed at together. Up to 200 of 999 units each may leave the safe integers, never by so much as to seem small. */
export function listedMinorOf(lines: readonly Pick<CartLine, 'variant' | 'quantity'>[], currency: Currency): number {
  let total = 0;
  for (const { variant, quantity } of lines)
    total += (variant.prices.find((price) => price.currency === currency)?.amountMinor ?? 0) * quantity;
  return total;
}

/** Two lines are one when they name the same variant with the same attributes, at the same price where one was made by hand. */
function isSameLine(line: CartLine, addition: CartLine): boolean {
  const isSamePrice = JSON.stringify(line.byHand?.price) === JSON.stringify(addition.byHand?.price);
  const isSameVariant = line.variant.variantId === addition.variant.variantId;
  return isSameVariant && isSamePrice && keyOf(line.attributes) === keyOf(addition.attributes);
}

function keyOf(attributes: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
