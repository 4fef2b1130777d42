/** Products of a file that have no handle: each is known by its title, and two are never one without a word. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { emptiedCatalog, type TestCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
});
afterAll(() => database.close());
beforeEach(async () => {
  catalog = await emptiedCatalog(database.db);
});

const lines = (...some: readonly string[]) => `${some.join('\n')}\n`;
const product = async (handle: string) => (await catalog.call('GET', `/admin/v1/products/${handle}`)).body;
const skusOf = async (handle: string) => (await product(handle)).variants.map(({ sku }: { sku: string }) => sku);

describe('a product without a handle', () => {
  test('is called by its title, with its rows behind it, and is the same when the file comes again', async () => {
    const file = lines('Title,Option1 Name,Option1 Value,Price', 'Big Mug,Size,S,9', ',,L,11', 'Big-Mug,,,5');
    const { status, body, text } = await catalog.importCsv(file);
    expect([status, body.products.created, body.products.rejected], text).toEqual([201, 2, 0]);
    expect((await product('big-mug')).variants).toHaveLength(2);
    expect((await product('big-mug-1')).title).toBe('Big-Mug');
    expect((await catalog.importCsv(file)).body.products).toMatchObject({ unchanged: 2 });
  });

  test('stands beside others that have one, and a row that names nothing is rejected', async () => {
    const { body } = await catalog.importCsv(lines('Handle,Title,Price', ',,1', 'mug-1,Mug,9', ',Big Cup,5'));
    expect(body.products).toMatchObject({ created: 2, rejected: 1 });
    expect((await product('big-cup')).title).toBe('Big Cup');
  });

  const titled = 'Handle,Title,Option1 Name,Option1 Value,SKU,Price';
  test.each([
    ['one behind the other', [',Mug,,,M-1,9', ',Mug,,,M-2,11']],
    ['apart', [',Mug,,,M-1,9', 'cup,Cup,,,C-1,5', ',Mug,,,M-2,11']],
    ['of the same sizes', [',Mug,Size,S,M-1,9', ',Mug,Size,S,M-2,11', ',,,M,M-3,11']],
    ['of other options', [',Mug,Size,S,M-1,9', ',Mug,Color,Red,M-2,11']],
  ])('is never two of the same title in one: two that stand %s are refused with their lines', async (_how, rows) => {
    const { body } = await catalog.importCsv(lines(titled, ...rows));
    const others = rows.filter((row) => row.startsWith('cup')).length;
    expect(body.products).toMatchObject({ created: others, rejected: 1 });
    const line = rows.findLastIndex((row) => row.startsWith(',Mug')) + 2;
    expect(body.faults).toMatchObject([{ line, column: 'Title', severity: 'rejected' }]);
    expect(body.faults[0].reason).toContain('Line 2');
  });

  test.each([
    ['one behind the other', [',Mug,Size,S,M-1,9', ',Mug,Size,M,M-2,11']],
    ['apart', [',Mug,Size,S,M-1,9', 'cup,Cup,,,C-1,5', ',Mug,,M,M-2,11']],
  ])('is one with its sizes where each row repeats the title, %s, and the report says so', async (_how, rows) => {
    const { body } = await catalog.importCsv(lines(titled, ...rows));
    expect(body.products.rejected).toBe(0);
    expect(body.faults).toContainEqual(
      expect.objectContaining({ line: rows.length + 1, column: 'Title', severity: 'adjusted' }),
    );
    expect(await skusOf('mug')).toEqual(['M-1', 'M-2']);
  });

  test.each([
    ['behind', ['Mug,First,,,M-1,9', ',Mug,,,M-2,11']],
    ['before', [',Mug,,,M-2,11', 'Mug,First,,,M-1,9']],
    ['apart from', ['Mug,First,,,M-1,9', 'cup,Cup,,,C-1,5', ',Mug,,,M-2,11']],
  ])('is not the one whose handle its title is: %s that one', async (_where, rows) => {
    const { body } = await catalog.importCsv(lines(titled, ...rows));
    expect(body.products).toMatchObject({ created: rows.length - 1, rejected: 1 });
    expect(body.faults).toContainEqual(expect.objectContaining({ line: rows.length + 1, severity: 'rejected' }));
    expect((await product('mug')).variants).toHaveLength(1);
  });
});
