/**
 * What a Cart object does with a request: it decides on the cart as it is, asks pricing what the cart would cost then, and commits
 * the change and the answer under its key together. Whatever cannot be answered is not done. It knows no platform.
 *
 * Pricing is awaited between the decision and the commit. Changes of one cart wait for each other; a checkout that freezes,
 * gives back or completes the cart does not, so the version is compared before the commit, and the change is decided anew.
 */

import type { CheckoutsApi, LetGo } from '../../../shared/contracts/orders/api.ts';
import type { AllowancesApi, GiftCardsApi } from '../../../shared/contracts/pricing/allowances.ts';
import type { CartQuestion, PricingApi, Quote } from '../../../shared/contracts/pricing/api.ts';
import { askQuote } from '../../../shared/quoting/priceable.ts';
import type { Answer } from '../../../shared/streams/kept-answers.ts';
import type { Loaded, Streams } from '../../../shared/streams/streams.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { Refusal } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { type Cart, type CartEvent, evolveCart } from '../domain/cart.ts';
import { type CartCommand, type CartCommandRefusal, decideCart } from '../domain/decide.ts';
import { paymentMethodsView, shippingOptionsView } from '../view.ts';
import type { CartAsked, CartText, CartWrite, EarlyRefusal } from './cart-object.ts';
import {
  heard,
  type PricedCart,
  PricingSilent,
  price,
  problemText,
  questionOf,
  type TextPorts,
  textOf,
} from './cart-text.ts';
import { noCart, type PresentCart, present } from './carts.ts';
import { commandOf, wrongCodesIn } from './details.ts';
import { isKeptCart, keptText, readKeptCart } from './kept-cart.ts';
import { pointed } from './pointers.ts';

export interface CartDeskPorts extends TextPorts {
  readonly streams: Streams<Cart, CartEvent>;
  readonly pricing: TextPorts['pricing'] &
    Pick<PricingApi, 'market'> &
    Pick<AllowancesApi, 'balances'> &
    Pick<GiftCardsApi, 'findGiftCards'>;
  readonly orders: CheckoutsApi;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A checkout changes a cart twice at most while one change is priced: a freeze and a thaw. More often is a defect. */
const attemptsMax = 5;
/** A second request with the key of one that is running waits for its answer for this long. */
const patienceMs = 5 * secondMs;

export class CartDesk {
  readonly #ports: CartDeskPorts;
  /** The last change of each cart that is being changed. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(ports: CartDeskPorts) {
    this.#ports = ports;
  }

  /** Changes a cart and answers it; under a key once, and then with the first answer. */
  write(write: CartWrite): Promise<CartText> {
    const { idempotency, cartId, requestId } = write;
    const work = () => this.#inTurn(cartId, () => this.#orUnavailable(requestId, () => this.#change(write)));
    return idempotency === null ? work() : this.#once({ ...write, idempotency }, work);
  }

  /** Keeps a refusal that was found before the cart was asked, unless the key has an answer. */
  refuse(early: EarlyRefusal): Promise<CartText> {
    return this.#once(early, async () => this.#kept(problemText(early.refusal, early.requestId), early));
  }

  /** The cart as it is, priced. */
  show(asked: CartAsked): Promise<CartText> {
    return this.#orUnavailable(asked.requestId, async () => {
      const { streams, ttlMs } = this.#ports;
      const before = streams.load(asked.cartId);
      const found = this.#presentAs(asked, before);
      if (found === null) return problemText(noCart, asked.requestId);
      const priced = await price(this.#ports, found.cart, asked.now, { isOptionWanted: false });
      if (!priced.ok) return problemText(priced.refusal, asked.requestId);
      const noted = shownWithout(before, found, priced.value.usedUp, asked.now);
      // Another change came in between: its own answer says what it was shown without.
      const isStale = noted.length > 0 && streams.load(asked.cartId).version !== before.version;
      if (noted.length === 0 || isStale) return textOf(found, priced.value, ttlMs, 200);
      const after = streams.append(asked.cartId, noted, asked.now);
      return textOf(this.#presentAs(asked, after) ?? found, priced.value, ttlMs, 200);
    });
  }

  /** How the cart can be sent, and what each way costs. */
  shippingOptions(asked: CartAsked): Promise<CartText> {
    return this.#ask(asked, {}, shippingOptionsView);
  }

  /** How the cart can be paid. */
  paymentMethods(asked: CartAsked): Promise<CartText> {
    return this.#ask(asked, { needsPaymentMethods: true }, paymentMethodsView);
  }

