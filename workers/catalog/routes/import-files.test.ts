/** Files as other shops write them: rows apart, columns that nobody knows, other languages. */
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
const sizes = 'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty';

describe('rows of one product that stand apart', () => {
  test('are put together, however many products lie between, with a line in the report', async () => {
    const between = Array.from({ length: 1_500 }, (_, index) => `other-${index},Other,,,O-${index},1,1`);
    const file = lines(sizes, 'shirt,Shirt,Size,S,S-S,1,1', ...between, 'shirt,,,M,S-M,1,1', 'shirt,,,L,S-L,1,1');
    const { body } = await catalog.importCsv(file);
    await catalog.runJobs();
    const { body: report } = await catalog.call('GET', `/admin/v1/imports/${body.id}`);
    expect(report).toMatchObject({ status: 'done', rows: 1_503, products: { created: 1_501, rejected: 0 } });
    expect(report.faults).toMatchObject([{ line: 1_503, handle: 'shirt', severity: 'adjusted' }]);
    expect(await skusOf('shirt')).toEqual(['S-S', 'S-M', 'S-L']);
  });
});

describe('columns that the shop has no field for', () => {
  const header =
    'Title,URL handle,Price,SKU,Option1 name,Option1 value,Material (product.metafields.custom.material),Care (variant.metafields.custom.care),Google Shopping / Gender,Cost per item,Gift Card,Metafield: my.rating [number_decimal]';
  const file = lines(header, 'Towel,towel,9,T-S,Size,S,Linen,30,unisex,4,FALSE,4.5', ',towel,9,T-L,,L,,60,,5,FALSE,');
  const field = (namespace: string, key: string, value: string) => ({
    namespace,
    key,
    type: 'single_line_text_field',
    value,
  });

  const fieldsOf = ({ variants }: { variants: { metafields?: { key: string; value: string }[] }[] }) =>
    variants.map(({ metafields = [] }) => metafields);

  test('are kept as metafields of product and variant, and what is nobody else’s is not shown to storefronts', async () => {
    expect((await catalog.importCsv(file.replace('Metafield: my', 'Metafield: product.my'))).status).toBe(201);
    const towel = await product('towel');
    expect(towel.metafields).toEqual(
      expect.arrayContaining([field('custom', 'material', 'Linen'), field('mm-google-shopping', 'gender', 'unisex')]),
    );
    expect(towel.metafields.some(({ key }: { key: string }) => key === 'cost-per-item')).toBe(false);
    expect(fieldsOf(towel)).toEqual([
      [field('custom', 'care', '30'), field('private-import', 'cost-per-item', '4')],
      [field('custom', 'care', '60'), field('private-import', 'cost-per-item', '5')],
    ]);
    const { text } = await catalog.call('GET', '/v1/products/towel');
    expect([text.includes('cost-per-item'), text.includes('Linen')]).toEqual([false, true]);
  });

  test('change nothing when the same file comes again, and keep what it does not name', async () => {
    await catalog.importCsv(file);
    const { metafields } = await product('towel');
    const own = { namespace: 'own', key: 'note', type: 'json', value: '{}' };
    await catalog.call('PATCH', '/admin/v1/products/towel', { metafields: [own, ...metafields] });
    const { body } = await catalog.importCsv(file);
    expect(body.products).toEqual({ created: 0, updated: 0, unchanged: 1, rejected: 0 });
    await catalog.importCsv(file.replace('Linen', ''));
    const after = (await product('towel')).metafields;
    expect(after).toContainEqual(own);
    expect(after.some(({ key }: { key: string }) => key === 'material')).toBe(false);
  });
});

