/**
 * One seeded run of a scenario on the simulation: the project's own checkouts, operations, stock, allowances and payments
 * under a scheduler that draws the interleaving. Runs with an odd seed are rough beside: requests and answers of shoppers get
 * lost and are sent again, queues repeat and lose, alarms and webhooks come late. None of it may change a number.
 */
import * as z from 'zod';
import { dayMs, secondMs } from '../../../shared/values/time.ts';
import { type FaultProfile, noFaults, onlyFaults } from '../../../tests/simulation/faults.ts';
import { cartIdOf, type Goods, startAt } from '../../../tests/simulation/goods.ts';
import { checkoutsOf, violationsAtRest } from '../../../tests/simulation/invariants.ts';
import { Merchant, type OperationHistory } from '../../../tests/simulation/merchants.ts';
import type { Plants, ShopWatcher } from '../../../tests/simulation/plants.ts';
import { Random } from '../../../tests/simulation/random.ts';
import { quietly } from '../../../tests/simulation/run.ts';
import { Life, Scheduler, type Script } from '../../../tests/simulation/scheduler.ts';
import { Shop } from '../../../tests/simulation/shop.ts';
import { type History, Shopper } from '../../../tests/simulation/shoppers.ts';
import { Watch } from '../../../tests/simulation/watch.ts';
import { totalsOf } from '../../../workers/inventory/domain/decide.ts';
import type { StartedCheckout } from '../../../workers/orders/domain/checkout/checkout.ts';
import type { PaymentChoice } from '../../../workers/orders/domain/checkout/payments.ts';
import { type CheckoutAnswer, problemAnswer } from '../../../workers/orders/service/requests.ts';
import { heldOf, openOf } from '../../../workers/sandbox/domain/intent.ts';
import type { SandboxToken } from '../../../workers/sandbox/domain/tokens.ts';
import { unitId } from './shop-window.ts';

/** What a run came to: the numbers that a case asks for, and every promise of the shop that it broke. */
export interface Played {
  readonly answer: object;
  readonly violations: readonly string[];
}

/** Plays a scenario once. A test may plant a wrong design. */
export type Scene = (seed: number, plants?: Plants) => Promise<Played>;

/** Does what the scenario tells, and answers how to read its numbers when everything has come to rest. */
type Act = (stage: Stage) => Promise<() => object>;

export interface Setting {
  readonly goods: Goods;
  readonly onAllowance?: ShopWatcher['onAllowance'];
}

export const holdMs = 900 * secondMs;
const roughForMs = 60 * secondMs;
const rough = onlyFaults({
  'queue-duplicate': 0.3,
  'queue-lost': 0.3,
  'queue-delay': 0.3,
  'queue-batch-fails': 0.2,
  'alarm-twice': 0.3,
  'alarm-late': 0.3,
  'webhook-late': 0.3,
});
const requestFaultRate = 0.15;

export class Stage {
  readonly shop: Shop;
  readonly #life = new Life('stage');
  readonly #history: History & OperationHistory;

  constructor(shop: Shop, history: History & OperationHistory) {
    this.shop = shop;
    this.#history = history;
  }

