/** The half of pricing's door that counts: allowances, gift cards and store credit, for carts and checkouts to call. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type {
  AllowanceHold,
  AllowanceReference,
  AllowancesApi,
  GiftCardsApi,
} from '../../../shared/contracts/pricing/allowances.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import type { AllowanceStub } from './service/allowance-object.ts';
import { findGiftCards } from './service/gift-cards.ts';
import { balances, commitAllowances, holdAllowances, rebuildLevels, releaseAllowances } from './service/holds.ts';
import { creditGiftCard, creditStoreCredit } from './service/refunds.ts';
import { type BalanceDesk, openingsOf } from './store.ts';

export interface AllowancesEnv {
  readonly DB: D1Database;
  readonly ALLOWANCE: { getByName(name: string): AllowanceStub };
}

export function allowancesOf(env: AllowancesEnv): BalanceDesk {
  const db = databaseOf(env.DB);
  return { objects: env.ALLOWANCE, db, openingsOf: (names) => openingsOf(db, names) };
}

export abstract class AllowancesEntrypoint<Env extends AllowancesEnv>
  extends WorkerEntrypoint<Env>
  implements AllowancesApi, GiftCardsApi
{
  holdAllowances(request: AllowanceHold) {
    return holdAllowances(allowancesOf(this.env), request);
  }

  commitAllowances(reference: AllowanceReference) {
    return commitAllowances(allowancesOf(this.env), reference);
  }

  releaseAllowances(reference: AllowanceReference) {
    return releaseAllowances(allowancesOf(this.env), reference);
  }

  balances(allowances: readonly string[], now: number) {
    return balances(allowancesOf(this.env), allowances, now);
  }

  rebuildAllowanceLevels() {
    return rebuildLevels(allowancesOf(this.env), Date.now());
  }

  findGiftCards(request: Parameters<GiftCardsApi['findGiftCards']>[0]) {
    return findGiftCards(allowancesOf(this.env), request);
  }

  creditGiftCard(request: Parameters<GiftCardsApi['creditGiftCard']>[0]) {
    return creditGiftCard(allowancesOf(this.env), request);
  }

  creditStoreCredit(request: Parameters<GiftCardsApi['creditStoreCredit']>[0]) {
    return creditStoreCredit(allowancesOf(this.env), request);
  }
}
