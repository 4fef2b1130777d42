/**
 * Changes of the settings: read one version, decide on it, write the next one. A writer that another one overtook decides
 * again on what it left.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { ListPrice } from '../../../shared/contracts/pricing/price-lists.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { untilKept } from '../../../shared/messaging/overtaken.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { changed, type Edit, type EditRefusal } from '../domain/edit.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { pageOfListPrices } from '../store/list-prices.ts';
import { loadSettings, saveSettings } from '../store/settings.ts';
import type { SettingsMemory } from './settings-memory.ts';

/** Every isolate holds all of them in memory, and every edit reads them whole. */
export const settingsBytesMax = 1_500_000;

interface WriteRequest<Value extends Versioned | null> {
  readonly decide: (settings: PricingSettings) => Edit<Value>;
  /** What is committed together with the change, such as its answer under an idempotency key. */
  readonly also: (value: Value) => readonly Statement[];
  readonly changedBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Versioned {
  readonly version: number;
}

/** What the changes of settings need. */
export interface SettingsDesk {
  readonly db: DrizzleD1Database;
  readonly memory: SettingsMemory;
}

/** The settings as they are stored, which an isolate may not know yet. */
export function storedSettings({ db }: Pick<SettingsDesk, 'db'>): Promise<PricingSettings> {
  return loadSettings(db);
}

/** Entries of one list, by variant and currency, after a position. */
export function listPricesPage(
  { db }: Pick<SettingsDesk, 'db'>,
  listId: string,
  after: readonly [variantId: string, currency: string],
  limit: number,
): Promise<readonly ListPrice[]> {
  return pageOfListPrices(db, listId, after, limit);
}

/** Applies one change, decided on what all writers before it have left. */
export async function write<Value extends Versioned | null>(
  { db, memory }: SettingsDesk,
  { decide, also, changedBy, now }: WriteRequest<Value>,
): Promise<Result<Value, EditRefusal>> {
  return untilKept(async () => {
    const settings = await loadSettings(db);
    const decision = decide(settings);
    if (!decision.ok) return decision;
    const change = decision.value;
    const next = changed(settings, change, now);
    // What makes them smaller is always taken, so that there is a way back.
    if (bytesOf(next) > Math.max(settingsBytesMax, bytesOf(settings)))
      return refuse({ code: 'settings-full', max: settingsBytesMax });
    const { version } = next;
    const isKept = await saveSettings(db, { version, change, also: also(change.value), changedBy, now });
    if (!isKept) return 'overtaken';
    memory.replace(next, now);
    return accept(change.value);
  });
}

function bytesOf(settings: PricingSettings): number {
  return new TextEncoder().encode(JSON.stringify(settings)).length;
}