  /** The shopper whose cart has this place among the goods. Two of one cart are two windows of one browser. */
  shopper(cartIndex: number): Shopper {
    return new Shopper(this.shop, cartIdOf(cartIndex), this.#history);
  }

  merchant(name: string): Merchant {
    return new Merchant(this.shop, name, this.#history);
  }

  pause(milliseconds: number): Promise<void> {
    return this.shop.scheduler.sleep(this.#life, milliseconds);
  }

  /** At the same instant, as far as networks let people be so: in one run within microseconds, in another within a second. */
  together<Answer>(acts: readonly (() => Promise<Answer>)[]): Promise<Answer[]> {
    const { random } = this.shop.scheduler;
    const withinMs = random.pick([0, 10, 100, 1_000]);
    return Promise.all(acts.map((act) => this.pause(random.between(0, withinMs)).then(act)));
  }

  /** Buys what is in a cart, and waits until the checkout is over. */
  async buy(cartIndex: number, shopper = this.shopper(cartIndex)): Promise<CheckoutAnswer> {
    const { random } = this.shop.scheduler;
    const payment = paymentBy(random.pick(['ok', 'slow_5s', 'duplicate_webhook', 'webhook_first']));
    const started = await shopper.start(payment);
    if (started === null) return problemAnswer({ code: 'unavailable' });
    if (started.answer.status === 202) await this.pause(roughForMs);
    return started.answer;
  }

  /** The orders that there are: a checkout that ended otherwise is none. */
  orders(): readonly StartedCheckout[] {
    return [...checkoutsOf(this.shop).values()].filter((checkout) => checkout.phase === 'completed');
  }

  /** The stock unit as its events tell it now. */
  stock() {
    const unit = this.shop.stock.replayed(unitId);
    return { holds: unit.holds, ...totalsOf(unit) };
  }

  /** What the bank's books say of all payments together. */
  books() {
    const intents = [...this.shop.bank.state.intents.values()];
    const sumOf = (amountOf: (intent: (typeof intents)[number]) => number) =>
      intents.reduce((sum, intent) => sum + amountOf(intent), 0);
    return {
      capturedMinor: sumOf(({ capturedMinor }) => capturedMinor),
      refundedMinor: sumOf(({ refundedMinor }) => refundedMinor),
      heldMinor: sumOf(heldOf),
      openAuthorizationMinor: sumOf(openOf),
    };
  }
}

export function paymentBy(token: SandboxToken): PaymentChoice {
  return { provider: 'sandbox', token, mark: token, returnUrl: null };
}

const Refused = z.object({ code: z.string() });

/** The code of a refusal; null for any other answer. */
export function refusalOf({ status, body }: CheckoutAnswer): string | null {
  return status < 400 ? null : Refused.parse(JSON.parse(body)).code;
}

export function play({ goods, onAllowance }: Setting, seed: number, plants: Plants, act: Act): Promise<Played> {
  return quietly(async () => {
    const isRough = seed % 2 === 1;
    const rates = isRough ? rough : noFaults;
    const profile: FaultProfile = { rates, quietAfterMs: roughForMs, holdMs, clockSkewMs: 0 };
    const script = isRough ? lostWords(seed) : () => null;
    const scheduler = new Scheduler({ seed, rates, quietAt: startAt + roughForMs, script }, startAt);
    const watch = new Watch();
    const watcher: ShopWatcher = {
      ...watch,
      onAllowance: (name, allowance) => {
        watch.onAllowance(name, allowance);
        onAllowance?.(name, allowance);
      },
    };
    const shop = new Shop(scheduler, goods, profile, plants, watcher);
    const history: History & OperationHistory = { heard: [], operated: [], unanswered: [], asked: [], insisted: [] };
    await shop.open();
    const ends: (() => object)[] = [];
    const broken: string[] = [];
    scheduler.after(0, null, 'the scene', () => {
      act(new Stage(shop, history)).then(
        (end) => ends.push(end),
        (error) => broken.push(`the scene threw ${String(error)}`),
      );
    });
    const isAtRest = await scheduler.runUntil(startAt + dayMs);
    const [end] = ends;
    if (!isAtRest || end === undefined) broken.push('the run does not come to rest');
    const violations = [...broken, ...(isAtRest ? await violationsAtRest(shop, watch, history) : [])];
    return { answer: end?.() ?? {}, violations };
  });
}

/** Strikes only what shoppers and merchants ask: a Worker that is asked by another may refuse a buyer because of a fault, and then numbers differ. */
function lostWords(seed: number): Script {
  const random = new Random(seed + 0x10e5);
  return (_index, label) => {
    if (!/^order (?:start|complete|refund)$/.test(label) || !random.chance(requestFaultRate)) return null;
    return random.pick(['request-lost', 'answer-lost', 'slow']);
  };
}
