/** A Cart object's desk without a platform: storage in memory, a pricing that a test can hold up, and a catalogue that knows all. */

import { cartStreams } from '../../../durable-objects/cart/streams.ts';
import type { CatalogApi } from '../../../shared/contracts/catalog/api.ts';
import type { LetGo } from '../../../shared/contracts/orders/api.ts';
import type { GiftCardFinding } from '../../../shared/contracts/pricing/allowances.ts';
import type {
  CartQuestion,
  CartQuote,
  MarketChoice,
  PriceableCart,
  PricingRefusal,
  Quote,
} from '../../../shared/contracts/pricing/api.ts';
import { Streams } from '../../../shared/streams/streams.ts';
import { quotingBy } from '../../../shared/testing/pricing.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { dayMs } from '../../../shared/values/time.ts';
import type { CartEvent } from '../domain/cart.ts';
import { type CartCommand, decideCart } from '../domain/decide.ts';
import { CartDesk, type CartDeskPorts } from '../service/cart-desk.ts';
import type { CartText, CartWish, CartWrite } from '../service/cart-object.ts';
import { StandingMemory } from '../service/standings.ts';
import { variantOf } from './script.ts';

export const now = 1_800_000_000_000;
const ttlMs = 30 * dayMs;
export const cartId = 'cart_1';
const origin = { country: 'DE', currency: 'EUR', createdAt: now } as const;

/** The sum of the lines, without shipping or tax. */
export function plainQuote({ lines, country, currency, shippingOptionId }: PriceableCart): Quote {
  const subtotalMinor = lines.reduce((sum, line) => sum + line.unitPriceMinor * line.quantity, 0);
  return {
    ...{ pricingVersion: 1, pricingSince: 0, country, currency, pricesIncludeTax: true, shippingOptionId },
    ...{ shippingOptions: [], isUnshippable: false, subtotalMinor, totalMinor: subtotalMinor, dueMinor: subtotalMinor },
    ...{ discountMinor: 0, shippingMinor: 0, shippingDiscountMinor: 0, taxMinor: 0, discounts: [], rejectedCodes: [] },
    ...{ taxLines: [], taxRelief: null, giftCards: [], allowances: [] },
    lines: lines.map(({ lineId, unitPriceMinor, quantity }) => ({
      ...{
        lineId,
        unitPriceMinor,
        compareAtMinor: null,
        priceListId: null,
        discountMinor: 0,
        taxMinor: 0,
        discounts: [],
      },
      subtotalMinor: unitPriceMinor * quantity,
      totalMinor: unitPriceMinor * quantity,
    })),
  };
}

/** A pricing that answers as a test says, and remembers what it was asked. */
export class TestPricing {
  answer = async ({ cart }: CartQuestion): Promise<Result<CartQuote, PricingRefusal>> =>
    accept({ quote: plainQuote(cart), usedUp: [] });
  marketOf = (country: string, _currency: string | null): Result<MarketChoice, PricingRefusal> =>
    accept({ marketId: 'mkt_1', country, currency: 'EUR' });
  cards: readonly GiftCardFinding[] = [];
  available: number | null = null;
  readonly asked: CartQuestion[] = [];
  readonly balancesAsked: string[] = [];
  readonly codesAsked: string[] = [];

  get ports(): CartDeskPorts['pricing'] {
    return {
      ...quotingBy((question) => {
        this.asked.push(question);
        return this.answer(question);
      }),
      balances: async (names) => {
        this.balancesAsked.push(...names);
        return names.map((allowance) => ({
          ...{ allowance, total: null, held: 0, committed: 0, isDisabled: false, expiresAt: null, version: 1 },
          available: this.available,
        }));
      },
      market: async ({ country, currency }) => this.marketOf(country ?? 'DE', currency),
      findGiftCards: async ({ codes }) => {
        this.codesAsked.push(...codes);
        return codes.map((code) => this.cards.find((card) => card.code === code) ?? { status: 'unknown', code });
      },
    };
  }
}

export class TestDesk {
  readonly pricing = new TestPricing();
  readonly storage = new MemoryStreamStorage<CartEvent>();
  readonly reported: string[] = [];
  /** What the catalogue says of variants: there are always nine of each. */
  standings: CatalogApi['standings'] = async (ids) =>
    ids.map((variantId) => ({ variantId, isSold: true, currencies: ['EUR'], available: 9, sellable: 9, units: [] }));
  streams = this.#streams();
  desk = this.#desk();
  #writes = 0;

  /** What a checkout answers to the wish for its cart. */
  letGo: (checkoutId: string) => Promise<LetGo> = async () => 'kept';

  /** The object dies and starts again on its storage. */
  restart(): void {
    this.streams = this.#streams();
    this.desk = this.#desk();
  }

  #streams() {
    return new Streams(cartStreams(ttlMs), this.storage, { set: () => undefined });
  }

  #desk(): CartDesk {
    return new CartDesk({
      streams: this.streams,
      pricing: this.pricing.ports,
      catalog: { variants: async () => [], variantRevision: async () => 1, standings: this.standings },
      standings: new StandingMemory(),
      background: { later: () => undefined, report: (message) => void this.reported.push(message) },
      orders: { letGoOfCart: (checkoutId) => this.letGo(checkoutId) },
      ttlMs,
      sleep: () => Promise.resolve(),
    });
  }

  write(wish: CartWish, more: Partial<CartWrite> = {}): Promise<CartText> {
    this.#writes += 1;
    const asked = { cartId, origin, requestId: `req_${this.#writes}`, now };
    const usual = { ifVersion: null, idempotency: null, isNew: false, status: 200 } as const;
    return this.desk.write({ ...asked, ...usual, wish, ...more });
  }

  show(): Promise<CartText> {
    return this.desk.show({ cartId, origin, requestId: 'req_show', now });
  }

  /** Another line of a variant of its own, or of one that is there. */
  add(number = 0, more: Partial<CartWrite> = {}): Promise<CartText> {
    const line = { lineId: `lin_${number}`, variant: variantOf(number, 100), quantity: 1, attributes: {} };
    return this.write({ type: 'add-lines', lines: [line] }, { status: 201, ...more });
  }

  /** What a checkout does, which waits for nobody. */
  command(command: CartCommand) {
    return this.streams.execute(cartId, command.now, ({ state, version }) => decideCart(state, version, command));
  }

  get cart() {
    return this.streams.load(cartId);
  }
}

/** An answer that comes when the test says so. */
export function held<Value>(): { readonly answer: Promise<Value>; give(value: Value): void; fail(): void } {
  let give: (value: Value) => void = () => undefined;
  let fail: () => void = () => undefined;
  const answer = new Promise<Value>((resolve, reject) => {
    give = resolve;
    fail = () => reject(new Error('pricing is gone'));
  });
  return { answer, give: (value) => give(value), fail: () => fail() };
}
