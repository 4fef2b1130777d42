/** What orders pay back, to a card or as store credit. The same key never pays twice. */
import {
  type AllowanceLevels,
  type CreditRefusal,
  type CreditRequest,
  giftCardBalance,
} from '../../../../shared/contracts/pricing/allowances.ts';
import type { Currency } from '../../../../shared/values/money.ts';
import { accept, assert, type Result, refuse } from '../../../../shared/values/result.ts';
import { type BalanceDesk, cardsById } from '../store.ts';
import { type ChangeRefusal, change, type Entry } from './changes.ts';
import { adjustStoreCredit } from './store-credit.ts';

/** Pays back to a card for an order. */
export async function creditGiftCard(
  allowances: BalanceDesk,
  { cardId, ...request }: CreditRequest & { readonly cardId: string },
): Promise<Result<{ readonly balanceMinor: number }, CreditRefusal>> {
  const [found] = await cardsById(allowances.db, [cardId]);
  if (found === undefined) return refuse({ code: 'unknown-gift-card' });
  return credited(await change(allowances, giftCardBalance(cardId), request.amountMinor, entryOf(request)));
}

/** Pays back to a customer's credit for an order. */
export async function creditStoreCredit(
  allowances: BalanceDesk,
  { customerId, currency, ...request }: CreditRequest & { readonly customerId: string; readonly currency: Currency },
): Promise<Result<{ readonly balanceMinor: number }, CreditRefusal>> {
  const amount = { amount: request.amountMinor, currency };
  const changed = await adjustStoreCredit(allowances, customerId, amount, entryOf(request));
  return credited(changed.ok ? accept(changed.value.levels) : changed);
}

function entryOf({ creditKey, amountMinor, reason, now }: CreditRequest): Entry {
  assert(Number.isSafeInteger(amountMinor) && amountMinor > 0, 'a credit is a positive amount');
  return { key: `credit:${creditKey}`, reason, actor: 'system:orders', now };
}

function credited(
  changed: Result<AllowanceLevels, ChangeRefusal>,
): Result<{ readonly balanceMinor: number }, CreditRefusal> {
  if (changed.ok) return accept({ balanceMinor: changed.value.available ?? 0 });
  const { refusal } = changed;
  if (refusal.code === 'credit-key-conflict' || refusal.code === 'balance-too-large') return refuse(refusal);
  throw new Error(`A credit cannot be refused with ${refusal.code}`);
}
