/**
 * The shoppers of a run. Each has one cart and one plan: buys, pays later, leaves, cancels, submits twice, opens two tabs,
 * changes the cart meanwhile, tries one means of payment after the other. They retry with the same key as long as they learned
 * nothing, and remember every answer.
 */

import type { CartDetails } from '../../shared/contracts/cart/api.ts';
import { secondMs } from '../../shared/values/time.ts';
import type { CartCommand, CartCommandRefusal } from '../../workers/cart/domain/decide.ts';
import { statusOf } from '../../workers/orders/domain/checkout/checkout.ts';
import type { PaymentChoice } from '../../workers/orders/domain/checkout/payments.ts';
import type { CheckoutAnswer } from '../../workers/orders/service/requests.ts';
import { askUntilFinal } from './asking.ts';
import { paymentBy, type Token, tokenWeights } from './means.ts';
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
  /** Every wish to pay at the provider, by its key. */
  readonly asked: { readonly cartId: string; readonly key: string }[];
  /** Requests that were given up without any final answer. */
  readonly unanswered: string[];
  /** Shoppers who had a good card in the end, and whether that ended in an order; else the last refusal. */
  readonly insisted: { readonly cartId: string; readonly end: string }[];
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
  insist: 4,
} as const;
export type Plan = keyof typeof plans;

