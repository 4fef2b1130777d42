/**
 * Scripts of cart commands and what must hold after each of them. As with stock, a script is plain data that both the pure
 * core and the real object play.
 */
import * as fc from 'fast-check';
import {
  type Cart,
  type CartCommand,
  type CartEvent,
  type CartOrigin,
  decideCart,
  emptyCart,
  evolveCart,
} from '../../workers/cart/domain.ts';
import type { VariantSnapshot } from '../contracts/catalog.ts';
import type { Decision } from '../holds/holds.ts';
import { quoteRequestOf } from '../quoting/quoting.ts';
import { CartOracle, linesOf, type OracleLine, priceOf } from './cart-oracle.ts';
import type { Invariant, Verdict } from './hold-model.ts';
import type { Note } from './plausible.ts';

export interface LineStep {
  readonly variant: number;
  readonly wish: number;
  readonly quantity: number;
}

export type CartStep =
  | { readonly do: 'add'; readonly lines: readonly LineStep[] }
  | { readonly do: 'fill'; readonly from: number; readonly count: number }
  | { readonly do: 'change'; readonly line: number; readonly quantity: number }
  | { readonly do: 'remove'; readonly line: number }
  | { readonly do: 'details'; readonly email: string | null }
  | { readonly do: 'reprice'; readonly variant: number }
  | { readonly do: 'freeze'; readonly checkout: number; readonly isStale: boolean; readonly seconds: number }
  | { readonly do: 'thaw' | 'complete'; readonly checkout: number }
  | { readonly do: 'evict' }
  | { readonly do: 'tick'; readonly seconds: number }
  | { readonly do: 'replay'; readonly last: number };

const quantity = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 400, max: 999 }));
const checkout = fc.integer({ min: 0, max: 1 });
const lineNumber = fc.integer({ min: 0, max: 3 });
export const lineStep: fc.Arbitrary<LineStep> = fc.record({
  variant: fc.integer({ min: 0, max: 4 }),
  wish: fc.integer({ min: 0, max: 3 }),
  quantity,
});

export const cartStep: fc.Arbitrary<CartStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      lines: fc.array(lineStep, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), line: lineNumber, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), line: lineNumber }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('details' as const), email: fc.constantFrom(null, 'a@b.cd', 'e@f.gh') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reprice' as const), variant: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('freeze' as const),
      checkout,
      isStale: fc.boolean(),
      seconds: fc.integer({ min: 1, max: 900 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('thaw' as const), checkout }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('complete' as const), checkout }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: -300, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), last: fc.integer({ min: 1, max: 5 }) }) },
);

/** A cart on the edge of its 200 lines: a script of its own, because such carts are slow to look at. */
export const fullCartStep: fc.Arbitrary<CartStep> = fc.oneof(
  cartStep,
  fc.record({
    do: fc.constant('fill' as const),
    from: fc.integer({ min: 100, max: 250 }),
    count: fc.integer({ min: 40, max: 120 }),
  }),
);

const wishes = [{}, { gift: 'yes', ribbon: 'red' }, { ribbon: 'red', gift: 'yes' }, { gift: 'yes' }] as const;

/** The fourth variant is not sold in euro, the fifth not at all. */
export function variantOf(number: number, priceMinor: number): VariantSnapshot {
  return {
    variantId: `var_${number}`,
    productId: `prd_${number}`,
    productHandle: `product-${number}`,
    productVersion: priceMinor,
    sku: `SKU-${number}`,
    title: `Product ${number}`,
    variantTitle: null,
    imageUrl: null,
    isSold: number !== 4,
    prices: [{ currency: number === 3 ? 'USD' : 'EUR', amountMinor: priceMinor }],
    weightGrams: 100,
    requiresShipping: true,
    isTaxable: true,
    stockNeeds: [{ stockUnitId: `stk_${number}`, quantity: 1 }],
  };
}

export interface CartCore {
  decide(cart: Cart, version: number, command: CartCommand): Decision<CartEvent, { readonly code: string }>;
  evolve(cart: Cart, event: CartEvent): Cart;
  revive(json: string): Cart;
}

export const cartCore: CartCore = { decide: decideCart, evolve: evolveCart, revive: (json) => JSON.parse(json) };

interface CartSeen {
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
    const asked = quoteRequestOf({ ...after, shippingOptionId: null }).lines;
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
    const mutations = ['add-lines', 'change-line', 'remove-line', 'change-details', 'reprice'];
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
    return JSON.stringify(linesOf(after)) === JSON.stringify(oracle.lines)
      ? null
      : 'the lines are not those of the model';
  },
} satisfies Record<string, Invariant<CartSeen>>;

/** INV9 is asked at every eviction and at the end. */
export type CartInvariantName = keyof typeof cartInvariants | 'INV9';

const lifeMs = 2 * 60 * 60 * 1_000;

