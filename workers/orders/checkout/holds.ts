/**
 * What a checkout holds of goods, codes and cards. A hold that ended before its checkout could use it, because a crash came in
 * between, is made again under the next key where there is still enough: that the shop was down is not the shopper's fault.
 */
import type { InventoryApi } from '../../../shared/contracts/inventory/api.ts';
import { type AllowancesApi, wantsOfQuote } from '../../../shared/contracts/pricing/allowances.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import { type CheckoutDetails, type HeldKind, keysHeldUnder, nextHoldKey } from '../domain/checkout/checkout.ts';
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

function allowancesOf({ quote }: Pick<CheckoutDetails, 'quote'>): string[] {
  return wantsOfQuote(quote).map(({ allowance }) => allowance);
}

/** Gives back what is held of goods, under every key of a checkout if none is named. */
export async function undoGoods(
  details: CheckoutDetails,
  { inventory }: Pick<Neighbors, 'inventory'>,
  now: number,
  keys: readonly string[] = keysHeldUnder(details, 'goods'),
): Promise<void> {
  for (const key of keys) await inventory.undoHolds({ key, stockUnitIds: unitsOf(details), now });
}

/** The same for codes, gift cards and store credit. */
export async function giveBackAllowances(
  details: CheckoutDetails,
  { allowances }: Pick<Neighbors, 'allowances'>,
  now: number,
  keys: readonly string[] = keysHeldUnder(details, 'allowances'),
): Promise<void> {
  const names = allowancesOf(details);
  if (names.length > 0) for (const key of keys) await allowances.releaseAllowances({ key, allowances: names, now });
}

/** Makes the holds of the goods final. */
export async function commitGoods(context: CheckoutContext, neighbors: Neighbors, now: number): Promise<Outcome> {
  const { holdKey, formerHoldKeys = [] } = detailsIn(context);
  const stockUnitIds = unitsOf(detailsIn(context));
  if (stockUnitIds.length === 0) return done;
  const commit = async (key: string) => (await neighbors.inventory.commitHolds({ key, stockUnitIds, now })).ok;
  const holdAgain = async (key: string): Promise<Outcome> => {
    const details = detailsIn(context);
    // Of several units, some may be committed under the key before. Those before that one were given back before it was made.
    await undoGoods(details, neighbors, now, keysHeldUnder(details, 'goods').slice(-2, -1));
    const held = await holdGoods(neighbors.inventory, key, details, now + heldAgainMs, now);
    if (held.ok) return (await commit(key)) ? done : isClosing;
    return held.refusal.code === 'insufficient-stock' ? refused(holdRefused(held.refusal, details)) : isClosing;
  };
  if (await commit(holdKey)) return done;
  return heldAnew(context, { holds: 'goods', key: holdKey, isFirst: formerHoldKeys.length === 0 }, holdAgain);
}

/** Makes the holds of codes, gift cards and store credit final. */
export async function useAllowances(context: CheckoutContext, neighbors: Neighbors, now: number): Promise<Outcome> {
  const { quote, allowanceKey, formerAllowanceKeys = [] } = detailsIn(context);
  const names = allowancesOf({ quote });
  if (names.length === 0) return done;
  const { allowances } = neighbors;
  const commit = async (key: string) => (await allowances.commitAllowances({ key, allowances: names, now })).ok;
  const holdAgain = async (key: string): Promise<Outcome> => {
    const details = detailsIn(context);
    await giveBackAllowances(details, neighbors, now, keysHeldUnder(details, 'allowances').slice(-2, -1));
    const until = now + heldAgainMs;
    const held = await allowances.holdAllowances({ key, wants: wantsOfQuote(quote), until, now });
    if (held.ok) return (await commit(key)) ? done : isClosing;
    return held.refusal.code === 'hold-closed' ? isClosing : refused(allowanceRefused(held.refusal, details));
  };
  if (await commit(allowanceKey)) return done;
  return heldAnew(
    context,
    { holds: 'allowances', key: allowanceKey, isFirst: formerAllowanceKeys.length === 0 },
    holdAgain,
  );
}

/**
 * Holds under the present key again, if that is one that a crash may have left without its hold, and else under the next. A new key
 * is recorded before anything is given back under the old one, so an undo that arrives late meets no commit.
 */
async function heldAnew(
  context: CheckoutContext,
  { holds, key, isFirst }: { readonly holds: HeldKind; readonly key: string; readonly isFirst: boolean },
  holdAgain: (key: string) => Promise<Outcome>,
): Promise<Outcome> {
  const outcome = isFirst ? isClosing : await holdAgain(key);
  if (outcome !== isClosing) return outcome;
  const next = nextHoldKey(detailsIn(context).checkoutId, key);
  if (next === null)
    return lateHold(holds === 'goods' ? 'What was to be bought was' : 'A code, gift card or store credit was');
  context.recordHeldAgain(holds, next);
  return holdAgain(next);
}

/** The new hold has ended too: the next try takes another key, as long as there is one. */
const isClosing = unknown('what was held again has ended');

const lateHold = (what: string) =>
  refused({ code: 'checkout-expired', detail: `${what} held too long and has been given back.` });
