/**
 * Pricing: which market a shopper is in, what a cart costs, what product pages show, and the allowances that checkouts hold. Each
 * method is one question that other Workers may ask.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type {
  AllowanceHold,
  AllowanceReference,
  AllowancesApi,
  CreditRequest,
  GiftCardsApi,
  SoldCardsApi,
  VoidRequest,
} from '../../shared/contracts/pricing/allowances.ts';
import type { CartQuestion, MarketWish, PricingApi } from '../../shared/contracts/pricing/api.ts';
import type { ShelfApi, ShelfRequest } from '../../shared/contracts/pricing/shelf.ts';
import { databaseOf, handledEventsIn } from '../../shared/messaging/d1.ts';
import { reportDefect } from '../../shared/messaging/report.ts';
import type { Currency } from '../../shared/values/money.ts';
import { type Packed, pack, unpack } from '../../shared/values/packed.ts';
import { findGiftCards } from './allowances/service/gift-cards.ts';
import * as holds from './allowances/service/holds.ts';
import { creditGiftCard, creditStoreCredit } from './allowances/service/refunds.ts';
import { restoreSoldCards, voidSoldCards } from './allowances/service/voided-cards.ts';
import { contextOf, type PricingEnv } from './context.ts';
import { receiveEvents } from './events.ts';
import { app } from './routes/app.ts';
import { explainCart, quoteCart } from './service/cart-quotes.ts';
import type { Moment } from './service/settings-memory.ts';

export { AllowanceObject } from '../../durable-objects/allowance/object.ts';

export default class PricingService
  extends WorkerEntrypoint<PricingEnv>
  implements PricingApi, ShelfApi, AllowancesApi, GiftCardsApi, SoldCardsApi, InboxApi
{
  override async fetch(request: Request) {
    return app.fetch(request, this.env, this.ctx);
  }

  market(wish: MarketWish) {
    const { quotes, source } = contextOf(this.env);
    return quotes.market(source, wish, this.#moment());
  }

  async quoteCart(question: Packed<CartQuestion>) {
    return pack(await quoteCart(contextOf(this.env), unpack(question), this.#moment()));
  }

  shipsUnpaid(paymentMethodId: string | null) {
    const { quotes, source } = contextOf(this.env);
    return quotes.shipsUnpaid(source, paymentMethodId, this.#moment());
  }

  explainCart(question: CartQuestion) {
    return explainCart(contextOf(this.env), question, this.#moment());
  }

  shelf() {
    const { shelves, source } = contextOf(this.env);
    return shelves.shelf(source, this.#moment());
  }

  shelfPrices(request: ShelfRequest) {
    const { shelves, source } = contextOf(this.env);
    return shelves.prices(source, request, this.#moment());
  }

  holdAllowances(request: AllowanceHold) {
    return holds.holdAllowances(contextOf(this.env), request);
  }

  commitAllowances(reference: AllowanceReference) {
    return holds.commitAllowances(contextOf(this.env), reference);
  }

  releaseAllowances(reference: AllowanceReference) {
    return holds.releaseAllowances(contextOf(this.env), reference);
  }

  balances(allowances: readonly string[], now: number) {
    return holds.balances(contextOf(this.env), allowances, now);
  }

  rebuildAllowanceLevels() {
    return holds.rebuildLevels(contextOf(this.env), Date.now());
  }

  findGiftCards(request: { readonly codes: readonly string[]; readonly currency: Currency; readonly now: number }) {
    return findGiftCards(contextOf(this.env), request);
  }

  creditGiftCard(request: CreditRequest & { readonly cardId: string }) {
    return creditGiftCard(contextOf(this.env), request);
  }

  creditStoreCredit(request: CreditRequest & { readonly customerId: string; readonly currency: Currency }) {
    return creditStoreCredit(contextOf(this.env), request);
  }

  voidSoldCards(request: VoidRequest) {
    return voidSoldCards(contextOf(this.env), request);
  }

  restoreSoldCards(request: Parameters<SoldCardsApi['restoreSoldCards']>[0]) {
    return restoreSoldCards(contextOf(this.env), request);
  }

  handledEvents(eventIds: readonly string[]) {
    return handledEventsIn(databaseOf(this.env.DB), eventIds);
  }

  override async queue(batch: MessageBatch) {
    await receiveEvents(contextOf(this.env), batch);
  }

  #moment(): Moment {
    return { now: Date.now(), later: (work) => this.ctx.waitUntil(work), report: reportDefect };
  }
}
