/** The database of tests is D1: it answers and refuses in D1's words, and nothing changes on the way to it and back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from './d1.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('catalog');
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.exec('drop table if exists things; create table things (name text unique, count)');
});
const insert = (name: unknown, count: unknown) =>
  database.db.prepare('insert into things values (?, ?)').bind(name, count);
const all = async () => (await database.db.prepare('select * from things order by name').all()).results;

describe('a statement', () => {
  test('writes and reads every kind of value, and says what it did', async () => {
    const values = ['text', '', '白 "quoted"', 1, -0.5, null, Number.MAX_SAFE_INTEGER];
    for (const [index, value] of values.entries()) await insert(`name ${index}`, value).run();
    expect((await all()).map(({ count }) => count)).toEqual(values);
    expect((await insert('last', true).run()).meta).toMatchObject({ changes: 1, last_row_id: values.length + 1 });
    expect(await database.db.prepare("select count from things where name = 'last'").first('count')).toBe(1);
  });

  test('answers the first row, none, or rows without their names', async () => {
    expect(await database.db.prepare('select * from things').first()).toBeNull();
    await insert('one', 1).run();
    expect(await database.db.prepare('select * from things').first()).toEqual({ name: 'one', count: 1 });
    const statement = database.db.prepare('select name, count, count from things');
    expect(await statement.raw()).toEqual([['one', 1, 1]]);
    expect(await statement.raw({ columnNames: true })).toEqual([
      ['name', 'count', 'count'],
      ['one', 1, 1],
    ]);
  });

  test('is refused as D1 refuses it', async () => {
    await insert('one', 1).run();
    const message = 'UNIQUE constraint failed: things.name: SQLITE_CONSTRAINT';
    await expect(insert('one', 2).run()).rejects.toMatchObject({
      message: expect.stringMatching(`^D1_ERROR: ${message}`),
      cause: { message: expect.stringMatching(`^${message}`) },
    });
    const many = Array.from({ length: 101 }, () => '?').join();
    const tooMany = database.db.prepare(`select ${many}`).bind(...many.split(',').keys());
    await expect(tooMany.all()).rejects.toThrow(/too many SQL variables/);
  });

  test.each([[undefined], [Number.NaN], [1n], [{}]])('takes no %s', (value) => {
    expect(() => insert('one', value)).toThrow(TypeError);
  });
});

describe('a batch', () => {
  test('is done as a whole', async () => {
    const [, { meta } = { meta: null }] = await database.db.batch([insert('one', 1), insert('two', 2)]);
    expect(meta).toMatchObject({ changes: 1 });
    expect(await all()).toHaveLength(2);
  });

  test('is not done at all when one of its statements fails', async () => {
    await expect(database.db.batch([insert('one', 1), insert('one', 2)])).rejects.toThrow(/UNIQUE/);
    expect(await all()).toEqual([]);
  });
});
