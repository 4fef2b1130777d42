/** What an import says it changes: before, in a dry run, and afterwards, in the same words. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { sibling } from '../../../shared/values/ids.ts';
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
const sizes = 'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty';
const change = (about: object) => ({
  ...{ line: 2, sku: null, fields: [], skuBefore: null, locationId: null, quantity: null },
  ...about,
});

/** The import to its end, with all that its file of changes says. */
async function bring(file: string, query: string) {
  const { status, body, text } = await catalog.importCsv(file, query);
  expect(status, text).toBe(201);
  await catalog.runJobs();
  const { body: report } = await catalog.call('GET', `/admin/v1/imports/${body.id}`);
  const { status: found, headers, text: csv } = await catalog.call('GET', `/admin/v1/imports/${body.id}/report.csv`);
  expect([report.status, found, headers.get('content-type')]).toEqual([
    'done',
    200,
    expect.stringContaining('text/csv'),
  ]);
  return { report, rows: csv.trimEnd().split('\r\n').slice(1) };
}

describe('a dry run', () => {
  test('says what would be created, changed and removed, and changes nothing', async () => {
    await catalog.importCsv(lines(sizes, 'a,A,Size,S,A-S,1,1', 'a,,,M,A-M,1,1', 'b,B,Size,S,B-S,1,1'));
    const before = [await product('a'), await product('b')];
    const next = lines(sizes, 'a,A,Size,S,A-S,1,1', 'b,New B,Size,S,B-S,1,1', 'c,C,Size,S,C-S,1,1', 'd,,,,D,1,1');
    const { body } = await catalog.importCsv(next, '?dryRun=true');
    expect(body).toMatchObject({
      dryRun: true,
      status: 'done',
      products: { created: 1, updated: 2, unchanged: 0, rejected: 1 },
      variantsRemoved: 1,
    });
    expect(body.changes).toMatchObject({ 'product-created': 1, 'product-changed': 2, 'variant-removed': 1 });
    expect(body.examples).toContainEqual(change({ kind: 'variant-removed', handle: 'a', sku: 'A-M' }));
    expect([await product('a'), await product('b')]).toEqual(before);
    expect((await catalog.call('GET', '/admin/v1/products/c')).status).toBe(404);
    const { body: real } = await catalog.importCsv(next);
    expect(real).toMatchObject({ dryRun: false, products: body.products, variantsRemoved: 1 });
    expect(await skusOf('a')).toEqual(['A-S']);
  });
});

describe('a dry run and the run behind it', () => {
  const others = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => `other-${from + index},Other,,,O-${from + index},1,1`);
  const first = lines(
    sizes,
    'tee,Tee,Size,S,T-S,9,1',
    'tee,,,M,T-M,9,1',
    'cap,Cap,Size,S,C-S,9,1',
    'cap,,,M,C-M,9,1',
    'pen,Pen,,,PEN,1,1',
    ...others(0, 150),
    'set,Set,Size,One,SET,15,',
    'set,,,Two,SET-2,25,',
  );
  /** More products than a commit takes lie between what depends on one another. */
  const next = lines(
    sizes,
    'tee,New tee,Size,S,T-S,9,4',
    'cap,Cap,Size,S,C-S-NEW,8,5',
    'cap,,,L,C-L,9,6',
    'Summer_Tee,Under,,,S-1,1,1',
    'twin,Twin,,,TWIN,1,1',
    'pen,Pen,,,PEN,1,2',
    'set,Set,Size,Two,SET-2,25,',
    ...others(0, 150),
    ...others(500, 150),
    'summer-tee,Lower,,,S-2,1,1',
    'other twin,Twin,,,TWIN,1,1',
    'heir,Heir,,,C-S,1,1',
    'bad,Bad,,,B,x,1',
  );

  test.each(['set', 'add', 'ignore'])('say the same of every row, with stock=%s', async (stock) => {
    await bring(first, '');
    const { variants } = await product('set');
    const [{ id }] = (await product('pen')).variants;
    const bundle = { ...variants[0], components: [{ variantId: id, quantity: 2 }] };
    const patch = { variants: [{ id: bundle.id, components: bundle.components }, { id: variants[1].id }] };
    expect((await catalog.call('PATCH', '/admin/v1/products/set', patch)).status).toBe(200);
    const dry = await bring(next, `?stock=${stock}&dryRun=true`);
    const run = await bring(next, `?stock=${stock}`);
    expect(run.rows).toEqual(dry.rows);
    for (const field of ['products', 'rowsRejected', 'faultsTotal', 'faults', 'changes', 'examples', 'variantsRemoved'])
      expect([field, run.report[field]]).toEqual([field, dry.report[field]]);
    expect(dry.report.changes).toMatchObject({
      'product-created': 155,
      'product-changed': 3,
      'variant-added': 1,
      'variant-removed': 3,
      'sku-changed': 1,
      'stock-opened': 156,
      'stock-set': stock === 'set' ? 3 : 0,
      'stock-added': stock === 'add' ? 153 : 0,
    });
    expect(await database.db.prepare('select count(*) as left from import_foreseen').first('left')).toBe(0);
  });

  test('name address, SKU and bundle as they will be behind earlier rows', async () => {
    await bring(first, '');
    const { rows } = await bring(next, '?dryRun=true&stock=set');
    expect(rows).toContain(
      '5,adjusted,Summer_Tee,,Handle,,,,,"""Summer_Tee"" cannot be an address; ""summer-tee"" is used instead."',
    );
    expect(rows).toContainEqual(
      expect.stringMatching(/^309,adjusted,summer-tee,,Handle,.*""summer-tee-1"" is used instead/),
    );
    expect(rows).toContainEqual(
      expect.stringMatching(/^310,adjusted,other twin,,Variant SKU,.*belongs to the product ""twin""/),
    );
    expect(rows.filter((row) => row.includes(',heir,'))).toEqual([
      '311,product-created,heir,,,,,,,',
      '311,stock-opened,heir,C-S,,,,loc_main,1,',
    ]);
    expect(rows).toContain('3,sku-changed,cap,C-S-NEW,,,C-S,,,');
    expect(rows).toContain('3,variant-changed,cap,C-S-NEW,,prices,,,,');
    expect(rows).toContain('2,product-changed,tee,,,"title, options",,,,');
    expect(rows).toContain('2,variant-removed,tee,T-M,,,,,,');
    expect(rows).toContain('3,stock-set,cap,C-S-NEW,,,,loc_main,5,');
    expect(rows).toContainEqual(expect.stringMatching(/^312,rejected,bad,,Variant Price,/));
  });
});