  /** Answers a part of what the cart costs. */
  #ask(
    asked: CartAsked,
    needs: Pick<CartQuestion, 'needsPaymentMethods'>,
    viewOf: (quote: Quote) => unknown,
  ): Promise<CartText> {
    return this.#orUnavailable(asked.requestId, async () => {
      const found = this.#presentAs(asked, this.#ports.streams.load(asked.cartId));
      if (found === null) return problemText(noCart, asked.requestId);
      const quoted = await heard(askQuote(this.#ports.pricing, { ...questionOf(found.cart, asked.now), ...needs }));
      if (!quoted.ok) return problemText(quoted.refusal, asked.requestId);
      return { status: 200, body: JSON.stringify(viewOf(quoted.value.quote)), shown: null, isReplay: false };
    });
  }

  async #change(asked: CartWrite): Promise<CartText> {
    let write = asked;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const next = await this.#attempt(write);
      if (next !== null && 'body' in next) return next;
      write = next ?? write;
    }
    throw new Error(`${write.cartId} changed ${attemptsMax} times while it was priced`);
  }

  /** Null when the cart has changed while others were asked; another wish when a checkout gave the cart back for this one. */
  async #attempt(write: CartWrite): Promise<CartText | CartWrite | null> {
    const { streams, pricing, ttlMs } = this.#ports;
    const { cartId, wish, now, ifVersion } = write;
    if (write.isNew) streams.expectNew(cartId);
    const before = streams.load(cartId);
    const isUnchanged = () => streams.load(cartId).version === before.version;
    if (ifVersion !== null && ifVersion !== before.version)
      return this.#refuse({ code: 'precondition-failed', version: before.version }, write);

    const beginning = { origin: write.origin, emptyUntil: write.origin.createdAt + ttlMs };
    const command = await commandOf(pricing, this.#presentAs(write, before), wish, { ...beginning, now });
    if (!isUnchanged()) return null;
    if (!command.ok) return this.#refuse(command.refusal, write);
    const { events, refusal } = this.#decide(before, command.value);
    if (refusal?.code === 'cart-frozen') return this.#afterCheckout(write, before, refusal);
    if (refusal !== null) {
      // A freeze that is over has ended, also for a change that is refused.
      if (events.length > 0) streams.append(cartId, events, now);
      return this.#refuse(refusal, write);
    }

    const changed = folded(before, events);
    const found = this.#presentAs(write, changed);
    if (found === null) return this.#refuse(noCart, write);
    const isOptionWanted = wish.type === 'change-details' && wish.input.shippingOptionId !== undefined;
    const priced = await price(this.#ports, found.cart, now, { isOptionWanted });
    if (!isUnchanged()) return null;
    if (!priced.ok) return this.#refuse(priced.refusal, write);

    const noted = shownWithout(changed, found, priced.value.usedUp, now);
    if (events.length + noted.length > 0) streams.append(cartId, [...events, ...noted], now);
    const shown = noted.length === 0 ? found : (this.#presentAs(write, folded(changed, noted)) ?? found);
    if (write.idempotency !== null) this.#keepCart(shown, priced.value, { ...write, idempotency: write.idempotency });
    const wrongCodes = wrongCodesIn(wish, shown.cart, priced.value.quote);
    return { ...textOf(shown, priced.value, ttlMs, write.status), ...(wrongCodes === 0 ? {} : { wrongCodes }) };
  }

  /** What changes nothing may be asked of a cart in a checkout too, such as the address once more before the next payment. */
  #decide({ state, version }: Loaded<Cart>, command: CartCommand): ReturnType<typeof decideCart> {
    const decision = decideCart(state, version, command);
    if (decision.refusal?.code !== 'cart-frozen') return decision;
    const thawed = { type: 'cart-thawed', checkoutId: decision.refusal.checkoutId, at: command.now } as const;
    const wished = decideCart(evolveCart(state, thawed), version + 1, command);
    return wished.refusal === null && wished.events.length === 0 ? wished : decision;
  }

  /** A checkout whose payment came to nothing gives its cart back for a change. */
  async #afterCheckout(
    write: CartWrite,
    before: Loaded<Cart>,
    refusal: Extract<CartCommandRefusal, { checkoutId: string }>,
  ): Promise<CartText | CartWrite | null> {
    const { streams, orders, background } = this.#ports;
    const { cartId, ifVersion } = write;
    const answer = await orders.letGoOfCart(refusal.checkoutId).catch((error: unknown): LetGo => {
      background.report('a checkout does not answer; nothing was changed', error);
      return 'busy';
    });
    if (answer === 'kept') return this.#refuse(refusal, write);
    if (answer === 'busy') return problemText({ code: 'unavailable', detail: checkoutBusy }, write.requestId);
    // Only the checkout has touched the cart, so the version that the shopper named is still the one they saw.
    const { version } = streams.load(cartId);
    const isSame = ifVersion !== null && version === before.version + 1;
    return isSame ? { ...write, ifVersion: version } : null;
  }

  #presentAs(asked: CartAsked, { state: cart, version }: Loaded<Cart>): PresentCart | null {
    return present(asked, { cart, version }, this.#ports.ttlMs, asked.now);
  }

  #refuse<No extends Refusal>(refusal: No, write: CartWrite): CartText {
    return this.#kept(problemText(pointed(refusal, write.wish), write.requestId), write);
  }

  /** Keeps what makes the answer again, in the commit of the change that it tells of. */
  #keepCart(
    { cartId, version }: PresentCart,
    { quote, gifts, lineStates, unusableBalances }: PricedCart,
    { idempotency, origin, now, status }: CartWrite & { readonly idempotency: IdempotencyKey },
  ): void {
    const { streams, ttlMs } = this.#ports;
    const unusable = unusableBalances === undefined ? {} : { unusableBalances };
    const body = keptText({ cartId, version, origin, now, ttlMs, quote, gifts, lineStates, ...unusable });
    streams.answers.keep(idempotency, { status, body }, now);
  }

  /** The first answer again, to the byte. */
  #replayOf({ status, body }: Answer, requestId: string): CartText {
    if (!isKeptCart(body)) return { status, body, shown: null, isReplay: true };
    const kept = readKeptCart(body);
    const past = this.#ports.streams.loadPast(kept.cartId, kept.version);
    const stored = past === null ? null : { cart: past.state, version: past.version };
    const found = stored === null ? null : present(kept, stored, kept.ttlMs, kept.now);
    if (found === null) return problemText(noCart, requestId);
    const quote = kept.quoteFor(found.cart.lines);
    return { ...textOf(found, { ...kept, quote }, kept.ttlMs, status), isReplay: true };
  }

  /** Keeps a refusal in the commit of the events that it is due to. */
  #kept(text: CartText, { idempotency, now }: Pick<CartWrite, 'idempotency' | 'now'>): CartText {
    if (idempotency !== null) this.#ports.streams.answers.keep(idempotency, text, now);
    return text;
  }

  async #once(
    { idempotency, requestId, now }: Pick<EarlyRefusal, 'idempotency' | 'requestId' | 'now'>,
    work: () => Promise<CartText>,
  ): Promise<CartText> {
    const { streams, sleep } = this.#ports;
    const end = await streams.answers.once(idempotency, now, work, () => sleep(patienceMs));
    switch (end.kind) {
      case 'done':
        return end.answer;
      case 'answered':
        return this.#replayOf(end.answer, requestId);
      case 'refused':
        return problemText({ code: end.code }, requestId);
    }
  }

  async #inTurn<Value>(cartId: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(cartId);
    const turn = before === undefined ? work() : before.then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(cartId, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(cartId) === settled) this.#last.delete(cartId);
    }
  }

  async #orUnavailable(requestId: string, work: () => Promise<CartText>): Promise<CartText> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PricingSilent)) throw error;
      this.#ports.background.report('pricing does not answer; nothing was changed', error);
      return problemText({ code: 'unavailable', detail: unavailable }, requestId);
    }
  }
}

const checkoutBusy = 'The checkout of this cart has not given it back yet, so nothing was changed. Try again.';
const unavailable = 'Prices are not available at the moment, so nothing was changed. Try again.';

function folded({ state, version }: Loaded<Cart>, events: readonly CartEvent[]): Loaded<Cart> {
  return { state: events.reduce(evolveCart, state), version: version + events.length };
}

/**
 * The event that records which promotions are missing from the total that is shown, because they are used up. A checkout compares
 * with it, so that no shopper is charged a total that was not shown. There is an event only where the list changes.
 */
function shownWithout(
  { state, version }: Loaded<Cart>,
  { cart }: PresentCart,
  usedUp: readonly string[],
  now: number,
): readonly CartEvent[] {
  const isKnown = usedUp.length === cart.usedUp.length && usedUp.every((allowance) => cart.usedUp.includes(allowance));
  if (isKnown || cart.status !== 'active') return [];
  return decideCart(state, version, { type: 'reprice', variants: [], usedUp, now }).events;
}
