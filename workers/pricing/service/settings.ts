/**
 * Changes of the settings: read one version, decide on it, write the next one. A writer that another one overtook decides
 * again on what it left. A retry under the same idempotency key gets the first answer.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { ListPrice } from '../../../shared/contracts/pricing/price-lists.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { changed, type Edit, type EditRefusal } from '../domain/edit.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { pageOfListPrices } from '../store/list-prices.ts';
import { keptAnswer, loadSettings, type StoredAnswer, saveSettings } from '../store/settings.ts';
import type { SettingsMemory } from './settings-memory.ts';

/** Merchants rarely write at once; ten that do still all get through. */
const attemptsMax = 10;

/** Every version is kept in one row, and D1 takes rows of 2 MB. */
export const settingsBytesMax = 1_500_000;

export interface WriteRequest<Value extends Versioned | null> {
  readonly decide: (settings: PricingSettings) => Edit<Value>;
  readonly status: number;
  readonly key: IdempotencyKey | null;
  readonly changedBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Versioned {
  readonly version: number;
}

export interface WriteAnswer extends Pick<StoredAnswer, 'status' | 'version' | 'body'> {
  readonly isReplay: boolean;
}

export type WriteRefusal =
  | EditRefusal
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'settings-changed' };

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

/** Applies one change. Refused as `settings-changed` when others kept writing faster. */
export async function write<Value extends Versioned | null>(
  { db, memory }: SettingsDesk,
  { decide, status, key, changedBy, now }: WriteRequest<Value>,
): Promise<Result<WriteAnswer, WriteRefusal>> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const before = key === null ? null : await keptAnswer(db, key.key);
    if (before !== null) {
      if (before.fingerprint !== key?.fingerprint) return refuse({ code: 'idempotency-key-reused' });
      return accept({ ...before, isReplay: true });
    }
    const settings = await loadSettings(db);
    const decision = decide(settings);
    if (!decision.ok) return decision;
    const change = decision.value;
    const answer = { status, version: change.value?.version ?? 0, body: JSON.stringify(change.value) };
    const next = changed(settings, change, now);
    // What makes them smaller is always taken, so that there is a way back.
    if (bytesOf(next) > Math.max(settingsBytesMax, bytesOf(settings)))
      return refuse({ code: 'settings-full', max: settingsBytesMax });
    const stored = key === null ? null : { ...answer, ...key };
    if (await saveSettings(db, { version: next.version, replaced: settings, change, answer: stored, changedBy, now })) {
      memory.replace(next, now);
      return accept({ ...answer, isReplay: false });
    }
  }
  return refuse({ code: 'settings-changed' });
}

function bytesOf(settings: PricingSettings): number {
  return new TextEncoder().encode(JSON.stringify(settings)).length;
}
