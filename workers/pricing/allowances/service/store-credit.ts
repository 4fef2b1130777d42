/** Use cases of store credit: what a customer has in one currency, and how it is paid into and out of. */
import { storeCreditBalance } from '../../../../shared/contracts/pricing/allowances.ts';
import type { Currency, Money } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import * as store from '../store.ts';
import { type ChangeRefusal, change, type Entry, type Exact, exact } from './changes.ts';

export function storeCreditPage(
  { db }: store.BalanceDesk,
  page: Parameters<typeof store.listStoreCredits>[1],
): Promise<store.Listed<store.StoreCredit>[]> {
  return store.listStoreCredits(db, page);
}

export async function storeCreditOf(
  allowances: store.BalanceDesk,
  customerId: string,
  currency: Currency,
  now: number,
): Promise<Exact<store.StoreCredit> | null> {
  const [found] = await store.storeCreditsOf(allowances.db, [[customerId, currency]]);
  return found === undefined ? null : exact(allowances, found.row, storeCreditBalance(customerId, currency), now);
}

/** Pays into a customer's credit, or takes out of it. The first payment begins it. */
export async function adjustStoreCredit(
  allowances: store.BalanceDesk,
  customerId: string,
  { amount: deltaMinor, currency }: Money,
  entry: Entry,
): Promise<Result<Exact<store.StoreCredit>, ChangeRefusal>> {
  const row: store.StoreCredit = { customerId, currency, createdAt: entry.now };
  if (deltaMinor > 0) await store.addStoreCredit(allowances.db, row);
  else if ((await store.storeCreditsOf(allowances.db, [[customerId, currency]])).length === 0)
    return refuse({ code: 'store-credit-insufficient', requested: -deltaMinor, available: 0 });
  const changed = await change(allowances, storeCreditBalance(customerId, currency), deltaMinor, entry);
  return changed.ok ? accept({ row, levels: changed.value }) : changed;
}
