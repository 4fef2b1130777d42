/**
 * Files as shops really have them, over HTTP with every Worker real: what each becomes, what a shopper can buy of it, and what a
 * dry run says before. The files lie beside this one; the tests go on from one another in one shop.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImportReport } from '../../shared/contracts/catalog/imports.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { StockView } from '../../shared/contracts/inventory/http.ts';
import type { Metafield } from '../../shared/values/metafields.ts';
import { expectStatus } from './client.ts';
import { importFile } from './merchant.ts';
import { buy, journeyOfFile, stockOf, until } from './shopping.ts';

const shop = journeyOfFile();

const fileOf = (name: string) => readFile(path.join(import.meta.dirname, 'files', name), 'utf8');
async function bring(csv: string, query = '') {
  const report = (await importFile(shop, csv, query)).as(ImportReport);
  expect(report).toMatchObject({ status: 'done', error: null });
  return report;
}
const bringFile = async (name: string, query?: string) => bring(await fileOf(name), query);
const productAt = async (handle: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/products/${encodeURIComponent(handle)}`), 200).as(Product);
const reportOf = async (id: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/imports/${id}/report.csv`), 200).text;
const exported = async () => expectStatus(await shop.admin('GET', '/admin/v1/exports/products.csv'), 200).text;
const onHandOf = async (sku: string) => (await stockOf(shop, sku)).onHand;
const valuesOf = (fields: readonly Metafield[] = []) =>
  Object.fromEntries(fields.map(({ key, value }) => [key, value]));
const counts = (created: number, updated: number, unchanged: number, rejected: number) => ({
  ...{ created, updated, unchanged, rejected },
});

describe('a template', () => {
  it('of the older kind comes whole: variants with what is their own, images, a gift card and what nobody counts', async () => {
    const { products, faults } = await bringFile('older-template.csv');
    expect([products, faults]).toEqual([counts(3, 0, 0, 0), []]);
    const shirt = await productAt('linen-shirt');
    expect(shirt).toMatchObject({ vendor: 'Acme', tags: ['summer', 'linen'], seo: { title: 'Linen shirt' } });
    expect(shirt.images).toHaveLength(2);
    expect(shirt.variants.map(({ metafields }) => valuesOf(metafields))).toEqual([
      { mpn: 'MPN-S', 'cost-per-item': '12.00' },
      { mpn: 'MPN-M', 'cost-per-item': '12.00' },
    ]);
    expect(await onHandOf('LS-M')).toBe(5);
    expect(await productAt('voucher')).toMatchObject({ isGiftCard: true, variants: [{ requiresShipping: false }] });
    expect((await productAt('song')).variants).toMatchObject([{ tracked: false, requiresShipping: false }]);
    const checkout = await buy(shop, { sku: 'SONG', quantity: 40 });
    expect(checkout.status).toBe('completed');
  });

  it('of the newer kind comes whole, its own columns and those of other systems', async () => {
    const { products, faults } = await bringFile('newer-template.csv');
    expect([products, faults]).toEqual([counts(1, 0, 0, 0), []]);
    const cap = await productAt('wool-cap');
    expect(cap.variants).toMatchObject([
      { sku: 'WC-R', policy: 'deny', weightGrams: 90, compareAtPrice: null },
      { sku: 'WC-B', policy: 'continue', compareAtPrice: { amount: 2450 } },
    ]);
    expect(valuesOf(cap.metafields)).toMatchObject({ fabric: 'Wool', gender: 'unisex' });
    expect(cap.variants.map(({ metafields }) => valuesOf(metafields))).toEqual([
      { 'cost-per-item': '7.25' },
      { 'cost-per-item': '7.75' },
    ]);
  });

  it('in German comes whole', async () => {
    expect((await bringFile('german-template.csv')).products).toEqual(counts(1, 0, 0, 0));
    expect(await productAt('tasse')).toMatchObject({
      ...{ title: 'Tasse', tags: ['küche', 'neu'], status: 'active' },
      variants: [{ sku: 'TASSE', price: { amount: 950 }, compareAtPrice: { amount: 1200 }, weightGrams: 310 }],
    });
  });
});

describe('a file in which things look alike', () => {
  it('is told by a dry run as it then comes: two products are never one', async () => {
    const dry = await bringFile('awkward.csv', '?dryRun=true');
    expect((await shop.send('GET', '/v1/products/coat')).status).toBe(404);
    const run = await bringFile('awkward.csv');
    expect(await reportOf(run.id)).toBe(await reportOf(dry.id));
    expect([run.products, run.changes, run.examples]).toEqual([dry.products, dry.changes, dry.examples]);
    expect(run.products).toEqual(counts(9, 0, 0, 1));
  });

  it('has every hat, tee and twin under an address and a SKU of its own', async () => {
    const titles = await Promise.all(['白-77', '黒-77', 'summer-tee', 'summer-tee-1'].map(productAt));
    expect(titles.map(({ title }) => title)).toEqual(['White hat', 'Black hat', 'Under', 'Hyphen']);
    const [twin, other] = [await productAt('twin'), await productAt('other-twin')];
    expect(twin.variants[0]?.sku).toBe('TWIN');
    expect(other.variants[0]?.sku).not.toBe('TWIN');
    const checkout = await buy(shop, { sku: 'HAT-2', quantity: 1 });
    expect(checkout.lines).toMatchObject([{ title: expect.stringContaining('Black hat') }]);
    expect([await onHandOf('HAT-1'), (await stockOf(shop, 'HAT-1')).committed]).toEqual([1, 0]);
  });

  it('puts rows together that stand apart, takes a parent row for no variant, and says so line by line', async () => {
    const { faults } = await bringFile('awkward.csv');
    expect((await productAt('apart')).variants.map(({ sku }) => sku)).toEqual(['AP-S', 'AP-M']);
    expect((await productAt('coat')).variants.map(({ sku }) => sku)).toEqual(['COAT-S', 'COAT-M']);
    expect(faults.map(({ line, handle, severity }) => [line, handle, severity])).toEqual([
      [6, 'coat', 'adjusted'],
      [10, 'other-twin', 'adjusted'],
      [13, 'apart', 'adjusted'],
      [15, 'No handle', 'rejected'],
    ]);
  });

  it('reads 1200.00 in a currency without decimals, and refuses half a yen', async () => {
    const { products, faults } = await bringFile('yen.csv', '?currency=JPY');
    expect(products).toEqual(counts(1, 0, 0, 1));
    expect((await productAt('fan')).variants[0]?.price).toEqual({ amount: 1200, currency: 'JPY' });
    expect(faults.map(({ line, column, severity }) => [line, column, severity])).toEqual([
      [2, 'Variant Price', 'adjusted'],
      [3, 'Variant Price', 'rejected'],
    ]);
  });
});

describe('a file about products that the shop has', () => {
  it('says before what would be changed, removed, renamed and counted, and leaves all of it as it is', async () => {
    const before = await productAt('linen-shirt');
    const { changes, examples } = await bringFile('shirts-changed.csv', '?dryRun=true&stock=set');
    expect(changes).toMatchObject({ 'product-changed': 1, 'variant-added': 1, 'variant-removed': 1, 'sku-changed': 1 });
    expect(changes).toMatchObject({ 'stock-opened': 1, 'stock-set': 1 });
    expect(
      examples.map(({ kind, line, sku, skuBefore, quantity }) => [kind, line, sku, skuBefore ?? quantity]),
    ).toEqual([
      ['product-changed', 2, null, null],
      ['variant-added', 3, 'LS-L', null],
      ['variant-changed', 2, 'LS-SMALL', null],
      ['variant-removed', 2, 'LS-M', null],
      ['sku-changed', 2, 'LS-SMALL', 'LS-S'],
      ['stock-opened', 3, 'LS-L', 2],
      ['stock-set', 2, 'LS-SMALL', 7],
    ]);
    expect(await productAt('linen-shirt')).toEqual(before);
    expect(await onHandOf('LS-S')).toBe(4);
  });

  it.each([
    ['ignore', 4],
    ['add', 11],
    ['set', 7],
  ])('with stock=%s leaves %i on hand, and the export behind it imports unchanged', async (stock, onHand) => {
    await bringFile('shirts-changed.csv', `?stock=${stock}`);
    // The stock gets its new name when it hears of the edit; until then the new one has none.
    await until(
      () => shop.admin('GET', '/admin/v1/inventory/LS-SMALL'),
      (stock) => stock.status === 200 && stock.as(StockView).onHand === onHand,
    );
    const { products } = await bring(await exported());
    expect(products).toEqual(counts(0, 0, 15, 0));
  });
});
