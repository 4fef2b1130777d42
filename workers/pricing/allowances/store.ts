/** Gift cards and store credits in D1, and the read model of their levels, which their objects write. */
import { and, asc, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import {
  type AllowanceKind,
  giftCardBalance,
  partsOfAllowance,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Allowances, Openings } from './service/holds.ts';

/** The Allowance objects, and the database of gift cards and store credits. */
export interface BalanceDesk extends Allowances {
  readonly db: DrizzleD1Database;
}

const giftCards = sqliteTable('gift_cards', {
  id: text('id').primaryKey(),
  codeHash: text('code_hash').notNull(),
  last4: text('last4').notNull(),
  currency: text('currency').$type<Currency>().notNull(),
  amountMinor: integer('amount_minor').notNull(),
  expiresAt: integer('expires_at'),
  note: text('note'),
  createdAt: integer('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  orderId: text('order_id'),
  lineId: text('line_id'),
  unit: integer('unit'),
  /** The operation that took back the unit, what was left on its card then, and whether the card was blocked before. */
  voidKey: text('void_key'),
  voidMinor: integer('void_minor'),
  voidWasDisabled: integer('void_was_disabled', { mode: 'boolean' }),
});
type StoredCard = typeof giftCards.$inferSelect;
export type GiftCard = Omit<StoredCard, 'voidKey' | 'voidMinor' | 'voidWasDisabled'>;
/** A sold card that was taken back, or is about to be. */
export type VoidedCard = StoredCard;

const storeCredits = sqliteTable(
  'store_credits',
  {
    customerId: text('customer_id').notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.currency] })],
);
export type StoreCredit = typeof storeCredits.$inferSelect;

const allowanceLevels = sqliteTable('allowance_levels', {
  allowance: text('allowance').primaryKey(),
  total: integer('total'),
  held: integer('held').notNull(),
  committed: integer('committed').notNull(),
  isDisabled: integer('is_disabled', { mode: 'boolean' }).notNull(),
  sequence: integer('sequence').notNull(),
  asOf: integer('as_of').notNull(),
});
type StoredLevels = typeof allowanceLevels.$inferSelect;

/** A card or a credit with its balance in the read model: null before the balance was first used. */
export interface Listed<Row> {
  readonly row: Row;
  readonly levels: StoredLevels | null;
}

const listedCards = (db: DrizzleD1Database) =>
  db
    .select({ row: giftCards, levels: allowanceLevels })
    .from(giftCards)
    .leftJoin(allowanceLevels, eq(allowanceLevels.allowance, sql`'gift:' || ${giftCards.id}`));

const creditName = sql`'credit:' || ${storeCredits.customerId} || ':' || ${storeCredits.currency}`;
const listedCredits = (db: DrizzleD1Database) =>
  db
    .select({ row: storeCredits, levels: allowanceLevels })
    .from(storeCredits)
    .leftJoin(allowanceLevels, eq(allowanceLevels.allowance, creditName));

/** Adds a card in one commit with `also`. False when another card has its code. */
export async function addGiftCard(db: DrizzleD1Database, card: GiftCard, also: readonly Statement[]): Promise<boolean> {
  try {
    await commit(db, [db.insert(giftCards).values(card), ...also]);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed: gift_cards.code_hash'))
      return false;
    throw error;
  }
}

/** The units of an order's lines that have a card already, each as `line unit`. */
export async function unitsWithCard(db: DrizzleD1Database, orderId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ lineId: giftCards.lineId, unit: giftCards.unit })
    .from(giftCards)
    .where(eq(giftCards.orderId, orderId));
  return new Set(rows.map(({ lineId, unit }) => `${lineId} ${unit}`));
}

/** Cards that a statement adds: far below the longest value of D1. */
const addedTogetherMax = 500;

/** Adds the cards of units that were sold. A unit that has its card keeps it, also when two do this at once. */
export function addSoldCards(db: DrizzleD1Database, cards: readonly GiftCard[]): Statement[] {
  const statements: Statement[] = [];
  for (let from = 0; from < cards.length; from += addedTogetherMax) {
    const rows = JSON.stringify(cards.slice(from, from + addedTogetherMax));
    statements.push(
      db.run(sql`insert into gift_cards (id, code_hash, last4, currency, amount_minor, expires_at, note, created_at,
          created_by, order_id, line_id, unit)
        select value ->> 'id', value ->> 'codeHash', value ->> 'last4', value ->> 'currency', value ->> 'amountMinor',
          value ->> 'expiresAt', value ->> 'note', value ->> 'createdAt', value ->> 'createdBy', value ->> 'orderId',
          value ->> 'lineId', value ->> 'unit' from json_each(${rows}) where true
        on conflict do nothing`),
    );
  }
  return statements;
}

/** The cards of a line of an order that nobody has taken back. */
export async function liveCardsOfLine(db: DrizzleD1Database, orderId: string, lineId: string): Promise<GiftCard[]> {
  return db
    .select()
    .from(giftCards)
    .where(and(eq(giftCards.orderId, orderId), eq(giftCards.lineId, lineId), isNull(giftCards.voidKey)));
}

export async function cardsVoidedBy(db: DrizzleD1Database, voidKey: string): Promise<VoidedCard[]> {
  return db.select().from(giftCards).where(eq(giftCards.voidKey, voidKey));
}

