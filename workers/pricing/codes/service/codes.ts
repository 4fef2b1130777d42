/**
 * Use cases of unique codes: to make and import them, thousands per commit, to change and remove them. A request that a crash cuts
 * off has its batch; repeated under its key it goes on in that batch, so it makes no code twice.
 */

import { type AllowanceLevels, uniqueCodeUses } from '../../../../shared/contracts/pricing/allowances.ts';
import type {
  CodeBatch,
  CodeFault,
  CodeFilter,
  GeneratedCodes,
} from '../../../../shared/contracts/pricing/codes-http.ts';
import { codeFaultsMax } from '../../../../shared/contracts/pricing/codes-http.ts';
import type { Statement } from '../../../../shared/messaging/d1.ts';
import type { IdempotencyKey } from '../../../../shared/values/idempotency.ts';
import { type IdKind, makeId } from '../../../../shared/values/ids.ts';
import { accept, noSuch, type Result, refuse } from '../../../../shared/values/result.ts';
import { normalizedCode } from '../../../../shared/values/typed-codes.ts';
import { type Allowances, balances } from '../../allowances/service/holds.ts';
import type { EditRefusal } from '../../domain/edit.ts';
import { promotionEdits } from '../../domain/edit-promotions.ts';
import type { PricingSettings } from '../../domain/settings.ts';
import type { CodeMemory } from '../../service/code-memory.ts';
import { type SettingsDesk, storedSettings, write } from '../../service/settings.ts';
import * as store from '../store.ts';
import { addCodes, type Batch, madeIn, type NewCode, takenCodes } from '../store.ts';
import type { CodeList } from './list-of-codes.ts';
import { Letters } from './making.ts';

export interface CodeDesk extends SettingsDesk {
  readonly codes: CodeMemory;
  now(): number;
  newId(kind: IdKind): string;
}

/** Codes per commit: it occupies the database for some tens of milliseconds. */
const codesPerCommit = 4_000;

/** The batch of a request: the same for the same key. */
export function batchIdOf({ newId }: Pick<CodeDesk, 'newId'>, idempotency: IdempotencyKey | null): string {
  if (idempotency === null) return newId('codeBatch');
  const random = Uint8Array.from({ length: 16 }, (_, index) =>
    Number.parseInt(idempotency.key.slice(2 * index, 2 * index + 2), 16),
  );
  return makeId('codeBatch', { now: 0, random });
}

/** Sees to it that the promotion asks for a code before it has any, and names the codes that settings have already. */
async function beginBatch(
  desk: CodeDesk,
  { promotionId, createdBy, now }: Batch,
): Promise<Result<ReadonlySet<string>, EditRefusal>> {
  const settings = await storedSettings(desk);
  const promotion = settings.promotions.find(({ id }) => id === promotionId);
  if (promotion === undefined) return refuse(noSuch('promotion'));
  const ordinary = new Set(settings.promotions.flatMap(({ codes }) => codes));
  if (promotion.hasUniqueCodes) return accept(ordinary);
  const written = await write(desk, {
    decide: (present) => withUniqueCodes(present, promotionId),
    also: () => [],
    changedBy: createdBy,
    now,
  });
  return written.ok ? accept(ordinary) : written;
}

function withUniqueCodes(settings: PricingSettings, promotionId: string) {
  return promotionEdits.change(settings, promotionId, { hasUniqueCodes: true }, () => true);
}

export async function generateCodes(
  desk: CodeDesk,
  { count, prefix, length, usesMax }: GeneratedCodes,
  batch: Batch,
): Promise<Result<CodeBatch, EditRefusal>> {
  const begun = await beginBatch(desk, batch);
  if (!begun.ok) return begun;
  const letters = new Letters((bytes) => crypto.getRandomValues(bytes));
  const start = prefix.toUpperCase();
  let created = await madeIn(desk.db, batch.id);
  while (created < count) {
    const wanted = Math.min(codesPerCommit, count - created);
    const texts = new Set<string>();
    while (texts.size < wanted) {
      const code = start + letters.take(length);
      if (!begun.value.has(code)) texts.add(code);
    }
    created = await addCodes(
      desk.db,
      [...texts].map((code) => ({ id: desk.newId('discountCode'), code, usesMax })),
      batch,
    );
  }
  desk.codes.forget();
  return accept(batchView(batch, created, []));
}

