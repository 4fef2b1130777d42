/** The list of a shop with more drafts than are sorted: it shows those that have the words, the newest first, whichever way it is made. */
import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DraftQuery, listDrafts, sortedMax } from './drafts.ts';

const database: D1Database = Reflect.get(env, 'DB');
const db = drizzle(database);
const count = 2 * sortedMax;
const limit = 20;
/** Every draft is of Bob; every seventh is also of Ada, the first half of the year. Every tenth was bought. Two share a moment. */
const words = (n: number) => `bob${n} hat 山 田${n % 7 === 0 && n < count / 2 ? ' ada' : ''}`;
const createdAt = (n: number) => n - (n % 2);
const ids = Array.from({ length: count }, (_, n) => n);
const idOf = (n: number) => `cart_${String(n).padStart(5, '0')}`;

beforeAll(async () => {
  await database.exec('delete from drafts; delete from draft_words');
  const rows = JSON.stringify(
    ids.map((n) => ({ n, id: idOf(n), at: createdAt(n), order: n % 10 === 0 ? `ord_${n}` : null, words: words(n) })),
  );
  await database.batch([
    database
      .prepare(`insert into drafts (document, id, email, email_key, country, currency, total_minor, quantity, order_id, created_by, created_at, updated_at)
        select value ->> 'n' + 1, value ->> 'id', 'bob@shop.example', 'bob@shop.example', 'DE', 'EUR', 1, 1, value ->> 'order', 'key', value ->> 'at', 1 from json_each(?)`)
      .bind(rows),
    database
      .prepare(`insert into draft_words (rowid, words) select value ->> 'n' + 1, value ->> 'words' from json_each(?)`)
      .bind(rows),
  ]);
});

const isFound = (n: number, q: string) => q.split(' ').every((word) => ` ${words(n)}`.includes(` ${word}`));

describe('drafts', () => {
  test.each<[Omit<DraftQuery, 'after' | 'limit'>, (n: number) => boolean]>([
    [{}, () => true],
    [{ q: 'bob' }, () => true],
    [{ q: 'hat bob' }, (n) => isFound(n, 'hat bob')],
    [{ q: '山田' }, () => true],
    [{ q: 'bob17' }, (n) => isFound(n, 'bob17')],
    [{ q: 'ada' }, (n) => isFound(n, 'ada')],
    [{ q: 'bob', status: 'completed' }, (n) => n % 10 === 0],
    [{ q: 'ada', status: 'open' }, (n) => isFound(n, 'ada') && n % 10 !== 0],
    [{ q: 'bob', email: 'BOB@shop.example' }, () => true],
    [{ q: 'bob', email: 'nobody@shop.example' }, () => false],
    [{ q: 'carl' }, () => false],
  ])('by %j are all found, page after page', async (query, fits) => {
    const expected = ids.filter(fits).map(idOf).toReversed();
    const found: string[] = [];
    for (let after: DraftQuery['after'] = null; ; ) {
      const page = await listDrafts(db, { ...query, after, limit });
      found.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (last === undefined || page.length < limit) break;
      after = [last.createdAt, last.id];
    }
    expect(found).toEqual(expected);
  });
});