/** Marks cards as taken back under a key, each with whether it was blocked. One that is marked already stays as it is. */
export async function markVoided(
  db: DrizzleD1Database,
  voidKey: string,
  cards: readonly { readonly id: string; readonly isDisabled: boolean }[],
): Promise<void> {
  for (const { id, isDisabled } of cards)
    await db
      .update(giftCards)
      .set({ voidKey, voidWasDisabled: isDisabled })
      .where(and(eq(giftCards.id, id), isNull(giftCards.voidKey)));
}

/** Keeps what was left on a card when it was taken back. The first amount stays. */
export async function keepVoided(db: DrizzleD1Database, id: string, voidMinor: number): Promise<void> {
  await db
    .update(giftCards)
    .set({ voidMinor })
    .where(and(eq(giftCards.id, id), isNull(giftCards.voidMinor)));
}

export async function unmarkVoided(db: DrizzleD1Database, voidKey: string): Promise<void> {
  await db
    .update(giftCards)
    .set({ voidKey: null, voidMinor: null, voidWasDisabled: null })
    .where(eq(giftCards.voidKey, voidKey));
}

export async function removeVoided(db: DrizzleD1Database, voidKey: string, createdBy: string): Promise<void> {
  await db.delete(giftCards).where(and(eq(giftCards.voidKey, voidKey), eq(giftCards.createdBy, createdBy)));
}

/** Newest first, after an id. */
export async function listGiftCards(
  db: DrizzleD1Database,
  {
    beforeId,
    last4,
    orderId,
    limit,
  }: {
    readonly beforeId: string | null;
    readonly last4: string | null;
    readonly orderId: string | null;
    readonly limit: number;
  },
): Promise<Listed<GiftCard>[]> {
  return listedCards(db)
    .where(
      and(
        beforeId === null ? undefined : lt(giftCards.id, beforeId),
        last4 === null ? undefined : eq(giftCards.last4, last4),
        orderId === null ? undefined : eq(giftCards.orderId, orderId),
      ),
    )
    .orderBy(desc(giftCards.id))
    .limit(limit);
}

export async function cardsByHash(db: DrizzleD1Database, hashes: readonly string[]): Promise<GiftCard[]> {
  return db
    .select()
    .from(giftCards)
    .where(inArray(giftCards.codeHash, sql`(select value from json_each(${JSON.stringify(hashes)}))`));
}

/** The cards among these ids with what the read model knows of them. */
export async function cardsById(db: DrizzleD1Database, ids: readonly string[]): Promise<Listed<GiftCard>[]> {
  return listedCards(db).where(inArray(giftCards.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));
}

export async function addStoreCredit(db: DrizzleD1Database, credit: StoreCredit): Promise<void> {
  await db.insert(storeCredits).values(credit).onConflictDoNothing();
}

/** By customer and currency, after one of them. */
export async function listStoreCredits(
  db: DrizzleD1Database,
  {
    after,
    customerId,
    limit,
  }: { readonly after: readonly [string, string] | null; readonly customerId: string | null; readonly limit: number },
): Promise<Listed<StoreCredit>[]> {
  return listedCredits(db)
    .where(
      and(
        customerId === null ? undefined : eq(storeCredits.customerId, customerId),
        after === null
          ? undefined
          : sql`(${storeCredits.customerId}, ${storeCredits.currency}) > (${after[0]}, ${after[1]})`,
      ),
    )
    .orderBy(asc(storeCredits.customerId), asc(storeCredits.currency))
    .limit(limit);
}

/** The credits among these pairs of customer and currency. */
export async function storeCreditsOf(
  db: DrizzleD1Database,
  pairs: readonly (readonly string[])[],
): Promise<Listed<StoreCredit>[]> {
  return listedCredits(db).where(
    sql`(${storeCredits.customerId}, ${storeCredits.currency}) in
        (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(pairs)}))`,
  );
}

/** The amounts that balances were issued with, by the names of the balances. */
export async function openingsOf(db: DrizzleD1Database, names: readonly string[]): Promise<Openings> {
  const parts = names.map(partsOfAllowance);
  const idsOf = (wanted: AllowanceKind) => parts.flatMap(({ kind, ids }) => (kind === wanted ? [ids] : []));
  const [cards, credits] = await Promise.all([
    cardsById(db, idsOf('gift').flat()),
    storeCreditsOf(db, idsOf('credit')),
  ]);
  const found = [
    ...cards.map(({ row: { id, amountMinor, expiresAt }, levels }) => ({
      name: giftCardBalance(id),
      opening: { amountMinor, expiresAt },
      hasBegun: levels !== null,
    })),
    ...credits.map(({ row: { customerId, currency }, levels }) => ({
      name: storeCreditBalance(customerId, currency),
      opening: { amountMinor: 0, expiresAt: null },
      hasBegun: levels !== null,
    })),
  ];
  return {
    openings: Object.fromEntries(found.flatMap(({ name, opening, hasBegun }) => (hasBegun ? [] : [[name, opening]]))),
    begun: new Set(found.flatMap(({ name, hasBegun }) => (hasBegun ? [name] : []))),
  };
}
