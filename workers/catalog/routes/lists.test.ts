/** Lists and collections: every product once and in order, also while products come and go. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
  for (const [index, title] of ['Delta', 'alpha', 'Charlie', 'bravo', 'Écho'].entries()) {
    const prices = index % 2 === 0 ? [{ amount: 50 - index, currency: 'USD' }] : [];
    const price = { amount: 100 + 10 * index, currency: 'EUR' };
    const tags = index < 3 ? ['Early', 'all'] : ['all'];
    await create({ title, tags, vendor: `Vendor ${index}`, variants: [{ price, prices }] });
  }
  await create({ title: 'hidden', status: 'draft', tags: ['early'] });
});
afterAll(() => database.close());

async function create(more: object) {
  const answer = await catalog.call('POST', '/admin/v1/products', {
    variants: [{ price: { amount: 1, currency: 'EUR' } }],
    ...more,
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

/** Reads a list to its end, a page at a time. */
async function walk(query: string, limit: number, onPage: () => Promise<void> = async () => {}): Promise<string[]> {
  const titles: string[] = [];
  for (let path: string | null = `/v1/products?${query}&limit=${limit}`; path !== null; ) {
    const { status, body, headers, text }: Awaited<ReturnType<TestCatalog['call']>> = await catalog.call('GET', path);
    expect(status, text).toBe(200);
    titles.push(...body.items.map(({ title }: { title: string }) => title));
    const link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
    expect(link === null).toBe(body.next === null);
    path = link;
    await onPage();
  }
  return titles;
}

describe('a filter', () => {
  let ids: Record<string, string>;
  beforeAll(async () => {
    const { body } = await catalog.call('GET', '/admin/v1/products?limit=100');
    ids = Object.fromEntries(body.items.map(({ title, id }: { title: string; id: string }) => [title, id]));
    await database.db.prepare('update availability set available = 3 where product_id = ?').bind(ids.bravo).run();
  });

  test.each([
    ['tag=early', ['alpha', 'Charlie', 'Delta']],
    ['tag=Early,ALL', ['alpha', 'Charlie', 'Delta']],
    ['tag=early&vendor=vendor%201', ['alpha']],
    ['tag=late', []],
    ['vendor=Vendor%204', ['Écho']],
    ['type=none', []],
    ['available=true', ['bravo']],
    ['available=true&country=US', []],
    ['available=false', ['alpha', 'Charlie', 'Delta', 'Écho']],
    ['available=false&tag=all', ['alpha', 'Charlie', 'Delta', 'Écho']],
  ])('of %s leaves what fits, in every order and size of a page', async (filter, titles) => {
    for (const limit of [1, 2, 100]) {
      expect(await walk(`sort=title&${filter}`, limit)).toEqual(titles);
      for (const sort of ['newest', 'price', '-price', 'price&currency=USD', '-price&currency=USD']) {
        if (filter.includes('available') && sort.includes('USD')) continue;
        expect((await walk(`sort=${sort}&${filter}`, limit)).toSorted()).toEqual(titles.toSorted());
      }
    }
  });

  test('keeps the order of the list, with products that are not sold in the currency at its end', async () => {
    expect(await walk('sort=price&currency=USD&tag=all', 2)).toEqual(['Écho', 'Charlie', 'Delta', 'alpha', 'bravo']);
    expect(await walk('sort=-price&tag=early', 2)).toEqual(['Charlie', 'alpha', 'Delta']);
  });

  test('of ids leaves those of them that are for sale', async () => {
    const wanted = [ids.bravo, ids.hidden, ids.Delta, ids.bravo].join();
    expect(await walk(`ids=${wanted}`, 1)).toEqual(['bravo', 'Delta']);
    expect(await walk(`ids=${wanted}&tag=early`, 1)).toEqual(['Delta']);
    expect((await catalog.call('GET', '/v1/products?ids=prd_1')).status).toBe(400);
  });

  test('holds within a collection', async () => {
    const { body } = await catalog.call('POST', '/admin/v1/collections', {
      title: 'Picked',
      products: ['charlie', 'alpha', 'bravo'],
    });
    expect(await walk(`collection=${body.id}&tag=early`, 1)).toEqual(['Charlie', 'alpha']);
    expect(await walk(`collection=${body.id}&tag=early&sort=title`, 1)).toEqual(['alpha', 'Charlie']);
    expect(await walk(`collection=${body.id}&available=true`, 1)).toEqual(['bravo']);
    await catalog.call('DELETE', `/admin/v1/collections/${body.id}`);
  });

  test('that most products of a large shop fit gives what one gives that few fit', async () => {
    const many = JSON.stringify(Array.from({ length: 2_001 }, (_, index) => `prd_${index}`));
    await database.db.batch([
      database.db
        .prepare(`insert into products (id, handle, title, sort_title, status, vendor, type, facts, document, version,
        created_at, updated_at) select value, value, '', '', 'draft', '', '', '{}', '{"variants":[]}', 1, 0, 0 from json_each(?1)`)
        .bind(many),
      database.db.prepare(`insert into product_facets select 'tag', 'all', value from json_each(?1)`).bind(many),
      database.db
        .prepare(`insert into product_facets select 'vendor', 'vendor 3', value from json_each(?1)`)
        .bind(many),
    ]);
    for (const limit of [1, 2, 100]) {
      expect(await walk('sort=price&currency=USD&tag=all', limit)).toEqual([
        'Écho',
        'Charlie',
        'Delta',
        'alpha',
        'bravo',
      ]);
      expect(await walk('sort=title&tag=all&vendor=Vendor%203', limit)).toEqual(['bravo']);
      expect(await walk('sort=newest&tag=all&available=true', limit)).toEqual(['bravo']);
    }
    await database.db.prepare(`delete from products where status = 'draft' and document = '{"variants":[]}'`).run();
  });

  test('takes no cursor of another one', async () => {
    const { body } = await catalog.call('GET', '/v1/products?tag=all&limit=1');
    expect((await catalog.call('GET', `/v1/products?tag=early&limit=1&cursor=${body.next}`)).status).toBe(400);
  });
});

