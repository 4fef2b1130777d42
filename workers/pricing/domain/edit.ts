/**
 * What a merchant's change is: decided on one version of the settings, the rows to save and to remove, or a refusal. What
 * may be changed how is in the `edit-*.ts` files beside this one.
 */
import type { ListPrice, ListPriceKey } from '../../../shared/contracts/pricing/price-lists.ts';
import { accept, noSuch, type Result, refuse } from '../../../shared/values/result.ts';
import type { Scheduled } from './schedule.ts';
import { type PricingSettings, type RowKind, rowNames, type SettingsRows } from './settings.ts';

/** Entries of a price list. They are too many for memory, so they are rows of their own with their own history. */
export interface ListPricesChange {
  readonly listId: string;
  readonly set: readonly ListPrice[];
  readonly remove: readonly ListPriceKey[] | 'all';
}

/** Rows to save and rows to remove, in one commit, and the one that the caller asked for. */
export interface Change<Value> {
  readonly value: Value;
  readonly saved: Partial<SettingsRows>;
  readonly removedIds: { readonly [Kind in RowKind]?: readonly string[] };
  readonly listPrices: ListPricesChange | null;
}

export type EditRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'precondition-failed'; readonly version: number }
  | { readonly code: 'country-taken'; readonly country: string; readonly marketId: string }
  | { readonly code: 'default-market-needed'; readonly detail: string }
  | { readonly code: 'code-taken'; readonly discountCode: string; readonly promotionId: string }
  | { readonly code: 'settings-full'; readonly max: number }
  | {
      readonly code: 'invalid-input';
      readonly detail: string;
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
    };

export type Edit<Value> = Result<Change<Value>, EditRefusal>;

/** Tells whether the caller's precondition holds for the version it is about to change. */
export type IsExpected = (version: number) => boolean;

interface Row {
  readonly id: string;
  readonly version: number;
}

/** A change that saves rows and answers one of them. */
export function saves<Value>(
  value: Value,
  saved: Partial<SettingsRows>,
): { readonly ok: true; readonly value: Change<Value> } {
  return accept({ value, saved, removedIds: {}, listPrices: null });
}

/** The row that the caller means, as it stands. */
export function expectRow<Kept extends Row>(
  rows: readonly Kept[],
  kind: RowKind,
  id: string,
  isExpected: IsExpected,
): Result<Kept, EditRefusal> {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) return refuse(noSuch(rowNames[kind]));
  return isExpected(row.version) ? accept(row) : refuse({ code: 'precondition-failed', version: row.version });
}

type Patch<Kept> = { readonly [Field in keyof Kept]?: Kept[Field] | undefined };

/** The next version of a row: what the patch does not name stays. */
export function patched<Kept extends Row>(row: Kept, patch: Patch<Kept>): Kept {
  const named = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  return { ...row, ...named, version: row.version + 1 };
}

interface Kind<Kept, Draft> {
  /** The most rows of the kind; absent where other rules bound them. */
  readonly max?: number;
  begin(id: string, draft: Draft): Kept;
  /** Saves a row that is new or changed, or refuses it. */
  save(settings: PricingSettings, row: Kept): Edit<Kept>;
}

/** How a row of a kind is added, and how one is changed. */
export function editsOf<Kept extends Row, Draft>(
  kind: RowKind,
  rowsIn: (settings: PricingSettings) => readonly Kept[],
  { max = Number.POSITIVE_INFINITY, begin, save }: Kind<Kept, Draft>,
) {
  return {
    add(settings: PricingSettings, id: string, draft: Draft): Edit<Kept> {
      if (rowsIn(settings).length >= max) return refuse({ code: 'settings-full', max });
      return save(settings, begin(id, draft));
    },
    change(settings: PricingSettings, id: string, patch: Patch<Kept>, isExpected: IsExpected): Edit<Kept> {
      const found = expectRow(rowsIn(settings), kind, id, isExpected);
      return found.ok ? save(settings, patched(found.value, patch)) : found;
    },
  };
}

/** Refuses what is over before it starts. */
export function refuseEmptySchedule({ startsAt, endsAt }: Scheduled) {
  if (startsAt === null || endsAt === null || Date.parse(startsAt) < Date.parse(endsAt)) return null;
  return invalid('/endsAt', 'It ends before it starts.');
}

/** Refuses the first market that does not exist. */
export function refuseUnknownMarket(settings: PricingSettings, marketIds: readonly string[], pointer: string) {
  const known = new Set(settings.markets.map(({ id }) => id));
  for (const [index, id] of marketIds.entries())
    if (!known.has(id)) return invalid(`${pointer}/${index}`, 'There is no such market.');
  return null;
}

export function removeRow(settings: PricingSettings, kind: RowKind, id: string, isExpected: IsExpected): Edit<null> {
  const rows: readonly Row[] = settings[kind];
  const found = expectRow(rows, kind, id, isExpected);
  if (!found.ok) return found;
  const listPrices = kind === 'priceLists' ? { listId: id, set: [], remove: 'all' as const } : null;
  return accept({ value: null, saved: {}, removedIds: { [kind]: [id] }, listPrices });
}

/** The settings after a change, at their next version. */
export function changed(
  settings: PricingSettings,
  { saved, removedIds }: Change<unknown>,
  now: number,
): PricingSettings {
  return {
    version: settings.version + 1,
    changedAt: now,
    markets: upserted(settings.markets, saved.markets, removedIds.markets),
    shippingRates: upserted(settings.shippingRates, saved.shippingRates, removedIds.shippingRates),
    promotions: upserted(settings.promotions, saved.promotions, removedIds.promotions),
    priceLists: upserted(settings.priceLists, saved.priceLists, removedIds.priceLists),
    taxRates: upserted(settings.taxRates, saved.taxRates, removedIds.taxRates),
    paymentMethods: upserted(settings.paymentMethods, saved.paymentMethods, removedIds.paymentMethods),
  };
}

function upserted<Kept extends Row>(
  rows: readonly Kept[],
  saved: readonly Kept[] = [],
  removedIds: readonly string[] = [],
): Kept[] {
  const byId = new Map([...rows, ...saved].map((row) => [row.id, row]));
  for (const id of removedIds) byId.delete(id);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function invalid(pointer: string, detail: string) {
  return refuse({ code: 'invalid-input' as const, detail, errors: [{ pointer, detail }] });
}
