/**
 * What a checkout holds of goods, codes and cards. A hold that ended before its checkout could use it, because a crash came in
 * between, is made again under the next key where there is still enough: that the shop was down is not the shopper's fault.
 */
import type { InventoryApi } from '../../../shared/contracts/inventory/api.ts';
import { type AllowancesApi, wantsOfQuote } from '../../../shared/contracts/pricing/allowances.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import { type CheckoutDetails, nextHoldKey } from '../domain/checkout/checkout.ts';
import type { Outcome } from '../domain/plan.ts';
import { done, holdRefused, refused, unknown } from '../service/outcomes.ts';
import { type CheckoutContext, detailsIn, type Lines, needsOf, unitsOf } from './checkout-context.ts';
import { allowanceRefused } from './refusals.ts';

interface Neighbors {
  readonly inventory: Pick<InventoryApi, 'hold' | 'commitHolds' | 'undoHolds'>;
  readonly allowances: Pick<AllowancesApi, 'holdAllowances' | 'commitAllowances' | 'releaseAllowances'>;
}

/** What is held again is used at once; should another crash come in between, it ends by itself. */
const heldAgainMs = 5 * minuteMs;

export async function holdGoods(
  inventory: Pick<InventoryApi, 'hold'>,
  key: string,
  lines: Lines,
  until: number,
  now: number,
): ReturnType<InventoryApi['hold']> {
  const needs = needsOf(lines);
  return needs.length === 0 ? { ok: true, value: null } : inventory.hold({ key, needs, until, now });
}

export function allowancesOf({ quote }: Pick<CheckoutDetails, 'quote'>): string[] {
  return wantsOfQuote(quote).map(({ allowance }) => allowance);
}

/** Makes the holds of the goods final. */
export async function commitGoods(context: CheckoutContext, { inventory }: Neighbors, now: number): Promise<Outcome> {
  const details = detailsIn(context);
  const { checkoutId, holdKey } = details;
  const stockUnitIds = unitsOf(details);
  if (stockUnitIds.length === 0) return done;
  if ((await inventory.commitHolds({ key: holdKey, stockUnitIds, now })).ok) return done;
  const key = nextHoldKey(checkoutId, holdKey);
  if (key === null) return lateHold('What was to be bought was');
  // Of several stock units, some may have been committed.
  await inventory.undoHolds({ key: holdKey, stockUnitIds, now });
  context.recordHeldAgain('goods', key);
  const held = await holdGoods(inventory, key, details, now + heldAgainMs, now);
  if (!held.ok)
    return held.refusal.code === 'insufficient-stock' ? refused(holdRefused(held.refusal, details)) : isClosing;
  return (await inventory.commitHolds({ key, stockUnitIds, now })).ok ? done : isClosing;
}

/** Makes the holds of codes, gift cards and store credit final. */
export async function useAllowances(
  context: CheckoutContext,
  { allowances }: Neighbors,
  now: number,
): Promise<Outcome> {
  const details = detailsIn(context);
  const { checkoutId, allowanceKey } = details;
  const names = allowancesOf(details);
  if (names.length === 0) return done;
  if ((await allowances.commitAllowances({ key: allowanceKey, allowances: names, now })).ok) return done;
  const key = nextHoldKey(checkoutId, allowanceKey);
  if (key === null) return lateHold('A code, gift card or store credit was');
  await allowances.releaseAllowances({ key: allowanceKey, allowances: names, now });
  context.recordHeldAgain('allowances', key);
  const wants = wantsOfQuote(details.quote);
  const held = await allowances.holdAllowances({ key, wants, until: now + heldAgainMs, now });
  if (!held.ok)
    return held.refusal.code === 'hold-closed' ? isClosing : refused(allowanceRefused(held.refusal, details));
  return (await allowances.commitAllowances({ key, allowances: names, now })).ok ? done : isClosing;
}

/** The new hold has ended too: the next try takes another key, as long as there is one. */
const isClosing = unknown('what was held again has ended');

const lateHold = (what: string) =>
  refused({ code: 'checkout-expired', detail: `${what} held too long and has been given back.` });
