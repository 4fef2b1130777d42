/** Imports over HTTP on a real database: whole products or none, a reason for each row that is not taken, and no effect twice. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { contextOf } from '../context.ts';
import { runJobs } from '../service/jobs.ts';
import { nextChunk, noteProgress, reportRetentionMs } from '../store/imports.ts';
import { type Answer, emptiedCatalog, type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
});
afterAll(() => database.close());
beforeEach(async () => {
  catalog = await emptiedCatalog(database.db);
});

const header = 'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty';
const csv = (...rows: string[]) => `${[header, ...rows].join('\n')}\n`;
const product = async (handle: string) => (await catalog.call('GET', `/admin/v1/products/${handle}`)).body;
const eventsTotal = async () =>
  (await database.db.prepare('select count(*) as total from outbox').first<number>('total')) ?? 0;

test('the report of an import is dropped 90 days after its end, when others begin', async () => {
  const file = csv('mug,Mug,,,MUG,9,1', 'bad,Bad,,,BAD,x,1');
  const { body } = await catalog.importCsv(file);
  const endedAt = (ms: number) =>
    database.db.prepare('update imports set finished_at = ? where id = ?').bind(ms, body.id).run();
  const faultsTotal = () => database.db.prepare('select count(*) as total from import_faults').first<number>('total');
  await endedAt(Date.now() - reportRetentionMs + 3_600_000);
  await catalog.importCsv(csv('cup,Cup,,,CUP,9,1'));
  expect((await catalog.call('GET', `/admin/v1/imports/${body.id}`)).status).toBe(200);
  expect(await faultsTotal()).toBe(1);
  await endedAt(Date.now() - reportRetentionMs - 1);
  await catalog.importCsv(csv('pot,Pot,,,POT,9,1'));
  expect((await catalog.call('GET', `/admin/v1/imports/${body.id}`)).status).toBe(404);
  expect(await faultsTotal()).toBe(0);
});

describe('an import', () => {
  test('makes products with variants and stock, and tells of each once', async () => {
    const answer = await catalog.importCsv(
      csv('cap,Cap,Size,S,CAP-S,19.95,4', 'cap,,,M,CAP-M,21,', 'mug,Mug,,,MUG,9,'),
      '?openingStock=7',
    );
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({
      status: 'done',
      rowsTotal: 3,
      rows: 3,
      rowsRejected: 0,
      products: { created: 2, updated: 0, unchanged: 0, rejected: 0 },
      faults: [],
    });
    expect(await product('cap')).toMatchObject({
      status: 'active',
      options: [{ name: 'Size', values: ['S', 'M'] }],
      variants: [
        { sku: 'CAP-S', price: { amount: 1995, currency: 'EUR' }, available: 4 },
        { sku: 'CAP-M', price: { amount: 2100 }, available: 7 },
      ],
    });
    expect(catalog.openings.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['CAP-S', 4],
      ['CAP-M', 7],
      ['MUG', 7],
    ]);
    const { data } = JSON.parse(
      (await database.db.prepare('select envelope from outbox').first<string>('envelope')) ?? '',
    );
    expect(data.products.map(({ handle }: { handle: string }) => handle)).toEqual(['cap', 'mug']);
    expect(data.products[0].variants.map(({ sku }: { sku: string }) => sku)).toEqual(['CAP-S', 'CAP-M']);
    expect([data.importId, await eventsTotal()]).toEqual([answer.body.id, 1]);
  });

  test('of the same file again changes nothing', async () => {
    const file = csv('cap,Cap,Size,S,CAP-S,19.95,4', 'cap,,,M,,21,', 'mug,Mug,,,,9,');
    await catalog.importCsv(file);
    const before = [await product('cap'), await product('mug'), await eventsTotal(), catalog.openings.length];
    const again = await catalog.importCsv(file, '?openingStock=99');
    expect(again.body.products).toEqual({ created: 0, updated: 0, unchanged: 2, rejected: 0 });
    expect([await product('cap'), await product('mug'), await eventsTotal(), catalog.openings.length]).toEqual(before);
  });

  test('changes what differs and keeps the ids of variants', async () => {
    await catalog.importCsv(csv('cap,Cap,Size,S,CAP-S,19.95,4', 'cap,,,M,CAP-M,21,4'));
    const before = await product('cap');
    const answer = await catalog.importCsv(
      csv('cap,Cap,Size,S,CAP-S,18,400', 'cap,,,M,CAP-M2,21,4', 'cap,,,L,CAP-L,22,2'),
    );
    expect(answer.body.products).toMatchObject({ updated: 1 });
    const after = await product('cap');
    expect(after.version).toBe(2);
    expect(after.variants.slice(0, 2).map(({ id }: { id: string }) => id)).toEqual(
      before.variants.map(({ id }: { id: string }) => id),
    );
    // Opening stock counts for the new variant only.
    expect(after.variants.map(({ available }: { available: number }) => available)).toEqual([4, 4, 2]);
  });

  test('puts right what was edited by hand, and leaves alone what the file has no column for', async () => {
    const file = csv('mug,Mug,,,MUG,9,1');
    await catalog.importCsv(file);
    await catalog.call('PATCH', '/admin/v1/products/mug', { title: 'Other', vendor: 'Kept' });
    expect((await catalog.importCsv(file)).body.products.updated).toBe(1);
    expect(await product('mug')).toMatchObject({ title: 'Mug', vendor: 'Kept', version: 3 });
  });

  test('takes further currencies, texts, images and the rest of the format', async () => {
    const file = [
      'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Status,Variant Price,Price / USD,Variant Compare At Price,Variant Grams,Variant Inventory Policy,Variant Taxable,Image Src,Image Position,Image Alt Text,SEO Title',
      'lamp,Lamp,"<p>Two\nlines</p>",Ember,Lights,"home, gift ,",TRUE,,45.00,49,60,240,continue,FALSE,https://img.test/2.jpg,2,Second,Lamp!',
      'lamp,,,,,,,,,,,,,,https://img.test/1.jpg,1,,',
      'old,Old,,,,,TRUE,archived,1,,,,,,,,,',
      'shy,Shy,,,,,FALSE,,1,,,,,,,,,',
    ].join('\r\n');
    const answer = await catalog.importCsv(`\ufeff${file}`);
    expect(answer.body.products, answer.text).toMatchObject({ created: 3 });
    expect(await product('lamp')).toMatchObject({
      descriptionHtml: '<p>Two\nlines</p>',
      vendor: 'Ember',
      type: 'Lights',
      tags: ['home', 'gift'],
      images: [
        { url: 'https://img.test/1.jpg', altText: null },
        { url: 'https://img.test/2.jpg', altText: 'Second' },
      ],
      seo: { title: 'Lamp!', description: null },
      variants: [
        {
          prices: [
            { amount: 4500, currency: 'EUR' },
            { amount: 4900, currency: 'USD' },
          ],
          compareAtPrice: { amount: 6000, currency: 'EUR' },
          weightGrams: 240,
          policy: 'continue',
          taxable: false,
        },
      ],
    });
    expect([(await product('old')).status, (await product('shy')).status]).toEqual(['archived', 'draft']);
  });

  test('takes the template with the newer names, in any order and letter case', async () => {
    const file = [
      'title,URL HANDLE,Description,Vendor,Product category,Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,Option1 Linked To,Price,Compare-at price,Charge tax,Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),Requires shipping,Product image URL,Image position,Image alt text,Variant image URL,Gift card,SEO title,Google Shopping / MPN',
      'Lamp,lamp,<p>A</p>,Ember,Home,TRUE,Active,L-1,123,Size,S,,45.00,60,FALSE,shopify,7,CONTINUE,240,FALSE,https://img.test/1.jpg,1,One,https://img.test/s.jpg,FALSE,Lamp!,x',
      ',lamp,,,,,,L-2,,,M,,50.000,,TRUE,shopify,2,FALSE,,TRUE,,,,,,,',
    ].join('\n');
    const answer = await catalog.importCsv(file);
    expect(answer.body.products, answer.text).toMatchObject({ created: 1, rejected: 0 });
    expect(answer.body.faults).toMatchObject([{ line: 3, column: 'Price', severity: 'adjusted' }]);
    expect(await product('lamp')).toMatchObject({
      ...{ title: 'Lamp', descriptionHtml: '<p>A</p>', vendor: 'Ember', status: 'active', importHandle: 'lamp' },
      images: [{ url: 'https://img.test/1.jpg', altText: 'One' }],
      seo: { title: 'Lamp!' },
      variants: [
        {
          ...{ sku: 'L-1', barcode: '123', price: { amount: 4500 }, compareAtPrice: { amount: 6000 }, available: 7 },
          ...{ taxable: false, requiresShipping: false, policy: 'continue', weightGrams: 240 },
          imageUrl: 'https://img.test/s.jpg',
        },
        { sku: 'L-2', price: { amount: 5000 }, available: 2, policy: 'deny', taxable: true, requiresShipping: true },
      ],
    });
  });

  test('takes a first row that chooses no value as the product, not as a variant', async () => {
    const file = csv('cap,Cap,Size,,,10.00,5', 'cap,,,S,CAP-S,9,1', 'cap,,,M,CAP-M,9,2');
    const { body } = await catalog.importCsv(file);
    expect(body.products).toMatchObject({ created: 1, rejected: 0 });
    expect(body.faults).toMatchObject([{ line: 2, column: 'Option1 Value', severity: 'adjusted' }]);
    const { variants } = await product('cap');
    expect(variants.map(({ sku, available }: { sku: string; available: number }) => [sku, available])).toEqual([
      ['CAP-S', 1],
      ['CAP-M', 2],
    ]);
    expect((await catalog.importCsv(file)).body.products).toMatchObject({ unchanged: 1 });
  });

  test('reads a column under its older name where both are there', async () => {
    await catalog.importCsv('Handle,Title,Price,Variant Price,Description\nmug,Mug,1,9,Text\n');
    expect(await product('mug')).toMatchObject({ descriptionHtml: 'Text', variants: [{ price: { amount: 900 } }] });
  });

  test.each([
    ['1200.00', 'JPY', 1200],
    ['1200.0', 'JPY', 1200],
    ['1200.10', 'JPY', null],
    ['12.5000', 'EUR', 1250],
    ['12.501', 'EUR', null],
    ['1.500000', 'KWD', 1500],
  ])('reads %s as a price in %s as %s, and says so', async (price, currency, amount) => {
    const { body } = await catalog.importCsv(`Handle,Title,Variant Price\nmug,Mug,${price}\n`, `?currency=${currency}`);
    const severity = amount === null ? 'rejected' : 'adjusted';
    expect(body.faults).toMatchObject([{ line: 2, column: 'Variant Price', severity }]);
    if (amount !== null) expect((await product('mug')).variants[0].price).toEqual({ amount, currency });
  });

  test('reads prices in the currency it is told', async () => {
    const { body } = await catalog.importCsv(csv('mug,Mug,,,MUG,900,1', 'cup,Cup,,,CUP,9.50,1'), '?currency=JPY');
    expect(body.faults[0].reason).toBe('"9.50" is not a price in JPY: digits alone.');
    expect((await product('mug')).variants[0].price).toEqual({ amount: 900, currency: 'JPY' });
    expect((await catalog.call('GET', '/admin/v1/products/cup')).status).toBe(404);
  });
});

describe('a row that cannot be taken', () => {
  test('rejects its whole product with line, column and reason, and no other', async () => {
    const file = csv(
      'good,Good,,,G,1,1',
      'bad,Bad,Size,S,B-S,1,1',
      'bad,,,M,B-M,"1,50",x',
      ',,,,N,1,1',
      'untitled,,,,U,1,1',
      'good,Good again,,,G2,1,1',
      'short,Short',
      'pair,Pair,Size,S,P,1,1',
      'pair,,,S,P2,1,1',
      `long,${'x'.repeat(300)},,,L,1,1`,
      'also-good,Also good,,,AG,1,1',
    );
    const { body } = await catalog.importCsv(file);
    expect(body.products).toEqual({ created: 3, updated: 0, unchanged: 0, rejected: 5 });
    expect(body.rowsRejected).toBe(6);
    expect(body.faults.map(({ line, column }: { line: number; column: string | null }) => [line, column])).toEqual([
      [7, 'Option1 Value'],
      [7, 'Handle'],
      [4, 'Variant Price'],
      [4, 'Variant Inventory Qty'],
      [5, 'Handle'],
      [6, 'Title'],
      [8, null],
      [10, 'Option1 Value'],
      [11, 'Title'],
    ]);
    expect(body.faults[2]).toMatchObject({
      handle: 'bad',
      severity: 'rejected',
      reason: expect.stringContaining('"1,50"'),
    });
    const handles = (await catalog.call('GET', '/admin/v1/products')).body.items.map(
      ({ handle }: { handle: string }) => handle,
    );
    expect(handles.sort()).toEqual(['also-good', 'good', 'pair']);
  });

  test('is reported page by page', async () => {
    const { body } = await catalog.importCsv(csv(...Array.from({ length: 250 }, (_, index) => `p-${index},,,,,1,1`)));
    expect([body.faults.length, body.faultsTotal]).toEqual([100, 250]);
    const lines: number[] = body.faults.map(({ line }: { line: number }) => line);
    for (let cursor = body.next; cursor !== null; ) {
      const page = await catalog.call('GET', `/admin/v1/imports/${body.id}?cursor=${cursor}&limit=70`);
      lines.push(...page.body.faults.map(({ line }: { line: number }) => line));
      cursor = page.body.next;
    }
    expect(lines).toEqual(Array.from({ length: 250 }, (_, index) => index + 2));
  });
});

describe('a SKU that is blank or taken', () => {
  const file = csv(
    'one,One,,,83,1,1',
    'two,Two,,,83,1,1',
    'cap,Cap,Size,S,83,1,1',
    'cap,,,M,83,1,1',
    'bare,Bare,Size,S,,1,1',
    'bare,,,M,,1,1',
    'plain,Plain,,,,1,1',
  );

  test('is made distinct, reported, and the same again', async () => {
    const { body } = await catalog.importCsv(file);
    expect(body.products).toMatchObject({ created: 5, rejected: 0 });
    expect(body.faults.map(({ line, severity }: { line: number; severity: string }) => [line, severity])).toEqual([
      [3, 'adjusted'],
      [4, 'adjusted'],
      [5, 'adjusted'],
    ]);
    const skus = async () =>
      (
        await database.db
          .prepare('select v.sku from variants v join products p on p.id = v.product_id order by p.id, v.position')
          .all()
      ).results.map(({ sku }) => String(sku));
    const first = await skus();
    expect(first[0]).toBe('83');
    expect(first.slice(1, 4).every((sku) => /^83-[0-9a-z]{8}$/.test(sku))).toBe(true);
    expect(first.slice(4)).toEqual(['bare-s', 'bare-m', 'plain']);
    expect((await catalog.importCsv(file)).body.products).toMatchObject({ unchanged: 5 });
    expect(await skus()).toEqual(first);
  });
});

describe('a file that is no list of products', () => {
  test.each([
    ['empty', '', '/1'],
    ['without prices', 'Handle,Title\na,A\n', '/1/Variant Price'],
    ['with a column twice', `${header},handle\na,A,,,A,1,1,b\n`, '/1/Handle'],
    ['with semicolons', header.replaceAll(',', ';'), '/1/Title'],
    ['cut inside a quote', `${csv('a,A,,,A,1,1')}b,"B`, '/3'],
    ['cut inside a row', `${csv('a,A,,,A,1,1')}b,B,,`, '/3'],
  ])('is refused whole when it is %s', async (_, file, pointer) => {
    const { status, body } = await catalog.importCsv(file);
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'malformed-csv', pointer]);
    expect((await catalog.call('GET', '/admin/v1/products')).body.items).toEqual([]);
    expect((await catalog.call('GET', '/admin/v1/imports')).body.items).toEqual([]);
  });

  test('is refused by its type', async () => {
    expect((await catalog.importCsv('{}', '', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await catalog.importCsv(csv(), '?openingStock=-1')).status).toBe(400);
  });
});

const manyRows = Array.from({ length: 250 }, (_, index) => `p-${index},P ${index},,,P-${index},1,1`);
const chunksTotal = async () =>
  (await database.db.prepare('select count(*) as total from import_chunks').first<number>('total')) ?? 0;

describe('an import that was cut off', () => {
  /** The next turn of the jobs, in a Worker that knows nothing of the one before: one chunk. */
  const oneChunk = () => runJobs(contextOf(testCatalog(database.db).env, null), 0);

  test('is as far as its last commit, is in the way of others, and goes on by itself', async () => {
    catalog.runJobs = async () => {};
    const { body: begun, status } = await catalog.importCsv(csv(...manyRows, 'bad,,,,B,1,1'));
    expect([status, begun.status, begun.rows, begun.rowsTotal]).toEqual([201, 'running', 0, 251]);
    await oneChunk();
    const read = async () => (await catalog.call('GET', `/admin/v1/imports/${begun.id}`)).body;
    expect(await read()).toMatchObject({ status: 'running', rows: 100, products: { created: 100 } });
    const rival = await catalog.importCsv(csv('b,B,,,B,1,1'));
    expect(rival.body).toMatchObject({ code: 'import-running', detail: expect.stringContaining('row 100 of 251') });
    await oneChunk();
    const shown = await catalog.call('GET', '/v1/products?limit=1');
    expect(shown.status).toBe(200);
    for (let next = await oneChunk(); next !== null; next = await oneChunk());
    expect(await read()).toMatchObject({
      status: 'done',
      rows: 251,
      rowsRejected: 1,
      products: { created: 250, updated: 0, unchanged: 0, rejected: 1 },
      faultsTotal: 1,
    });
    expect(await chunksTotal()).toBe(0);
    const told = await database.db.prepare(
      "select sum(json_array_length(envelope, '$.data.products')) as total from outbox",
    );
    expect(await told.first<number>('total')).toBe(250);
  });

  test('is not set back by a runner that was overtaken', async () => {
    catalog.runJobs = async () => {};
    const { body: begun } = await catalog.importCsv(csv(...manyRows));
    const { db } = contextOf(catalog.env, null);
    const stale = await nextChunk(db);
    if (stale === null) throw new Error('There is a chunk');
    await oneChunk();
    const late = noteProgress(db, stale.job, { ...stale.job, chunksDone: 1 }, []);
    await expect(commit(db, late)).rejects.toThrow('imports.status');
    for (let next = await oneChunk(); next !== null; next = await oneChunk());
    expect((await catalog.call('GET', `/admin/v1/imports/${begun.id}`)).body).toMatchObject({
      status: 'done',
      rows: 250,
    });
  });

  test('before it began leaves nothing that the next one keeps', async () => {
    await database.db.prepare("insert into import_chunks values ('imp_00', 0, 'cut')").run();
    await catalog.importCsv(csv('a,A,,,A,1,1'));
    expect(await chunksTotal()).toBe(0);
  });
});

