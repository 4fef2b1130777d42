/**
 * The shoppers of a run. Each has one cart and one plan: buys, pays later, leaves, cancels, submits twice, opens two tabs,
 * changes the cart meanwhile. They retry with the same key as long as they learned nothing, and remember every answer.
 */

import type { CartDetails } from '../../shared/contracts/cart/api.ts';
import { secondMs } from '../../shared/values/time.ts';
import type { PaymentChoice } from '../../workers/orders/domain/checkout/checkout.ts';
import type { CheckoutAnswer } from '../../workers/orders/service/requests.ts';
import type { SandboxToken } from '../../workers/sandbox/domain/tokens.ts';
import { askUntilFinal } from './asking.ts';
import { Life } from './scheduler.ts';
import type { OrderInstance, Shop } from './shop.ts';

type Kind = 'start' | 'complete' | 'cancel';

/** One answer that reached a shopper. */
export interface Heard {
  readonly kind: Kind;
  readonly key: string;
  readonly cartId: string;
  /** The checkout that the request was about. */
  readonly checkoutId: string;
  /** How the request wished to pay. */
  readonly payment: PaymentChoice | null;
  readonly status: number;
  readonly body: string;
}

/** What all shoppers of a run have heard, and who of them is still waiting. */
export interface History {
  readonly heard: Heard[];
  /** Requests that were given up without any final answer. */
  readonly unanswered: string[];
}

export const plans = {
  buy: 5,
  'pay-later': 2,
  leave: 1,
  cancel: 1,
  'submit-twice': 2,
  'two-tabs': 2,
  'cancel-while-paying': 1,
  'change-the-cart': 1,
} as const;
export type Plan = keyof typeof plans;

/** Those of the sandbox that show something in a checkout, and two that show something afterwards. */
const tokenWeights: Readonly<Record<SandboxToken | 'manual' | 'refund_pending' | 'refund_fail', number>> = {
  manual: 4,
  ok: 4,
  decline: 2,
  requires_action: 3,
  timeout_before_authorize: 1,
  timeout_after_authorize: 1,
  capture_fail: 1,
  slow_5s: 0.5,
  duplicate_webhook: 1,
  webhook_first: 1,
  refund_pending: 2,
  refund_fail: 0.5,
};

interface Asking {
  /** The id of the checkout that a try begins. */
  readonly idOf?: (attempt: number) => string;
  readonly key?: string;
}

const triesMax = 400;
const patienceMs = 20 * secondMs;
const impatienceMs = 250;

export class Shopper {
  readonly #shop: Shop;
  readonly #cartId: string;
  readonly #history: History;
  readonly #life: Life;
  readonly #token: SandboxToken | 'manual' | null;
  readonly #patienceMs: number;
  #keyNumber = 0;

  constructor(shop: Shop, cartId: string, history: History, token: SandboxToken | 'manual' | null = null) {
    this.#shop = shop;
    this.#cartId = cartId;
    this.#history = history;
    this.#life = new Life(`shopper of ${cartId}`);
    this.#token = token;
    this.#patienceMs = shop.scheduler.random.chance(0.2) ? impatienceMs : patienceMs;
  }