describe('what each variant has of its own', () => {
  const header =
    'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item,Google Shopping / MPN,Variant Tax Code,Shelf,Season';
  const file = lines(
    header,
    'bowl,Bowl,Size,S,B-S,9,4.00,M-1,P1,A1,Winter',
    'bowl,,,M,B-M,9,4.00,M-2,,A2,Winter',
    'bowl,,,L,B-L,9,,M-3,,,',
    'cup,Cup,,,C-1,5,2.00,M-9,,A3,',
  );
  const valuesOf = ({ metafields = [] }: { metafields?: { key: string; value: string }[] }) =>
    Object.fromEntries(metafields.map(({ key, value }) => [key, value]));
  const bowl = [
    { 'cost-per-item': '4.00', mpn: 'M-1', 'variant-tax-code': 'P1', shelf: 'A1' },
    { 'cost-per-item': '4.00', mpn: 'M-2', shelf: 'A2' },
    { mpn: 'M-3' },
  ];

  test('stands with the variant, also where all say the same and in a column that the shop does not know', async () => {
    await catalog.importCsv(file);
    const [many, one] = [await product('bowl'), await product('cup')];
    expect(many.variants.map(valuesOf)).toEqual(bowl);
    expect(valuesOf(many)).toEqual({ season: 'Winter' });
    expect([one.variants.map(valuesOf), valuesOf(one)]).toEqual([
      [{ 'cost-per-item': '2.00', mpn: 'M-9' }],
      { shelf: 'A3' },
    ]);
  });

  test('comes back with the export, which imports unchanged here and whole elsewhere', async () => {
    await catalog.importCsv(file);
    expect((await catalog.importCsv(file)).body.products.unchanged).toBe(2);
    const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
    expect((await catalog.importCsv(text)).body.products.unchanged).toBe(2);
    catalog = await emptiedCatalog(database.db);
    expect((await catalog.importCsv(text)).body.products).toMatchObject({ created: 2, rejected: 0 });
    expect((await product('bowl')).variants.map(valuesOf)).toEqual(bowl);
    expect((await catalog.call('GET', '/admin/v1/exports/products.csv')).text).toBe(text);
  });

  test('leaves the product where an earlier file had put it there', async () => {
    await catalog.importCsv(file);
    const { metafields } = await product('bowl');
    const old = { namespace: 'private-import', key: 'cost-per-item', type: 'single_line_text_field', value: '4.00' };
    await catalog.call('PATCH', '/admin/v1/products/bowl', { metafields: [...metafields, old] });
    await catalog.importCsv(file);
    expect(valuesOf(await product('bowl'))).toEqual({ season: 'Winter' });
  });

  test('is the product’s in a first row that is no variant', async () => {
    await catalog.importCsv(lines(header, 'pan,Pan,Size,,,,3.00,,,,', 'pan,,,S,P-S,9,3.50,,,,', 'pan,,,M,P-M,9,,,,,'));
    const pan = await product('pan');
    expect(valuesOf(pan)).toEqual({ 'cost-per-item': '3.00' });
    expect(pan.variants.map(valuesOf)).toEqual([{ 'cost-per-item': '3.50' }, {}]);
  });
});

describe('a gift card of a file', () => {
  const header = 'Handle,Title,Gift Card,Variant SKU,Variant Price,Variant Taxable,Variant Requires Shipping';
  const file = lines(header, 'voucher,Voucher,TRUE,V-1,25,TRUE,TRUE');

  test('is neither taxed nor shipped, is exported as one, and the file changes nothing when it comes again', async () => {
    const { body } = await catalog.importCsv(file);
    expect(body.faults).toEqual([]);
    const voucher = await product('voucher');
    expect(voucher).toMatchObject({ isGiftCard: true, variants: [{ taxable: false, requiresShipping: false }] });
    expect(voucher.metafields).toBeUndefined();
    expect((await catalog.importCsv(file)).body.products.unchanged).toBe(1);
    const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
    expect((await catalog.importCsv(text)).body.products.unchanged).toBe(1);
    const { text: shown } = await catalog.call('GET', '/v1/products/voucher');
    expect(shown).toContain('"isGiftCard":true');
  });

  test('is one until it is said to be none', async () => {
    await catalog.importCsv(file);
    await catalog.call('PATCH', '/admin/v1/products/voucher', { title: 'Present' });
    expect((await product('voucher')).isGiftCard).toBe(true);
    await catalog.importCsv(file.replace(',TRUE,V-1', ',FALSE,V-1'));
    const after = await product('voucher');
    expect(after.isGiftCard).toBeUndefined();
    expect(after.variants).toMatchObject([{ taxable: true, requiresShipping: true }]);
    await catalog.call('PATCH', '/admin/v1/products/voucher', { isGiftCard: true });
    expect((await product('voucher')).variants).toMatchObject([{ taxable: false, requiresShipping: false }]);
  });

  test('says TRUE or FALSE, or the row is refused', async () => {
    const { body } = await catalog.importCsv(file.replace('Voucher,TRUE', 'Voucher,maybe'));
    expect(body.faults).toMatchObject([{ line: 2, column: 'Gift Card', severity: 'rejected' }]);
  });
});

