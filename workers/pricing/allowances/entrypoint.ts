/** The half of pricing's door that counts: allowances, gift cards and store credit, for carts and checkouts to call. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type {
  AllowanceHold,
  AllowanceReference,
  AllowancesApi,
  GiftCardsApi,
} from '../../../shared/contracts/pricing/allowances.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import { findGiftCards } from './service/gift-cards.ts';
import { balances, commitAllowances, holdAllowances, rebuildLevels, releaseAllowances } from './service/holds.ts';
import { creditGiftCard, creditStoreCredit } from './service/refunds.ts';

export abstract class AllowancesEntrypoint extends WorkerEntrypoint<PricingEnv> implements AllowancesApi, GiftCardsApi {
  holdAllowances(request: AllowanceHold) {
    return holdAllowances(contextOf(this.env), request);
  }

  commitAllowances(reference: AllowanceReference) {
    return commitAllowances(contextOf(this.env), reference);
  }

  releaseAllowances(reference: AllowanceReference) {
    return releaseAllowances(contextOf(this.env), reference);
  }

  balances(allowances: readonly string[], now: number) {
    return balances(contextOf(this.env), allowances, now);
  }

  rebuildAllowanceLevels() {
    return rebuildLevels(contextOf(this.env), Date.now());
  }

  findGiftCards(request: Parameters<GiftCardsApi['findGiftCards']>[0]) {
    return findGiftCards(contextOf(this.env), request);
  }

  creditGiftCard(request: Parameters<GiftCardsApi['creditGiftCard']>[0]) {
    return creditGiftCard(contextOf(this.env), request);
  }

  creditStoreCredit(request: Parameters<GiftCardsApi['creditStoreCredit']>[0]) {
    return creditStoreCredit(contextOf(this.env), request);
  }
}