  async follow(plan: Plan): Promise<void> {
    const { random } = this.#shop.scheduler;
    switch (plan) {
      case 'buy':
        return this.#buy(random.chance(0.5) ? 2 : 1);
      case 'submit-twice':
        return void (await Promise.all([this.#buy(1), this.#pause(random.between(0, 40)).then(() => this.#buy(1))]));
      case 'change-the-cart':
        return void (await Promise.all([this.#buy(1), this.#changeCart()]));
      default:
        return this.#openThen(plan);
    }
  }

  async #openThen(plan: Plan): Promise<void> {
    const { random } = this.#shop.scheduler;
    const opened = await this.start(null);
    if (opened === null || opened.answer.status >= 300) return;
    const { checkoutId } = opened;
    if (plan === 'leave') return;
    await this.#pause(random.between(10, 8_000));
    if (plan === 'cancel') return void (await this.ask('cancel', checkoutId, null));
    const pay = () => this.#pay(checkoutId);
    const cancel = async () => void (await this.ask('cancel', checkoutId, null));
    if (plan === 'pay-later') return pay();
    const second = plan === 'two-tabs' ? pay : cancel;
    await Promise.all([pay(), this.#pause(random.between(0, 3_000)).then(second)]);
  }

  /** Starts with a payment; after a refusal perhaps once more with a fresh key. */
  async #buy(attempts: number): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const started = await this.start(this.#choice());
      if (started === null) return;
      await this.#see(started.checkoutId, started.answer);
      if (started.answer.status < 400) return;
      // Without the code that was used up, or the card that another shopper has emptied, it costs a little more.
      if (started.answer.body.includes('code-used-up')) await this.change({ discountCodes: [] });
      if (started.answer.body.includes('gift-card-insufficient')) await this.change({ giftCards: [] });
      if (started.answer.body.includes('store-credit-insufficient')) await this.change({ storeCredit: null });
      await this.#pause(this.#shop.scheduler.random.between(200, 5_000));
    }
  }

  async #pay(checkoutId: string): Promise<void> {
    const answer = await this.ask('complete', checkoutId, this.#choice());
    if (answer !== null) await this.#see(checkoutId, answer);
  }

  /** Looks at a checkout until it has ended, and confirms a payment where that is asked for. */
  async #see(checkoutId: string, answer: CheckoutAnswer): Promise<void> {
    if (answer.status !== 202) return;
    const { random } = this.#shop.scheduler;
    let hasPressed = false;
    for (let look = 0; look < triesMax; look += 1) {
      const view = await this.#look(checkoutId);
      if (view !== null && view.status !== 'processing' && view.status !== 'open') return;
      const actionUrl = view?.actionUrl ?? null;
      if (actionUrl !== null && !hasPressed) {
        hasPressed = true;
        await this.#pause(random.between(10, 15_000));
        const choice = random.weighted({ pay: 6, decline: 2, nothing: 2 });
        const intentId = actionUrl.slice(actionUrl.lastIndexOf('/') + 1);
        if (choice !== 'nothing') await this.#shop.bank.press(intentId, choice);
        // The provider sends the browser back, which completes at the same time as the webhook arrives.
        if (random.chance(0.6)) await this.ask('complete', checkoutId, this.#choice());
      }
      await this.#pause(random.between(500, 20_000));
    }
    this.#history.unanswered.push(`${checkoutId} never ended for its shopper`);
  }

  async #look(checkoutId: string): Promise<{ status: string; actionUrl: string | null } | null> {
    const read = async ({ checkouts }: OrderInstance) => {
      const found = checkouts.read(checkoutId);
      if (found === null) return null;
      const { checkout } = found;
      const isRunning = ['paying', 'placed', 'undoing'].includes(checkout.phase);
      const actionUrl = checkout.phase === 'paying' ? checkout.actionUrl : null;
      return { status: isRunning ? 'processing' : checkout.phase, actionUrl };
    };
    return this.#shop.orders.ask(this.#life, 'order read', read).catch(() => null);
  }

  async #changeCart(): Promise<void> {
    const { scheduler, carts } = this.#shop;
    await this.#pause(scheduler.random.between(0, 400));
    const { now } = scheduler;
    const { variantOf, currency } = this.#shop.goods.assortment;
    const line = { lineId: 'lin_new', variant: variantOf('var_b'), quantity: 1, attributes: {} };
    const origin = { country: 'DE', currency, createdAt: now } as const;
    await carts.object
      .ask(this.#life, 'cart add-lines', (cart) =>
        cart.execute(this.#cartId, { type: 'add-lines', lines: [line], origin, emptyUntil: now + 1, now }),
      )
      .catch(() => null);
  }

  async change(details: Partial<CartDetails>): Promise<void> {
    const { scheduler, carts } = this.#shop;
    const { now } = scheduler;
    const { currency } = this.#shop.goods.assortment;
    const origin = { country: 'DE', currency, createdAt: now } as const;
    await carts.object
      .ask(this.#life, 'cart change-details', (cart) =>
        cart.execute(this.#cartId, { type: 'change-details', details, origin, emptyUntil: now + 1, now }),
      )
      .catch(() => null);
  }

  /** A new checkout under a new key; null when there never was an answer. */
  async start(payment: PaymentChoice | null): Promise<{ checkoutId: string; answer: CheckoutAnswer } | null> {
    const { scheduler, plants } = this.#shop;
    const honest = `chk_01jh0000007${scheduler.random.text(15)}w00`;
    const idOf = (attempt: number) => plants.checkoutIdOf?.(honest, attempt) ?? honest;
    const answer = await this.ask('start', honest, payment, { idOf });
    if (answer === null) return null;
    const { id, checkoutId } = JSON.parse(answer.body) as { id?: string; checkoutId?: string };
    return { checkoutId: id ?? checkoutId ?? honest, answer };
  }

  /** Asks until something final is heard, under a key of its own unless one is given. */
  async ask(
    kind: Kind,
    checkoutId: string,
    payment: PaymentChoice | null,
    { idOf = () => checkoutId, key = this.#nextKey() }: Asking = {},
  ): Promise<CheckoutAnswer | null> {
    const { scheduler } = this.#shop;
    const idempotency = { key, fingerprint: JSON.stringify([kind, payment]) };
    const answer = await askUntilFinal(this.#shop, this.#life, {
      label: `order ${kind}`,
      patienceMs: this.#patienceMs,
      againMsMax: 30 * secondMs,
      ask: (attempt) => {
        const asked = { idempotency, requestId: `req_${attempt}` };
        return ({ checkouts }) => {
          if (kind === 'cancel') return checkouts.cancel({ ...asked, checkoutId });
          if (kind === 'complete' && payment !== null) return checkouts.complete({ ...asked, checkoutId, payment });
          const start = {
            ...asked,
            cartId: this.#cartId,
            checkoutId: idOf(attempt),
            payment,
            expectedTotal: null,
            expectedDue: null,
          };
          return checkouts.start(start);
        };
      },
      hear: ({ status, body }, attempt) => {
        this.#history.heard.push({ kind, key, cartId: this.#cartId, checkoutId: idOf(attempt), payment, status, body });
        scheduler.trace(() => `HEARD ${kind} ${key}: ${status} ${body.slice(0, 160)}`);
      },
      isFinal: ({ status, body }) => status < 500 && !body.includes('request-in-progress'),
    });
    if (answer === null) this.#history.unanswered.push(`${kind} ${key} was never answered`);
    return answer;
  }

  #nextKey(): string {
    this.#keyNumber += 1;
    return `${this.#cartId}/${this.#keyNumber}`;
  }

  #choice(): PaymentChoice {
    const token = this.#token ?? this.#shop.scheduler.random.weighted(tokenWeights);
    return token === 'manual'
      ? { provider: 'manual', token: null, returnUrl: null }
      : { provider: 'sandbox', token, returnUrl: null };
  }

  #pause(milliseconds: number): Promise<void> {
    return this.#shop.scheduler.sleep(this.#life, milliseconds);
  }
}