test.each([
  ['German', 'URL-Handle,Titel,Beschreibung,Anbieter,Preis,Vergleichspreis'],
  ['French', "Identifiant d'URL,Titre,Corps (HTML),Fournisseur,Prix,Prix avant réduction"],
  ['Spanish', 'Identificador de URL,Título,Descripción,Proveedor,Precio,Precio de comparación'],
  ['Japanese', 'ハンドル,タイトル,説明,販売元,価格,割引前価格'],
])('the template in %s is read', async (_language, header) => {
  const { status, text } = await catalog.importCsv(lines(header, 'mug,Mug,<p>Big</p>,Acme,9.50,12'));
  expect(status, text).toBe(201);
  expect(await product('mug')).toMatchObject({
    title: 'Mug',
    descriptionHtml: '<p>Big</p>',
    vendor: 'Acme',
    variants: [{ price: { amount: 950 }, compareAtPrice: { amount: 1200 } }],
  });
});

test.each([
  ['German', 'Titel,URL-Handle,Option1-Name,Option1-Wert,SKU,Preis'],
  ['German, the other way round', 'Titel,URL-Handle,Name Option1,Wert Option1,SKU,Preis'],
  ['French', "Titre,Handle d'URL,Nom de l’option 1,Valeur de l’option 1,SKU,Prix"],
  ['Spanish', 'Título,Identificador de URL,Nombre de la opción 1,Valor de la opción 1,SKU,Precio'],
  [
    'Spanish in another normal form',
    'Título,URL handle,Nombre de opción1,Valor de opción1,SKU,Precio'.normalize('NFD'),
  ],
  ['Japanese', 'タイトル,URLハンドル,オプション1の名前,オプション1の値,SKU,価格'],
  ['English with more spaces', 'Title,Handle,Option 1 Name,Option 1 Value,SKU,Price'],
])('in %s each variant has its choice', async (_language, header) => {
  const { body } = await catalog.importCsv(lines(header, 'Tee,tee,Size,S,T-S,9', ',tee,,M,T-M,8'));
  expect([body.products.created, body.faults]).toEqual([1, []]);
  expect((await product('tee')).variants).toMatchObject([
    { sku: 'T-S', title: 'S' },
    { sku: 'T-M', title: 'M' },
  ]);
});

test('two variants are never one because nothing that is understood tells them apart', async () => {
  const { body } = await catalog.importCsv(
    lines('Title,Handle,Vaihtoehto,SKU,Price', 'Tee,tee,S,T-S,9', ',tee,M,T-M,8', ',tee,M,,8', 'Mug,mug,,MUG,3'),
  );
  expect(body.products).toMatchObject({ created: 1, rejected: 1 });
  expect(body.faults).toMatchObject([
    {
      line: 3,
      column: 'Option1 Value',
      severity: 'rejected',
      reason: expect.stringContaining('Line 2 is another variant'),
    },
  ]);
});

test('of a file in another language the report names the columns that are not known', async () => {
  const header = 'Titel,URL-Handle,Preis,Onlineshop sichtbar,SKU,Google Shopping / Gender,x (product.metafields.a.b)';
  const file = lines(header, 'Tasse,tasse,9,FALSCH,T,unisex,y', 'Kanne,kanne,8,FALSCH,K,unisex,y');
  for (const query of ['?dryRun=true', '']) {
    const { body } = await catalog.importCsv(file, query);
    expect(body.faults).toMatchObject([{ line: 1, column: 'Onlineshop sichtbar', severity: 'adjusted' }]);
    expect(body.products.created).toBe(2);
  }
  const { body } = await catalog.importCsv(lines('Title,Handle,Price,Shelf', 'Pot,pot,9,A4'));
  expect(body.faults).toEqual([]);
});

test.each([
  ['WAHR', 'FALSCH'],
  ['VRAI', 'FAUX'],
  ['Verdadero', 'Falso'],
  ['yes', 'no'],
  ['1', '0'],
])('what a spreadsheet writes as %s is true, and as %s false', async (yes, no) => {
  const header = 'Handle,Title,Price,Charge tax,Requires shipping,Published,Continue selling when out of stock';
  const { body } = await catalog.importCsv(
    lines(header, `a,A,9,${no},${yes},${no},${yes}`, `b,B,9,${yes},${no},${yes},${no}`),
  );
  expect(body.faults).toEqual([]);
  expect(await product('a')).toMatchObject({
    status: 'draft',
    variants: [{ taxable: false, requiresShipping: true, policy: 'continue' }],
  });
  expect(await product('b')).toMatchObject({
    status: 'active',
    variants: [{ taxable: true, requiresShipping: false, policy: 'deny' }],
  });
});

test.each([
  ['Aktiv', 'active'],
  ['Entwurf', 'draft'],
  ['Archivé', 'archived'],
  ['Activo', 'active'],
  ['公開', 'active'],
  ['Unlisted', 'active'],
])('the status %s is %s, under a header with a typographic apostrophe', async (written, status) => {
  const { text } = await catalog.importCsv(lines('Handle d’URL,Titre,Prix,Statut', `mug,Mug,9,${written}`));
  expect((await product('mug')).status, text).toBe(status);
});

