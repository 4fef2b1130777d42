/**
 * The merchants of a run: they fulfill, capture, cancel, refund, edit and take goods back, often two things at once, and also
 * while a checkout is still on its last steps. They retry with the same key as long as they learned nothing final, and
 * remember every answer. Each request has an actor of its own, by which the timeline shows what became of it.
 */

import { secondMs } from '../../shared/values/time.ts';
import { orderOf, type StartedCheckout } from '../../workers/orders/domain/checkout/checkout.ts';
import { balancesOf } from '../../workers/orders/domain/order/balances.ts';
import type { Order as OrderLife } from '../../workers/orders/domain/order/order.ts';
import { shownOrderOf } from '../../workers/orders/domain/summary.ts';
import type { OrderCommand } from '../../workers/orders/service/order-commands.ts';
import type { CheckoutAnswer } from '../../workers/orders/service/requests.ts';
import { askUntilFinal } from './asking.ts';
import { Life } from './scheduler.ts';
import type { OrderInstance, Shop } from './shop.ts';
import { commandOf, type Deed, drawDeed, quarrelOver } from './wishes.ts';

/** One answer that reached a merchant. */
export interface Operated {
  readonly deed: Deed;
  readonly key: string;
  readonly checkoutId: string;
  readonly status: number;
  readonly body: string;
}

export interface OperationHistory {
  readonly operated: Operated[];
  readonly unanswered: string[];
}

/** What a scripted merchant does with an order, one after the other. */
export type Script = readonly ((order: OrderLife) => OrderCommand)[];

const triesMax = 400;
const patienceMs = 25 * secondMs;
const impatienceMs = 250;

/** Refusals that say nothing about the request itself: the same key may be tried again. */
const passing: readonly string[] = ['request-in-progress', 'operation-in-progress'];

export class Merchant {
  readonly #shop: Shop;
  readonly #name: string;
  readonly #history: OperationHistory;
  readonly #life: Life;
  readonly #patienceMs: number;
  #keyNumber = 0;

  constructor(shop: Shop, name: string, history: OperationHistory) {
    this.#shop = shop;
    this.#name = name;
    this.#history = history;
    this.#life = new Life(name);
    this.#patienceMs = shop.scheduler.random.chance(0.2) ? impatienceMs : patienceMs;
  }

  /** Does so many things, each with an order of its choice, and may look again when disputes and refunds have ended. */
  async work(deedCount: number): Promise<void> {
    const { random } = this.#shop.scheduler;
    await this.#round(deedCount);
    if (random.chance(0.25)) return;
    await this.#pause(random.between(20_000, 120_000));
    await this.#round(random.between(1, 4));
  }