describe('two imports', () => {
  test('do not run at once', async () => {
    const file = csv('a,A,,,A,1,1');
    const rivals: Answer[] = [];
    catalog.whileOpening = async () => {
      rivals.push(await catalog.importCsv(csv('b,B,,,B,1,1')));
    };
    expect((await catalog.importCsv(file)).status).toBe(201);
    const [rival] = rivals;
    expect(rival).toMatchObject({
      status: 409,
      body: { code: 'import-running', requestId: 'req_1', detail: expect.stringMatching(/row 0 of 1\..* in 1 s/) },
    });
    expect(rival?.headers.get('retry-after')).toBe(String(rival?.body.retryAfterSeconds));
    expect(await chunksTotal()).toBe(0);
  });

  test('that are one to two runners do each chunk once', async () => {
    let isFirst = true;
    catalog.whileOpening = async () => {
      if (!isFirst) return;
      isFirst = false;
      await catalog.runJobs();
    };
    const reported = vi.spyOn(console, 'error').mockReturnValue();
    const { body } = await catalog.importCsv(csv(...manyRows));
    reported.mockRestore();
    expect(body).toMatchObject({ status: 'done', rows: 250, products: { created: 250, updated: 0 } });
    expect((await product('p-0')).version).toBe(1);
  });

  test('with one key: a refusal because another one runs is not kept', async () => {
    const headers = { 'idempotency-key': 'busy' };
    const rivals: number[] = [];
    catalog.whileOpening = async () => {
      rivals.push((await catalog.importCsv(csv('b,B,,,B,1,1'), '', headers)).status);
    };
    await catalog.importCsv(csv('a,A,,,A,1,1'));
    catalog.whileOpening = async () => {};
    const again = await catalog.importCsv(csv('b,B,,,B,1,1'), '', headers);
    expect([rivals, again.status, again.headers.get('idempotency-replayed')]).toEqual([[409], 201, null]);
  });

  test('that fail on our side go on, and with whom it does not stop, say so and can be repeated', async () => {
    const reported = vi.spyOn(console, 'error').mockReturnValue();
    let calls = 0;
    let failsAt = (call: number): boolean => call === 2;
    catalog.whileOpening = async () => {
      calls += 1;
      if (failsAt(calls)) throw new Error('The inventory is away');
    };
    const first = await catalog.importCsv(csv(...manyRows.slice(0, 150)));
    expect(first.body).toMatchObject({ status: 'done', products: { created: 150 } });
    failsAt = (call) => call > 4;
    const second = await catalog.importCsv(csv(...manyRows));
    reported.mockRestore();
    expect(second.body).toMatchObject({ status: 'failed', error: 'The inventory is away', rows: 200 });
    expect(second.body.products).toMatchObject({ created: 50, unchanged: 150 });
    expect([await chunksTotal(), calls]).toEqual([0, 4 + 8]);
    failsAt = () => false;
    expect((await catalog.importCsv(csv(...manyRows))).body.products).toEqual({
      created: 50,
      updated: 0,
      unchanged: 200,
      rejected: 0,
    });
  });

  test('with one key are one', async () => {
    const headers = { 'idempotency-key': 'import-1' };
    const first = await catalog.importCsv(csv('a,A,,,A,1,1'), '', headers);
    const again = await catalog.importCsv(csv('a,A,,,A,1,1'), '', headers);
    expect([again.headers.get('idempotency-replayed'), again.text]).toEqual(['true', first.text]);
    expect((await catalog.importCsv(csv('a,A2,,,A,1,1'), '', headers)).status).toBe(422);
  });
});

test('the demo shop imports without a fault, and its collections are not empty', async () => {
  const folder = path.resolve(import.meta.dirname, '../../../scripts/demo');
  const { body } = await catalog.importCsv(readFileSync(path.join(folder, 'products.csv'), 'utf8'));
  expect(body).toMatchObject({ products: { created: 28, rejected: 0 }, faultsTotal: 0 });
  for (const collection of JSON.parse(readFileSync(path.join(folder, 'collections.json'), 'utf8'))) {
    const answer = await catalog.call('POST', '/admin/v1/collections', collection);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.productsTotal).toBeGreaterThan(0);
  }
  const { variants } = await product('ridgeline-shell-jacket');
  expect(variants[0].prices.map(({ currency }: { currency: string }) => currency)).toEqual(['EUR', 'USD', 'GBP']);
});