export async function importCodes(
  desk: CodeDesk,
  { codes, faults }: CodeList,
  batch: Batch,
): Promise<Result<CodeBatch, EditRefusal>> {
  const begun = await beginBatch(desk, batch);
  if (!begun.ok) return begun;
  const found: CodeFault[] = [];
  let created = 0;
  for (let start = 0; start < codes.length; start += codesPerCommit) {
    const listed = codes.slice(start, start + codesPerCommit);
    const taken = await takenCodes(
      desk.db,
      listed.map(({ code }) => code),
    );
    const fresh: NewCode[] = [];
    for (const { row, code, usesMax } of listed) {
      const isTaken = begun.value.has(code) || (taken.get(code) ?? batch.id) !== batch.id;
      if (isTaken) found.push({ row, code, reason: 'taken', detail: 'There is such a code already.' });
      else fresh.push({ id: desk.newId('discountCode'), code, usesMax });
    }
    created = await addCodes(desk.db, fresh, batch);
  }
  desk.codes.forget();
  return accept(batchView(batch, created, [...faults, ...found]));
}

export type { Batch } from '../store.ts';

/** Codes of a promotion behind one of them, in alphabetical order. */
export function codePage(
  { db }: CodeDesk,
  promotionId: string,
  filter: CodeFilter,
  after: string,
  limit: number,
): Promise<store.StoredCode[]> {
  const { search, ...others } = filter;
  const wanted = search === undefined ? others : { ...others, search: normalizedCode(search) };
  return store.pageOfCodes(db, promotionId, wanted, after, limit);
}

export interface CodeWithUses {
  readonly stored: store.StoredCode;
  /** As its object knows them. */
  readonly uses: AllowanceLevels | null;
}

export async function codeOf(
  desk: CodeDesk & Allowances,
  promotionId: string,
  id: string,
): Promise<CodeWithUses | null> {
  const stored = await store.codeById(desk.db, promotionId, id);
  if (stored === null) return null;
  const [uses] = await balances(desk, [uniqueCodeUses(id, promotionId)], desk.now());
  return { stored, uses: uses ?? null };
}

/** Changes a code. Null when the promotion has no such code. */
export async function changeCode(
  desk: CodeDesk & Allowances,
  promotionId: string,
  id: string,
  change: Parameters<typeof store.codeChanged>[2],
): Promise<CodeWithUses | null> {
  if ((await store.codeById(desk.db, promotionId, id)) === null) return null;
  await store.codeChanged(desk.db, id, change, desk.now());
  desk.codes.forget();
  return codeOf(desk, promotionId, id);
}

/** Enables or disables many. Answers how many were otherwise before. */
export async function switchCodes(
  { db, codes, now }: CodeDesk,
  promotionId: string,
  which: Parameters<typeof store.switchCodes>[2],
): Promise<number> {
  const changed = await store.switchCodes(db, promotionId, which, now());
  codes.forget();
  return changed;
}

/** Takes one code away, or those of a batch. Answers how many there were. */
export async function removeCodes(
  { db, codes, now }: CodeDesk,
  promotionId: string,
  which: Parameters<typeof store.removeCodes>[2],
): Promise<number> {
  const removed = await store.removeCodes(db, promotionId, which, now());
  codes.forget();
  return removed;
}

function batchView({ id, promotionId }: Batch, created: number, faults: readonly CodeFault[]): CodeBatch {
  return {
    batchId: id,
    promotionId,
    created,
    rejected: faults.length,
    faults: faults.toSorted((a, b) => a.row - b.row).slice(0, codeFaultsMax),
  };
}

/** No code belongs to two promotions, be it one of the settings or a unique one. */
export async function uniqueTwin(
  { db }: Pick<CodeDesk, 'db'>,
  codes: readonly string[],
): Promise<Extract<EditRefusal, { code: 'code-taken' }> | null> {
  if (codes.length === 0) return null;
  const found = await store.codesByText(db, codes.map(normalizedCode));
  const twin = found.find(({ deletedAt }) => deletedAt === null);
  return twin === undefined ? null : { code: 'code-taken', discountCode: twin.code, promotionId: twin.promotionId };
}

/** For the commit that removes their promotion. */
export function uniqueCodesRemoved({ db }: Pick<CodeDesk, 'db'>, promotionId: string, now: number): Statement[] {
  return [store.codesRemoved(db, promotionId, 'all', now)];
}