/** What a shopper sees of a checkout. */
interface Look {
  readonly status: ReturnType<typeof statusOf>;
  readonly actionUrl: string | null;
  /** How it is being paid. */
  readonly payment: PaymentChoice | null;
}

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
  readonly #tokens: readonly Token[] | null;
  readonly #patienceMs: number;
  #keyNumber = 0;
  #tries = 0;

  /** @param tokens how each payment is tried, the last one from then on; null for as chance has it */
  constructor(shop: Shop, cartId: string, history: History, tokens: readonly Token[] | null = null) {
    this.#shop = shop;
    this.#cartId = cartId;
    this.#history = history;
    this.#life = new Life(`shopper of ${cartId}`);
    this.#tokens = tokens;
    this.#patienceMs = shop.scheduler.random.chance(0.2) ? impatienceMs : patienceMs;
  }

  async follow(plan: Exclude<Plan, 'insist'>): Promise<void> {
    const { random } = this.#shop.scheduler;
    switch (plan) {
      case 'buy':
        return this.#buy(random.chance(0.5) ? 2 : 1);
      case 'submit-twice':
        return void (await Promise.all([this.#buy(1), this.pause(random.between(0, 40)).then(() => this.#buy(1))]));
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
    await this.pause(random.between(10, 8_000));
    if (plan === 'cancel') return void (await this.ask('cancel', checkoutId, null));
    const pay = () => this.#pay(checkoutId);
    const cancel = async () => void (await this.ask('cancel', checkoutId, null));
    if (plan === 'pay-later') return pay();
    const second = plan === 'two-tabs' ? pay : cancel;
    await Promise.all([pay(), this.pause(random.between(0, 3_000)).then(second)]);
  }

  /** Starts with a payment; after a refusal perhaps once more with a fresh key. */
  async #buy(attempts: number): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const started = await this.start(this.#choice());
      if (started === null) return;
      const isOpen = await this.see(started.checkoutId, started.answer);
      if (started.answer.status < 400 && !isOpen) return;
      // Without the code that was used up, or the card that another shopper has emptied, it costs a little more.
      if (started.answer.body.includes('code-used-up')) await this.change({ discountCodes: [] });
      if (started.answer.body.includes('gift-card-insufficient')) await this.change({ giftCards: [] });
      if (started.answer.body.includes('store-credit-insufficient')) await this.change({ storeCredit: null });
      await this.pause(this.#shop.scheduler.random.between(200, 5_000));
    }
  }

  async #pay(checkoutId: string): Promise<void> {
    const answer = await this.ask('complete', checkoutId, this.#choice());
    if (answer !== null) await this.see(checkoutId, answer);
  }

  /** Looks at a checkout until it has ended or is open again, and confirms a payment where that is asked for. True when it is open. */
  async see(checkoutId: string, answer: CheckoutAnswer): Promise<boolean> {
    if (answer.status !== 202) return false;
    const { random } = this.#shop.scheduler;
    let hasPressed = false;
    for (let look = 0; look < triesMax; look += 1) {
      const view = await this.look(checkoutId);
      if (view !== null && view.status !== 'processing') return view.status === 'open';
      const actionUrl = view?.actionUrl ?? null;
      if (actionUrl !== null && !hasPressed) {
        hasPressed = true;
        await this.pause(random.between(10, 15_000));
        const choice = random.weighted({ pay: 6, decline: 2, nothing: 2 });
        if (choice !== 'nothing') await this.press(actionUrl, choice);
        // The provider sends the browser back, which completes at the same time as the webhook arrives, or with other means.
        const same = view?.payment ?? this.#choice();
        if (random.chance(0.6)) await this.ask('complete', checkoutId, random.chance(0.8) ? same : this.#choice());
      }
      await this.pause(random.between(500, 20_000));
    }
    this.#history.unanswered.push(`${checkoutId} never ended for its shopper`);
    return false;
  }

  /** Presses a button of a payment page. */
  async press(actionUrl: string, choice: 'pay' | 'decline'): Promise<void> {
    await this.#shop.bank.press(actionUrl.slice(actionUrl.lastIndexOf('/') + 1), choice);
  }

  async look(checkoutId: string): Promise<Look | null> {
    const read = async ({ checkouts }: OrderInstance) => {
      const found = checkouts.read(checkoutId);
      if (found === null) return null;
      const { checkout } = found;
      const payment = checkout.phase === 'paying' ? checkout.payment : null;
      return {
        status: statusOf(checkout),
        actionUrl: checkout.phase === 'paying' ? checkout.actionUrl : null,
        payment,
      };
    };
    return this.#shop.orders.ask(this.#life, 'order read', read).catch(() => null);
  }

  async #changeCart(): Promise<void> {
    const { scheduler } = this.#shop;
    const { variantOf } = this.#shop.goods.assortment;
    await this.pause(scheduler.random.between(0, 400));
    const line = { lineId: 'lin_new', variant: variantOf('var_b'), quantity: 1, attributes: {} };
    await this.#execute({ type: 'add-lines', lines: [line] });
  }

  change(details: Partial<CartDetails>): Promise<void> {
    return this.#execute({ type: 'change-details', details });
  }

  /** As the cart's desk does it: a checkout whose payment came to nothing is asked to let go of the cart first. */
  async #execute(
    change:
      | Pick<Extract<CartCommand, { type: 'add-lines' }>, 'type' | 'lines'>
      | Pick<Extract<CartCommand, { type: 'change-details' }>, 'type' | 'details'>,
  ): Promise<void> {
    const { scheduler, carts, plants, orders } = this.#shop;
    const { currency } = this.#shop.goods.assortment;
    const send = async (): Promise<CartCommandRefusal | null> => {
      const { now } = scheduler;
      const origin = { country: 'DE', currency, createdAt: now } as const;
      const command = { ...change, origin, emptyUntil: now + 1, now };
      return carts.object.ask(this.#life, `cart ${change.type}`, (cart) => cart.execute(this.#cartId, command));
    };
    const refusal = await send().catch(() => null);
    if (refusal === null || refusal.code !== 'cart-frozen' || !('checkoutId' in refusal)) return;
    const { checkoutId } = refusal;
    const honest = () => orders.ask(this.#life, 'order let-go', ({ checkouts }) => checkouts.letGo(checkoutId));
    const answer = await (plants.letGo?.(honest, this.#cartId, checkoutId) ?? honest()).catch(() => 'busy');
    if (answer === 'free') await send().catch(() => null);
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
    if (payment?.provider === 'sandbox') this.#history.asked.push({ cartId: this.#cartId, key });
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
    const scripted = this.#tokens?.[Math.min(this.#tries, this.#tokens.length - 1)];
    this.#tries += 1;
    return paymentBy(scripted ?? this.#shop.scheduler.random.weighted(tokenWeights));
  }

  pause(milliseconds: number): Promise<void> {
    return this.#shop.scheduler.sleep(this.#life, milliseconds);
  }
}
