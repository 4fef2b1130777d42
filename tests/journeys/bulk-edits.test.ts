/** Prices and levels of more SKUs than one answer takes, with `kill -9` in the middle: each row is taken once, and each has its result. */
import { expect, it } from 'vitest';
import { BulkJob } from '../../shared/contracts/bulk.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { expectStatus } from './client.ts';
import { importFile } from './merchant.ts';
import { journeyOfFile, pause, stockOf, until } from './shopping.ts';

const shop = journeyOfFile();
const rowsTotal = 1_600;
const numbers = Array.from({ length: rowsTotal }, (_, index) => index);
const lines = (...some: readonly string[]) => `${some.join('\n')}\n`;
const post = (path: string, raw: string, key?: string) =>
  shop.send('POST', path, {
    ...{ isAdmin: true, raw, headers: { 'content-type': 'text/csv' } },
    ...(key === undefined ? {} : { idempotencyKey: key }),
  });
const jobAt = async (location: string) => expectStatus(await shop.admin('GET', location), 200).as(BulkJob);

it('goes on with both lists after a crash, and a repetition of a request begins nothing new', async () => {
  const header = 'Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price';
  const products = numbers.map((number) => `row-${number},Row,ROW-${number},10,1`);
  await importFile(shop, lines(header, ...products));
  const prices = lines('sku,price', ...numbers.map((number) => `ROW-${number},${number % 100}.25`));
  const levels = lines('sku,delta', ...numbers.map((number) => `ROW-${number},5`));
  const lists = [
    ['/admin/v1/prices', prices, 'prices-1'],
    ['/admin/v1/inventory/levels', levels, 'levels-1'],
  ] as const;
  const locations: string[] = [];
  for (const [path, file, key] of lists) {
    const answer = expectStatus(await post(path, file, key), 202);
    locations.push(String(answer.headers.location));
    expect(answer.as(BulkJob)).toMatchObject({ status: 'running', rowsTotal });
  }
  while ((await Promise.all(locations.map(jobAt))).every(({ rows }) => rows === 0)) await pause(20);
  await shop.shop.kill9();
  await shop.shop.restart();
  for (const [index, [path, file, key]] of lists.entries())
    expect((await post(path, file, key)).headers.location).toBe(locations[index]);
  for (const location of locations) {
    const job = await until(
      () => jobAt(location),
      ({ status }) => status !== 'running',
    );
    expect(job).toMatchObject({ status: 'done', rows: rowsTotal, done: rowsTotal, rejected: 0 });
    const { text } = expectStatus(await shop.admin('GET', `${location}/results.csv`), 200);
    expect(text.trimEnd().split('\r\n')).toHaveLength(rowsTotal + 1);
  }
  for (const number of [0, 499, 500, 1_234, rowsTotal - 1]) {
    const product = expectStatus(await shop.admin('GET', `/admin/v1/products/row-${number}`), 200).as(Product);
    expect(product.variants[0]?.price?.amount).toBe((number % 100) * 100 + 25);
    expect((await stockOf(shop, `ROW-${number}`)).onHand).toBe(15);
  }
});