export class CartRun {
  now: number;
  state: Cart = emptyCart;
  version = 0;
  readonly #core: CartCore;
  readonly #origin: CartOrigin;
  readonly #asked: readonly [string, Invariant<CartSeen>][];
  readonly #isEvictionAsked: boolean;
  readonly #oracle = new CartOracle();
  readonly #prices = new Map<number, number>();
  readonly #history: CartEvent[] = [];
  readonly #commands: CartCommand[] = [];
  #lineCount = 0;

  constructor(now: number, core: CartCore = cartCore, only?: CartInvariantName) {
    this.now = now;
    this.#core = core;
    this.#origin = { country: 'DE', currency: 'EUR', createdAt: now };
    const all: [string, Invariant<CartSeen>][] = Object.entries(cartInvariants);
    this.#asked = only === undefined ? all : all.filter(([name]) => name === only);
    this.#isEvictionAsked = only === undefined || only === 'INV9';
  }

  commandsOf(step: CartStep): readonly CartCommand[] {
    const { now } = this;
    if (step.do === 'tick') this.now += step.seconds * 1_000;
    if (step.do === 'replay') return this.#commands.slice(-step.last).map((command) => ({ ...command, now }));
    const command = this.#commandOf(step);
    if (command === null) return [];
    this.#commands.push(command);
    return [command];
  }

  #commandOf(step: CartStep): CartCommand | null {
    const { now } = this;
    const start = { origin: this.#origin, emptyUntil: this.#origin.createdAt + lifeMs, now };
    switch (step.do) {
      case 'add':
        return { type: 'add-lines', lines: step.lines.map((line) => this.#line(line)), ...start };
      case 'fill': {
        const lines = Array.from({ length: step.count }, (_, index) => ({
          variant: step.from + index,
          wish: 0,
          quantity: 1,
        }));
        return { type: 'add-lines', lines: lines.map((line) => this.#line(line)), ...start };
      }
      case 'change':
        return { type: 'change-line', lineId: this.#lineIdAt(step.line), quantity: step.quantity, now };
      case 'remove':
        return { type: 'remove-line', lineId: this.#lineIdAt(step.line), now };
      case 'details':
        return { type: 'change-details', details: { email: step.email }, ...start };
      case 'reprice':
        this.#prices.set(step.variant, this.#priceOf(step.variant) + 1);
        return { type: 'reprice', variants: [variantOf(step.variant, this.#priceOf(step.variant))], now };
      case 'freeze': {
        const version = this.version - (step.isStale ? 1 : 0);
        return { type: 'freeze', checkoutId: `chk_${step.checkout}`, version, until: now + step.seconds * 1_000, now };
      }
      case 'thaw':
      case 'complete':
        return { type: step.do, checkoutId: `chk_${step.checkout}`, now };
      default:
        return null;
    }
  }

  #line({ variant, wish, quantity: count }: LineStep) {
    this.#lineCount += 1;
    return {
      lineId: `lin_${this.#lineCount}`,
      variant: variantOf(variant, this.#priceOf(variant)),
      quantity: count,
      attributes: wishes[wish] ?? {},
    };
  }

  #priceOf(variant: number): number {
    return this.#prices.get(variant) ?? 100 * (variant + 1);
  }

  #lineIdAt(index: number): string {
    return this.#oracle.lines[index]?.lineId ?? 'lin_none';
  }

  /** Folds what the subject made of a command, and asks every invariant. Throws at the first that fails. */
  judge(command: CartCommand, verdict: Verdict, events: readonly CartEvent[]): void {
    const { state: before, version } = this;
    const expected = this.#oracle.apply(command, version);
    const after = events.reduce(this.#core.evolve, before);
    this.state = after;
    this.version += events.length;
    this.#history.push(...events);
    const seen = { before, after, version, events, command, verdict, expected, oracle: this.#oracle };
    for (const [name, ask] of this.#asked) {
      const fault = ask(seen);
      if (fault !== null) throw new Error(`${name}: ${fault}`);
    }
  }

  evict(): void {
    const revived = this.#core.revive(JSON.stringify(this.state));
    if (this.#isEvictionAsked) {
      if (JSON.stringify(revived) !== JSON.stringify(this.state))
        throw new Error('INV9: a snapshot reads back otherwise');
      const folded = this.#history.reduce(this.#core.evolve, emptyCart);
      if (JSON.stringify(folded) !== JSON.stringify(this.state))
        throw new Error('INV9: the events fold to another cart');
    }
    this.state = revived;
  }
}

/** Plays a script on the pure core. */
export function playCart(
  steps: readonly CartStep[],
  core: CartCore = cartCore,
  only?: CartInvariantName,
  note?: Note,
): void {
  const run = new CartRun(1_800_000_000_000, core, only);
  for (const step of steps) {
    for (const command of run.commandsOf(step)) {
      const { events, refusal } = core.decide(run.state, run.version, command);
      run.judge(command, refusal, events);
      note?.(refusal?.code ?? 'accepted');
    }
    if (step.do === 'evict') run.evict();
  }
  run.evict();
}