  async #round(deedCount: number): Promise<void> {
    const { random } = this.#shop.scheduler;
    for (let deed = 0; deed < deedCount; deed += 1) {
      const found = await this.#choose();
      if (found !== null) await this.#treat(found);
      await this.#pause(random.between(50, 5_000));
    }
  }

  /** Does one thing after the other with the only order there is, as soon as its checkout is over. */
  async follow(script: Script): Promise<void> {
    for (const wish of script) {
      const found = await this.#await();
      if (found === null) return;
      await this.ask(found.checkoutId, wish(found.order));
    }
  }

  async #await(): Promise<{ readonly checkoutId: string; readonly order: OrderLife } | null> {
    for (let look = 0; look < triesMax; look += 1) {
      for (const checkoutId of this.#shop.orderStorage.streamIds) {
        const checkout = await this.#read(checkoutId);
        const order = checkout === null ? null : orderOf(checkout);
        if (order !== null) return { checkoutId, order };
      }
      await this.#pause(secondMs);
    }
    return null;
  }

  /** Some order, or a checkout that may become one. What came to nothing is of little interest. */
  async #choose(): Promise<StartedCheckout | null> {
    const { scheduler, orderStorage } = this.#shop;
    const { random } = scheduler;
    const ids = orderStorage.streamIds;
    for (let look = 0; look < 4; look += 1) {
      const checkout = await this.#read(ids[random.between(0, ids.length - 1)] ?? '');
      const order = checkout === null ? null : orderOf(checkout);
      // Of a canceled order, money may come back to the shop later: a dispute is won, or a refund fails after all.
      const isOver = order?.isCanceled === true && balancesOf(order).refundableMinor === 0;
      const isPromising = (checkout?.phase === 'completed' || checkout?.phase === 'placed') && !isOver;
      if (checkout !== null && (isPromising || random.chance(0.1))) return checkout;
    }
    return null;
  }

  /** Does one thing with an order, or two at once that quarrel over the same money or goods. */
  async #treat(checkout: StartedCheckout): Promise<void> {
    const { random } = this.#shop.scheduler;
    const { checkoutId } = checkout.details;
    const order = shownOrderOf(checkout);
    // What is no order yet is canceled, shipped and captured all the same.
    const deed =
      checkout.phase === 'completed' ? drawDeed(order, random) : random.pick<Deed>(['cancel', 'fulfill', 'capture']);
    const deeds = random.chance(0.35) ? quarrelOver(deed, random) : [deed];
    await Promise.all(
      deeds.map(async (one) => {
        await this.#pause(random.between(0, 60));
        await this.ask(checkoutId, commandOf(one, order, random));
      }),
    );
  }

  async #read(checkoutId: string): Promise<StartedCheckout | null> {
    const read = async ({ checkouts }: OrderInstance) => checkouts.read(checkoutId)?.checkout ?? null;
    return this.#shop.orders.ask(this.#life, 'order read', read).catch(() => null);
  }

  /** Asks until something final is heard; null when nothing was. */
  async ask(checkoutId: string, wanted: OrderCommand): Promise<CheckoutAnswer | null> {
    const { scheduler } = this.#shop;
    this.#keyNumber += 1;
    const key = `${this.#name}/${this.#keyNumber}`;
    const command = wanted.type === 'edit' ? await this.#previewed(checkoutId, wanted) : wanted;
    if (command === null) return null;
    const idempotency = { key, fingerprint: JSON.stringify(command) };
    scheduler.trace(() => `WANTS ${key} of ${checkoutId}: ${idempotency.fingerprint}`);
    const answer = await askUntilFinal(this.#shop, this.#life, {
      label: `order ${command.type}`,
      patienceMs: this.#patienceMs,
      againMsMax: 20 * secondMs,
      ask: (attempt) => {
        const request = { checkoutId, command, currencies: [], actor: key, idempotency, requestId: `req_${attempt}` };
        return ({ operations }) => operations.ask(request);
      },
      hear: ({ status, body }) => {
        this.#history.operated.push({ deed: command.type, key, checkoutId, status, body });
        scheduler.trace(() => `HEARD ${command.type} ${key}: ${status} ${body.slice(0, 160)}`);
      },
      isFinal,
    });
    if (answer === null) this.#history.unanswered.push(`${command.type} ${key} was never answered`);
    return answer;
  }

  /** Looks at an edit before it is done; null when there is nothing to look at. */
  async #previewed(checkoutId: string, edit: Extract<OrderCommand, { type: 'edit' }>): Promise<OrderCommand | null> {
    const { lines, added } = edit;
    const preview = ({ operations }: OrderInstance) =>
      operations.preview({ checkoutId, lines, added, requestId: 'req_preview' });
    const answer = await this.#shop.orders.ask(this.#life, 'order preview', preview).catch(() => null);
    if (answer?.status !== 200) return null;
    return { ...edit, token: (JSON.parse(answer.body) as { token: string }).token };
  }

  #pause(milliseconds: number): Promise<void> {
    return this.#shop.scheduler.sleep(this.#life, milliseconds);
  }
}

/** Whether an answer is the last word on its key. What is not there yet may be there later. */
export function isFinal({ status, body }: Pick<CheckoutAnswer, 'status' | 'body'>): boolean {
  if (status === 202 || status >= 500) return false;
  return status < 300 || !passing.includes((JSON.parse(body) as { code?: string }).code ?? '');
}
