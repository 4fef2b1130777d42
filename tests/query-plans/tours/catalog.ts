/**
 * Every statement of the catalogue, through its own routes: products, collections, lists in each order and on each page,
 * imports, and what carts and the inventory ask and tell.
 */
import { commit, databaseOf } from '../../../shared/messaging/d1.ts';
import { contextOf, forgetPrices } from '../../../workers/catalog/context.ts';
import { revisionFor, standingsOf, stockNoted, variantsFor } from '../../../workers/catalog/service/variants.ts';
import { noteAttempt, runningImport } from '../../../workers/catalog/store/imports.ts';
import { stepTaken } from '../../../workers/catalog/store/membership.ts';
import { type TestCatalog, testCatalog } from '../../../workers/catalog/testing/catalog.ts';

export async function tour(client: D1Database): Promise<void> {
  const catalog = testCatalog(client);
  const ask = async (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => {
    const answer = await catalog.call(method, path, body, headers);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.body;
  };
  const products = [];
  for (const title of ['Cup', 'Tea', 'Pot']) {
    const price = { amount: title.length, currency: 'EUR' };
    const prices = title === 'Tea' ? [{ amount: 2, currency: 'USD' }] : [];
    const product = { title, tags: ['all'], variants: [{ sku: title, price, prices }] };
    products.push(await ask('POST', '/admin/v1/products', product, { 'idempotency-key': title }));
  }
  const [cup, tea] = products;
  await ask('POST', '/admin/v1/prices', { rows: [{ sku: 'Cup', price: '4' }] });
  await catalog.call('GET', '/admin/v1/exports/products.csv');
  await ask('PATCH', '/admin/v1/products/cup/variants/Cup', { barcode: '1' });
  const components = [
    { sku: 'Cup', quantity: 2 },
    { variantId: products[1].variants[0].id, quantity: 1 },
  ];
  const price = { amount: 9, currency: 'EUR' };
  const set = { title: 'Set', variants: [{ sku: 'Set', price, components }] };
  await ask('POST', '/admin/v1/products', set, { 'idempotency-key': 'set' });
  await ask('PATCH', '/admin/v1/products/set', { variants: [{ sku: 'Set', components: components.slice(1) }] });
  await ask('DELETE', '/admin/v1/products/set');
  await ask('POST', '/admin/v1/collections', {
    ...{ title: 'Ruled', match: 'any' },
    rules: [{ field: 'tag', relation: 'equals', value: 'all' }],
  });
  const manual = await ask('POST', '/admin/v1/collections', { title: 'Manual', products: ['pot'] });
  await ask('PATCH', `/admin/v1/collections/${manual.id}`, { title: 'Chosen', products: [cup.id, tea.handle] });
  await ask('PATCH', `/admin/v1/collections/${manual.id}`, { addProducts: ['pot'], removeProducts: ['tea'] });
  for (const collection of ['', '&collection=ruled', `&collection=${manual.id}`]) {
    for (const sort of ['title', 'newest', 'price', '-price', 'manual', 'price&currency=USD', '-price&currency=USD']) {
      for (let cursor = '', turn = 0; turn < 4; turn += 1) {
        const page = await ask('GET', `/v1/products?limit=1&sort=${sort}${collection}${cursor}`);
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
    }
  }
  for (const filter of ['tag=all', 'tag=all,new&vendor=us&type=cup&available=true', 'available=false', `ids=${cup.id}`])
    for (const sort of [
      'title',
      'newest',
      'price',
      'price&currency=USD',
      'manual&collection=ruled',
      'title&collection=ruled',
    ])
      for (let cursor = '', turn = 0; turn < 3; turn += 1) {
        const page = await ask('GET', `/v1/products?limit=1&sort=${sort}&${filter}${cursor}`);
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
  for (const list of [
    '/admin/v1/products?limit=1',
    '/admin/v1/products?limit=1&status=active',
    '/v1/collections?limit=1',
  ]) {
    const page = await ask('GET', list);
    await ask('GET', `${list}&cursor=${page.next}`);
  }
  for (const key of [cup.id, cup.handle]) {
    await ask('GET', `/v1/products/${key}`);
    await ask('GET', `/v1/products/${key}?currency=USD`);
    await ask('GET', `/admin/v1/products/${key}`);
  }
  await ask('GET', `/v1/collections/${manual.id}`);
  await ask('GET', '/v1/collections/ruled');
  await ask('PATCH', `/admin/v1/products/${cup.id}`, { title: 'Mug' });
  await ask('GET', `/v1/products/${cup.id}`);
  await ask('PATCH', `/admin/v1/products/${cup.id}`, { handle: 'mug' });
  await ask('PATCH', `/admin/v1/collections/${manual.id}`, { handle: 'chosen' });
  for (const scope of ['/v1', '/admin/v1'])
    for (const key of ['products/cup', 'collections/manual']) await ask('GET', `${scope}/${key}`);
  await tourOfCharged(catalog, ask);
  await tourOfImports(catalog, ask);

  const context = contextOf(catalog.env, null);
  await revisionFor(context);
  const variantId = cup.variants[0].id;
  await variantsFor(context, { variantIds: [variantId] }, () => {});
  await variantsFor(context, { skus: ['Tea'] }, () => {});
  await standingsOf(context, [variantId]);
  // A step of a collection that has more products than one step looks at.
  const step = { collectionId: manual.id, edit: 1, afterId: '', upToId: cup.id };
  await commit(databaseOf(client), stepTaken(databaseOf(client), step));
  const note = { stockUnitId: 'stk_1', available: 1, asOf: 1, sequence: 1 };
  await commit(databaseOf(client), await stockNoted(databaseOf(client), [note]));
  await ask('DELETE', `/admin/v1/collections/${manual.id}`);
  await ask('DELETE', `/admin/v1/products/${tea.id}`);
}

/** What is sorted by while price lists hold, from their beginning to their end. */
async function tourOfCharged(
  catalog: TestCatalog,
  ask: (method: string, path: string, body?: unknown) => Promise<unknown>,
): Promise<void> {
  const { PRICING } = catalog.env;
  const market = {
    id: 'mkt_1',
    name: 'M',
    countries: ['FR'],
    currencies: ['EUR'] as const,
    isDefault: true,
    isFallback: false,
  };
  for (const listsTag of ['a', '']) {
    PRICING.shelf = async () => ({ version: 1, until: null, ageMs: 0, markets: [{ ...market, listsTag }] });
    PRICING.shelfPrices = async ({ goods }) => ({
      ...{ version: 1, until: null },
      prices: goods.map(() => ({ priceMinor: 1, compareAtMinor: null, tiers: [] })),
    });
    forgetPrices();
    await catalog.runJobs();
    for (const filter of ['', '&tag=all']) await ask('GET', `/v1/products?country=FR&sort=price${filter}`);
    await ask('PATCH', '/admin/v1/products/mug', { title: `Mug ${listsTag}` });
    await catalog.runJobs();
  }
}

async function tourOfImports(
  catalog: ReturnType<typeof testCatalog>,
  ask: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ readonly items: readonly { readonly id: string }[]; readonly next: string | null }>,
): Promise<void> {
  const csv =
    'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty\nplate,Plate,,,PLATE,3.00,4\nbowl,Bowl,,,BOWL,x,1\n';
  for (const _turn of [1, 2]) await catalog.importCsv(csv, '?currency=EUR');
  const { items, next } = await ask('GET', '/admin/v1/imports?limit=1');
  await ask('GET', `/admin/v1/imports?limit=1&cursor=${next}`);
  await ask('GET', `/admin/v1/imports/${items[0]?.id}?limit=1`);
  await (await catalog.call('GET', `/admin/v1/imports/${items.at(-1)?.id}/report.csv`)).text;

  // A dry run of more than one chunk.
  const many = Array.from({ length: 101 }, (_, index) => `dry-${index},Dry,,,DRY-${index},1,1`);
  await catalog.importCsv([csv.split('\n')[0], ...many, ''].join('\n'), '?currency=EUR&dryRun=true');

  // An import whose chunk cannot be imported, and then one more of it.
  const db = databaseOf(catalog.env.DB);
  catalog.runJobs = async () => {};
  await catalog.importCsv(csv, '?currency=EUR');
  const running = await runningImport(db);
  if (running === null) throw new Error('An import that nobody works on is running');
  await noteAttempt(db, running, 1, null);
  await noteAttempt(db, running, 2, 'It was given up.');
}