test('a bundle that a file takes away does not keep its parts, before and in the run', async () => {
  const header = sizes;
  await bring(
    lines(header, 'part,Part,Size,S,P-S,1,1', 'part,,,M,P-M,1,1', 'kit,Kit,Size,One,K-1,9,', 'kit,,,Two,K-2,9,'),
    '',
  );
  const [, part] = (await product('part')).variants;
  const [one, two] = (await product('kit')).variants;
  const components = [{ variantId: part.id, quantity: 2 }];
  await catalog.call('PATCH', '/admin/v1/products/kit', { variants: [{ id: one.id, components }, { id: two.id }] });
  const others = Array.from({ length: 101 }, (_, index) => `other-${index},Other,,,O-${index},1,1`);
  const lost = lines(header, 'part,Part,Size,S,P-S,1,1', ...others, 'kit,Kit,Size,Two,K-2,9,');
  const isLost = async (file: string) => {
    const dry = await bring(file, '?dryRun=true');
    const run = await bring(file, '');
    expect(run.rows).toEqual(dry.rows);
    return run.report.products.rejected === 0;
  };
  expect(await isLost(lost)).toBe(false);
  const [head = '', ...rest] = lost.trimEnd().split('\n');
  expect(await isLost(lines(head, ...rest.toReversed()))).toBe(true);
});

test('the first ten of each kind are shown with the import, and its file has all of them', async () => {
  const file = lines(sizes, ...Array.from({ length: 230 }, (_, index) => `p-${index},P,,,P-${index},1,${index}`));
  const { report, rows } = await bring(file, '?dryRun=true');
  expect(report.changes).toMatchObject({ 'product-created': 230, 'stock-opened': 229 });
  expect(report.examples.map(({ handle }: { handle: string }) => handle)).toEqual([
    ...Array.from({ length: 10 }, (_, index) => `p-${index}`),
    ...Array.from({ length: 10 }, (_, index) => `p-${index + 1}`),
  ]);
  expect(rows).toHaveLength(459);
  expect((await catalog.call('GET', '/admin/v1/imports/imp_01m7y46fp0fb8v0jt66hjr0hcz/report.csv')).status).toBe(404);
});

test('stock that the inventory cannot count is said, and not called added', async () => {
  const file = lines(sizes, 'a,A,,,A,1,7', 'b,B,,,B,1,7');
  await bring(file, '');
  const [{ id }] = (await product('a')).variants;
  catalog.refusesCounts.add(sibling(id, 'stockUnit'));
  const { report, rows } = await bring(file, '?stock=add');
  expect(report.changes['stock-added']).toBe(1);
  expect(rows).toEqual([
    expect.stringMatching(/^2,adjusted,a,,Variant Inventory Qty,.*""A"" stays as it is/),
    '3,stock-added,b,B,,,,loc_main,7,',
  ]);
});

describe('quantities of variants that exist', () => {
  const file = lines(sizes, 'a,A,Size,S,A-S,1,7', 'a,,,M,A-M,1,', 'b,B,Size,S,B-S,1,3');

  test.each([
    ['', []],
    ['?stock=ignore', []],
    ['?stock=set', [{ set: 7 }, { set: 3 }]],
    ['?stock=add', [{ add: 7 }, { add: 3 }]],
  ])('mean with "%s" %j', async (query, changes) => {
    await catalog.importCsv(file);
    expect(catalog.counted).toEqual([]);
    const { variants } = await product('a');
    const { body } = await catalog.importCsv(file, query);
    expect(catalog.counted.map(({ change }) => change)).toEqual(changes);
    if (changes.length > 0)
      expect(catalog.counted[0]).toMatchObject({
        countKey: body.id,
        stockUnitId: sibling(variants[0].id, 'stockUnit'),
      });
  });

  test('change nothing in a dry run', async () => {
    await catalog.importCsv(file);
    await catalog.importCsv(file, '?stock=set&dryRun=true');
    expect(catalog.counted).toEqual([]);
  });
});
