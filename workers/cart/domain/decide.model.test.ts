/**
 * Carts against their model: random commands in random order with repetitions, freezes that run out, a clock that goes back
 * and evictions, every invariant asked after every command. Each invariant then has to notice a fault planted for it.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decided } from '../../../shared/holds/holds.ts';
import { faultFound, playMany } from '../../../shared/testing/plausible.ts';
import type { CartInvariantName } from '../testing/invariants.ts';
import { type CartCore, CartRun, cartCore, playCart } from '../testing/model.ts';
import { linesOf } from '../testing/oracle.ts';
import { type CartStep, cartStep, fullCartStep, lineStep } from '../testing/script.ts';
import { type Cart, type CartEvent, evolveCart } from './cart.ts';
import { type CartCommand, decideCart } from './decide.ts';

test('a cart keeps every invariant after every command of any script', () => {
  const answers = playMany('cart', 25_000, cartStep, (steps, note) => playCart(steps, cartCore, undefined, note));
  const refusals = [
    'not-found',
    'cart-changed',
    'cart-frozen',
    'cart-completed',
    'variant-unavailable',
    'currency-not-sold',
    'quantity-too-large',
  ];
  for (const answer of ['accepted', ...refusals]) expect(answers.get(answer)).toBeGreaterThan(1_000);
});

test('a cart on the edge of 200 lines keeps every invariant', () => {
  const answers = playMany('full cart', 100, fullCartStep, (steps, note) => playCart(steps, cartCore, undefined, note));
  expect(answers.get('too-many-lines')).toBeGreaterThan(10);
});

type Decided = ReturnType<CartCore['decide']>;

/** A wrong decision made from the right one. */
function deciding(wrong: (cart: Cart, right: Decided, command: CartCommand) => Decided): CartCore {
  return {
    ...cartCore,
    decide: (cart, version, command) => wrong(cart, decideCart(cart, version, command), command),
  };
}

/** Takes the first line of a command whatever was said against it. */
function addAnyway(cart: Cart, command: CartCommand): CartEvent[] {
  if (command.type !== 'add-lines' || cart.status === 'empty') return [];
  return command.lines.slice(0, 1).map((line): CartEvent => {
    const twin = cart.lines.find(({ variant }) => variant.variantId === line.variant.variantId);
    return twin === undefined
      ? { type: 'line-added', line, at: command.now }
      : {
          type: 'line-changed',
          lineId: twin.lineId,
          quantity: twin.quantity + line.quantity,
          variant: null,
          at: command.now,
        };
  });
}

/** Overlooks one reason to refuse a line. */
function overlooking(code: string): CartCore {
  return deciding((cart, right, command) => {
    const events = right.refusal?.code === code ? addAnyway(cart, command) : [];
    return events.length === 0 ? right : decided(...events);
  });
}

const mutants: readonly (readonly [name: CartInvariantName, fault: string, core: CartCore])[] = [
  [
    'C1',
    'a removed line is still charged',
    { ...cartCore, evolve: (cart, event) => (event.type === 'line-removed' ? cart : evolveCart(cart, event)) },
  ],
  [
    'C2',
    'a merged line keeps an old price',
    {
      ...cartCore,
      evolve: (cart, event) => evolveCart(cart, event.type === 'line-changed' ? { ...event, variant: null } : event),
    },
  ],
  [
    'C3',
    'a freeze ignores the version',
    {
      ...cartCore,
      decide: (cart, version, command) =>
        decideCart(cart, version, command.type === 'freeze' ? { ...command, version } : command),
    },
  ],
  ['C4', 'a merge ignores the cap', overlooking('quantity-too-large')],
  [
    'C6',
    'an equal line becomes a second one',
    deciding((_cart, right, command) => ({
      ...right,
      events: right.events.map((event): CartEvent => {
        const [line] = command.type === 'add-lines' ? command.lines : [];
        return event.type === 'line-changed' && line !== undefined ? { type: 'line-added', line, at: event.at } : event;
      }),
    })),
  ],
  ['C7', 'a frozen cart accepts a line', overlooking('cart-frozen')],
  [
    'C8',
    'a second checkout completes the cart again',
    deciding((cart, right, command) =>
      command.type === 'complete' && cart.status === 'completed' && cart.checkoutId !== command.checkoutId
        ? decided({ type: 'cart-completed', checkoutId: command.checkoutId, at: command.now })
        : right,
    ),
  ],
  ['C9', 'a line without a price in the currency is taken', overlooking('currency-not-sold')],
  [
    'INV9',
    'a snapshot forgets who froze the cart',
    {
      ...cartCore,
      revive: (json) => {
        const cart: Cart = JSON.parse(json);
        return cart.status === 'frozen' ? { ...cart, checkoutId: '' } : cart;
      },
    },
  ],
  [
    'oracle',
    'a refused line leaves those before it in the cart',
    deciding((cart, right, command) => {
      if (command.type !== 'add-lines' || right.refusal === null || cart.status !== 'active') return right;
      const [line] = command.lines;
      const isFirstFine = line !== undefined && decideCart(cart, 0, { ...command, lines: [line] }).refusal === null;
      return isFirstFine ? { ...right, events: [...right.events, ...addAnyway(cart, command)] } : right;
    }),
  ],
];

describe('each invariant notices the fault that was planted for it', () => {
  test.each(mutants)('%s: %s', (name, _fault, core) => {
    const found = faultFound(name, cartStep, (steps: readonly CartStep[]) => playCart(steps, core, name));
    expect(found).not.toBeNull();
    expect(found?.steps.length).toBeLessThanOrEqual(6);
  });
});

describe('two additions', () => {
  const additions = fc.tuple(lineStep, lineStep).filter(([one, other]) => one.quantity + other.quantity <= 999);

  function linesAfter(steps: readonly CartStep[], core: CartCore): string {
    const run = new CartRun(1_800_000_000_000, core, 'C4');
    for (const command of steps.flatMap((step) => run.commandsOf(step))) {
      run.judge(command, null, core.decide(run.state, run.version, command).events);
    }
    return JSON.stringify(
      linesOf(run.state)
        .map(({ variantId, wish, quantity }) => [variantId, wish, quantity].join())
        .sort(),
    );
  }

  const doNotCommute = (core: CartCore) =>
    fc.check(
      fc.property(additions, ([one, other]) => {
        const steps: CartStep[] = [one, other].map((line) => ({ do: 'add', lines: [line] }));
        expect(linesAfter(steps, core)).toBe(linesAfter(steps.toReversed(), core));
      }),
      { numRuns: 2_000 },
    ).failed;

  test('make the same cart in either order, up to the order of its lines (C5)', () => {
    expect(doNotCommute(cartCore)).toBe(false);
  });

  test('make two different carts when the later one replaces an equal line: the fault is noticed', () => {
    const replacing = deciding((_cart, right, command) => ({
      ...right,
      events: right.events.map((event) =>
        event.type === 'line-changed' && command.type === 'add-lines'
          ? { ...event, quantity: command.lines[0]?.quantity ?? 0 }
          : event,
      ),
    }));
    expect(doNotCommute(replacing)).toBe(true);
  });
});