test.each([
  ['Published', 'Active', 'FALSE', 'draft', 1],
  ['Published on online store', 'Active', 'false', 'draft', 1],
  ['Published', 'Unlisted', 'FALSE', 'draft', 1],
  ['Published', 'Active', 'TRUE', 'active', 0],
  ['Published', 'Active', '', 'active', 0],
  ['Published', 'Draft', 'FALSE', 'draft', 0],
  ['Published', 'Archived', 'FALSE', 'archived', 0],
  ['Published', '', 'FALSE', 'draft', 0],
])(
  'with %s, what is %s and %s there is %s, and an export brings it back',
  async (column, written, isPublished, status, said) => {
    const { body } = await catalog.importCsv(
      lines(`Handle,Title,Variant Price,Status,${column}`, `mug,Mug,9,${written},${isPublished}`),
    );
    expect(body.faults.map(({ severity }: { severity: string }) => severity)).toEqual(Array(said).fill('adjusted'));
    expect((await product('mug')).status).toBe(status);
    const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
    expect((await catalog.importCsv(text)).body).toMatchObject({ products: { unchanged: 1, updated: 0 }, faults: [] });
  },
);

describe('a blank inventory tracker', () => {
  test('is a variant that always sells, and a filled one is counted', async () => {
    const header = 'Handle,Title,Variant Price,Variant Inventory Tracker,Variant Inventory Qty';
    await catalog.importCsv(lines(header, 'song,Song,1,,0', 'mug,Mug,1,shopify,0'));
    expect((await product('song')).variants[0]).toMatchObject({ tracked: false, availableForSale: true });
    expect((await product('mug')).variants[0]).toMatchObject({ tracked: true, availableForSale: false });
  });
});

test.each([
  ['together', ['tee,Tee,Size,S,A,9', 'tee,,,S,B,8', 'tee,,,M,C,9'], 2, 3],
  ['apart', ['tee,Tee,Size,S,A,9', 'tee,,,M,C,9', 'cap,Cap,,,CAP,9', 'tee,,,S,B,8'], 2, 5],
])(
  'of rows that stand %s and choose the same, the first counts and the other is left out',
  async (_, rows, first, again) => {
    const { body } = await catalog.importCsv(
      lines('Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price', ...rows),
    );
    expect(body.products.rejected).toBe(0);
    expect(body.faults).toContainEqual({
      ...{ line: again, column: 'Option1 Value', handle: 'tee', severity: 'adjusted' },
      reason: `Line ${first} makes the same choice; this row is left out.`,
    });
    expect((await product('tee')).variants.map(({ sku }: { sku: string }) => sku)).toEqual(['A', 'C']);
  },
);

test.each(['0', '0.00', ''])('a former price of "%s" is none', async (written) => {
  await catalog.importCsv(lines('Handle,Title,Price,Compare-at price', 'mug,Mug,9,12'));
  const { body } = await catalog.importCsv(lines('Handle,Title,Price,Compare-at price', `mug,Mug,9,${written}`));
  expect([body.products.updated, body.faults]).toEqual([1, []]);
  expect((await product('mug')).variants[0].compareAtPrice).toBeNull();
});

test.each([
  ['add', '-3 is read as 0: an import that adds to the stock takes nothing away.'],
  ['set', '-3 is read as 0: goods owed elsewhere are not owed here.'],
])('of a quantity below nothing, with stock=%s, it is said what becomes of it', async (stock, reason) => {
  const header = 'Handle,Title,Variant Price,Variant Inventory Qty';
  await catalog.importCsv(lines(header, 'mug,Mug,9,5'));
  const { body } = await catalog.importCsv(lines(header, 'mug,Mug,9,-3'), `?stock=${stock}`);
  expect(body.faults).toMatchObject([{ line: 2, column: 'Variant Inventory Qty', severity: 'adjusted', reason }]);
  expect([...catalog.onHand.values()].at(-1)).toBe(stock === 'add' ? 5 : 0);
});

test.each([
  ['Handle,Titel,Preis', 'Preis'],
  ['URL handle,Title,price', 'price'],
  ['Handle,Title,Variant Price', 'Variant Price'],
])('under the header %s a fault names the column %s', async (header, column) => {
  const { body } = await catalog.importCsv(lines(header, 'mug,Mug,cheap'));
  expect(body.faults).toMatchObject([{ line: 2, column, severity: 'rejected' }]);
});
