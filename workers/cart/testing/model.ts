/**
 * One script of cart commands being played: `CartRun` turns steps into commands, keeps the model beside the subject, folds
 * what the subject made of each command, and asks every invariant.
 */

import type { Decision } from '../../../shared/holds/holds.ts';
import type { Invariant, Verdict } from '../../../shared/testing/hold-model.ts';
import type { Note } from '../../../shared/testing/plausible.ts';
import { type Cart, type CartEvent, type CartOrigin, emptyCart, evolveCart } from '../domain/cart.ts';
import { type CartCommand, decideCart } from '../domain/decide.ts';
import { type CartInvariantName, type CartSeen, cartInvariants } from './invariants.ts';
import { CartOracle } from './oracle.ts';
import { type CartStep, type LineStep, variantOf } from './script.ts';

const wishes = [{}, { gift: 'yes', ribbon: 'red' }, { ribbon: 'red', gift: 'yes' }, { gift: 'yes' }] as const;

export interface CartCore {
  decide(cart: Cart, version: number, command: CartCommand): Decision<CartEvent, { readonly code: string }>;
  evolve(cart: Cart, event: CartEvent): Cart;
  revive(json: string): Cart;
}

export const cartCore: CartCore = { decide: decideCart, evolve: evolveCart, revive: (json) => JSON.parse(json) };

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
      case 'customer': {
        const customer = step.id === null ? null : { id: step.id, groups: [], isTaxExempt: false };
        return { type: 'set-customer', customer, actor: 'key:admin', ...start };
      }
      case 'discount': {
        const { amountMinor, currency } = step;
        const given = { reason: 'Promised', actor: 'key:admin', at: now };
        const discount = amountMinor === null ? null : { discount: { kind: 'off', amountMinor } as const, ...given };
        return { type: 'set-discount', discount, currencies: amountMinor === null ? [] : [currency], ...start };
      }
      case 'reprice':
        this.#prices.set(step.variant, this.#priceOf(step.variant) + 1);
        return { type: 'reprice', variants: [variantOf(step.variant, this.#priceOf(step.variant))], usedUp: [], now };
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