describe('a list', () => {
  test.each([
    ['sort=title', ['alpha', 'bravo', 'Charlie', 'Delta', 'Écho']],
    ['sort=newest', ['Écho', 'bravo', 'Charlie', 'alpha', 'Delta']],
    ['sort=price', ['Delta', 'alpha', 'Charlie', 'bravo', 'Écho']],
    ['sort=-price', ['Écho', 'bravo', 'Charlie', 'alpha', 'Delta']],
    // By their price in dollars; then those that have none, by their own.
    ['sort=price&currency=USD', ['Écho', 'Charlie', 'Delta', 'alpha', 'bravo']],
    ['sort=-price&country=US', ['Delta', 'Charlie', 'Écho', 'bravo', 'alpha']],
  ])('by %s has every product for sale once, whatever the size of a page', async (query, titles) => {
    for (const limit of [1, 2, 3, 100]) expect(await walk(query, limit)).toEqual(titles);
  });

  test.each(['title', 'price', '-price', 'newest', 'price&currency=USD', '-price&currency=USD', '-price&currency=JPY'])(
    'by %s neither skips nor repeats while products are added and removed',
    async (sort) => {
      const there = await walk(`sort=${sort}`, 100);
      let added = 0;
      const late: string[] = [];
      const titles = await walk(`sort=${sort}`, 1, async () => {
        added += 1;
        const title = `${['aa', 'cc', 'zz'][added % 3]} late ${added}`;
        const price = { amount: [1, 115, 900][added % 3], currency: ['EUR', 'USD'][added % 2] };
        const { id } = await create({ title, variants: [{ price }] });
        late.push(id);
        const gone = added % 2 === 0 ? late.shift() : undefined;
        if (gone !== undefined) await catalog.call('DELETE', `/admin/v1/products/${gone}`);
      });
      expect(titles.filter((title) => !title.includes('late'))).toEqual(there);
      expect(new Set(titles).size).toBe(titles.length);
      for (const id of late) await catalog.call('DELETE', `/admin/v1/products/${id}`);
    },
    20_000,
  );

  test.each([
    ['limit=0', '/query/limit'],
    ['limit=101', '/query/limit'],
    ['limit=x', '/query/limit'],
    ['sort=random', '/query/sort'],
    ['colour=red', '/query/colour'],
    ['limit=1&limit=2', '/query/limit'],
    ['cursor=nonsense', '/query/cursor'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await catalog.call('GET', `/v1/products?${query}`);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
  });

  test('refuses the cursor of another order', async () => {
    const { body } = await catalog.call('GET', '/v1/products?sort=price&limit=1');
    expect((await catalog.call('GET', `/v1/products?sort=title&cursor=${body.next}`)).body.code).toBe('invalid-cursor');
  });

  test('of merchants has drafts too', async () => {
    const { body } = await catalog.call('GET', '/admin/v1/products?limit=1');
    expect(body.items[0].title).toBe('hidden');
    expect((await catalog.call('GET', '/admin/v1/products?status=draft')).body.items).toHaveLength(1);
  });
});

describe('a collection', () => {
  const titlesIn = (handle: string) => walk(`collection=${handle}`, 2);
  const collect = async (body: object) => {
    const answer = await catalog.call('POST', '/admin/v1/collections', body);
    expect(answer.status, answer.text).toBe(201);
    return answer.body;
  };

  test('that is kept by hand has its products in the order they were put there', async () => {
    const { id } = await collect({ title: 'By hand', products: ['delta', 'alpha', 'charlie'] });
    expect(await titlesIn('by-hand')).toEqual(['Delta', 'alpha', 'Charlie']);
    await catalog.call('PATCH', `/admin/v1/collections/${id}`, { addProducts: ['bravo'], removeProducts: ['alpha'] });
    expect(await titlesIn('by-hand')).toEqual(['Delta', 'Charlie', 'bravo']);
    await catalog.call('PATCH', `/admin/v1/collections/${id}`, { products: ['bravo', 'delta'] });
    expect(await titlesIn(id)).toEqual(['bravo', 'Delta']);
    expect(await walk(`collection=${id}&sort=price`, 1)).toEqual(['Delta', 'bravo']);
  });

  test.each([
    [
      'an equal tag, in any case',
      { rules: [{ field: 'tag', relation: 'equals', value: 'EARLY' }] },
      ['Charlie', 'Delta', 'alpha'],
    ],
    ['no such tag', { rules: [{ field: 'tag', relation: 'not-equals', value: 'early' }] }, ['bravo', 'Écho']],
    ['part of a title', { rules: [{ field: 'title', relation: 'contains', value: 'É' }] }, ['Écho']],
    ['the beginning', { rules: [{ field: 'title', relation: 'starts-with', value: 'B' }] }, ['bravo']],
    ['the end', { rules: [{ field: 'vendor', relation: 'ends-with', value: 'r 3' }] }, ['bravo']],
    [
      'a price below',
      { rules: [{ field: 'price', relation: 'less-than', value: { amount: 49, currency: 'USD' } }] },
      ['Charlie', 'Écho'],
    ],
    [
      'every rule',
      {
        rules: [
          { field: 'tag', relation: 'equals', value: 'early' },
          { field: 'vendor', relation: 'equals', value: 'vendor 1' },
        ],
      },
      ['alpha'],
    ],
    [
      'one rule of two',
      {
        match: 'any',
        rules: [
          { field: 'title', relation: 'equals', value: 'bravo' },
          { field: 'title', relation: 'equals', value: 'delta' },
        ],
      },
      ['Delta', 'bravo'],
    ],
  ])('by rules finds %s', async (name, body, titles) => {
    const { handle } = await collect({ title: `Rules ${name}`, ...body });
    expect((await titlesIn(handle)).sort()).toEqual([...titles].sort());
  });

  test('by rules follows its products and its rules', async () => {
    const { handle } = await collect({
      title: 'Follows',
      rules: [{ field: 'tag', relation: 'equals', value: 'follow-me' }],
    });
    expect(await titlesIn(handle)).toEqual([]);
    await catalog.call('PATCH', '/admin/v1/products/alpha', { tags: ['Early', 'all', 'follow-me'] });
    expect(await titlesIn(handle)).toEqual(['alpha']);
    await catalog.call('PATCH', `/admin/v1/collections/${handle}`, {
      rules: [{ field: 'title', relation: 'equals', value: 'delta' }],
    });
    expect(await titlesIn(handle)).toEqual(['Delta']);
  });

  test('is refused with products that are not there, with rules and products at once, or under a name that is taken', async () => {
    await collect({ title: 'Taken' });
    const post = async (body: object) => {
      const { status, body: problem } = await catalog.call('POST', '/admin/v1/collections', body);
      return [status, problem.code, problem.errors[0].pointer];
    };
    expect(await post({ title: 'X', products: ['alpha', 'nobody'] })).toEqual([422, 'unknown-product', '/products/1']);
    expect(await post({ title: 'X', products: [], rules: [{ field: 'tag', relation: 'equals', value: 'a' }] })).toEqual(
      [400, 'invalid-input', '/products'],
    );
    expect(await post({ handle: 'taken', title: 'Taken' })).toEqual([409, 'handle-taken', '/handle']);
  });

  test('that does not exist is 404, and one without products is an empty list', async () => {
    expect((await catalog.call('GET', '/v1/products?collection=nowhere')).status).toBe(404);
    await collect({ title: 'Empty' });
    expect((await catalog.call('GET', '/v1/products?collection=empty')).body).toEqual({ items: [], next: null });
    expect((await catalog.call('DELETE', '/admin/v1/collections/empty')).status).toBe(204);
    expect((await catalog.call('GET', '/v1/collections/empty')).status).toBe(404);
  });

  test('shows its rules to merchants only', async () => {
    const { handle } = await collect({
      title: 'Secret rules',
      rules: [{ field: 'type', relation: 'equals', value: 'x' }],
    });
    expect((await catalog.call('GET', `/v1/collections/${handle}`)).body.rules).toBeUndefined();
    expect((await catalog.call('GET', `/admin/v1/collections/${handle}`)).body.rules).toHaveLength(1);
    const handles = (await catalog.call('GET', '/v1/collections?limit=100')).body.items.map(
      (one: { handle: string }) => one.handle,
    );
    expect(handles).toContain(handle);
  });
});
