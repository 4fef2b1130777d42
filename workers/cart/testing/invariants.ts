/** What must hold of a cart after every command, each promise under its name in the design of the tests. */

import { linesToPrice } from '../../../shared/quoting/priceable.ts';
import type { Invariant, Verdict } from '../../../shared/testing/hold-model.ts';
import type { Cart, CartEvent } from '../domain/cart.ts';
import type { CartCommand } from '../domain/decide.ts';
import { type CartOracle, linesOf, type OracleLine, priceOf } from './oracle.ts';

/** One command as it was seen: what it met, what it was answered and what it left. */
export interface CartSeen {
  readonly before: Cart;
  readonly after: Cart;
  readonly version: number;
  readonly events: readonly CartEvent[];
  readonly command: CartCommand;
  readonly verdict: Verdict;
  readonly expected: Verdict;
  readonly oracle: CartOracle;
}

const worth = (lines: readonly OracleLine[]) => lines.reduce((sum, line) => sum + line.quantity * line.priceMinor, 0);

export const cartInvariants = {
  /** What is put to pricing is whole, not negative, and worth what the model's lines are. */
  C1({ after, oracle }) {
    if (after.status === 'empty') return null;
    const asked = linesToPrice(after.lines, after.currency);
    if (asked.some((line) => !Number.isSafeInteger(line.unitPriceMinor * line.quantity) || line.unitPriceMinor < 0))
      return 'an amount is not a whole number';
    const sum = asked.reduce((total, line) => total + line.unitPriceMinor * line.quantity, 0);
    return sum === worth(oracle.lines) ? null : `the lines are worth ${sum}, not ${worth(oracle.lines)}`;
  },
  /** Every price is the one that the catalogue gave last. */
  C2({ after, oracle }) {
    const wrong = linesOf(after).find(({ lineId, priceMinor }) =>
      oracle.lines.some((line) => line.lineId === lineId && line.priceMinor !== priceMinor),
    );
    return wrong === undefined ? null : `${wrong.variantId} costs ${wrong.priceMinor}`;
  },
  /** The version moves when the cart does and only then; a refusal changes no line; a stale freeze is refused. */
  C3({ before, after, events, command, verdict, version }) {
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    if (isSame && events.some((event) => event.type !== 'cart-repriced')) return 'a version without a change';
    if (verdict !== null && JSON.stringify(linesOf(before)) !== JSON.stringify(linesOf(after)))
      return 'a refused command changed the lines';
    const isFresh = events.some((event) => event.type === 'cart-frozen');
    const thaws = events.filter((event) => event.type === 'cart-thawed').length;
    return isFresh && command.type === 'freeze' && command.version !== version + thaws
      ? 'a version was frozen that nobody has seen'
      : null;
  },
  /** At most 200 lines of 1 to 999. */
  C4({ after }) {
    const lines = linesOf(after);
    if (lines.length > 200) return `${lines.length} lines`;
    const odd = lines.find((line) => line.quantity < 1 || line.quantity > 999 || !Number.isInteger(line.quantity));
    return odd === undefined ? null : `a line of ${odd.quantity}`;
  },
  /** Equal lines are one. */
  C6({ after }) {
    const lines = linesOf(after).map(({ variantId, wish }) => `${variantId} ${wish}`);
    return new Set(lines).size === lines.length ? null : 'two lines are the same';
  },
  /** A frozen cart takes no change. */
  C7({ before, after, command, verdict }) {
    const mutations = [
      'add-lines',
      'change-line',
      'remove-line',
      'change-details',
      'set-customer',
      'set-discount',
      'reprice',
    ];
    if (before.status !== 'frozen' || before.until <= command.now || !mutations.includes(command.type)) return null;
    if (JSON.stringify(before) !== JSON.stringify(after)) return 'a frozen cart was changed';
    return verdict !== null || command.type === 'reprice' ? null : 'a change of a frozen cart was accepted';
  },
  /** A cart is completed by one checkout, for good. */
  C8({ before, after }) {
    if (before.status !== 'completed') return null;
    return JSON.stringify(before) === JSON.stringify(after) ? null : 'a completed cart was changed';
  },
  /** Every line has a price in the one currency of the cart. */
  C9({ after }) {
    if (after.status === 'empty') return null;
    if (after.currency !== 'EUR') return `the currency is ${after.currency}`;
    return after.lines.some(({ variant }) => priceOf(variant) === undefined) ? 'a line has no price' : null;
  },
  /** Every answer, and the status and lines after it, are the ones of the model. */
  oracle({ after, verdict, expected, oracle }) {
    if (JSON.stringify(verdict) !== JSON.stringify(expected))
      return `answered ${JSON.stringify(verdict)} where the model answers ${JSON.stringify(expected)}`;
    if (after.status !== oracle.status) return `the cart is ${after.status}, not ${oracle.status}`;
    const customer = after.status === 'empty' ? null : after.customer;
    if (JSON.stringify(customer) !== (oracle.details.get('customer') ?? 'null')) return 'the customer is another';
    return JSON.stringify(linesOf(after)) === JSON.stringify(oracle.lines)
      ? null
      : 'the lines are not those of the model';
  },
} satisfies Record<string, Invariant<CartSeen>>;

/** INV9 is asked at every eviction and at the end. */
export type CartInvariantName = keyof typeof cartInvariants | 'INV9';
