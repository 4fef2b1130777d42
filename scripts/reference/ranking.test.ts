/** People ask the reference in words of their own, and the first results are what they meant. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../configs.ts';
import { makeSite } from '../lib/reference.ts';
import { type Found, resultsMax, search } from './ranking.ts';

const site = await makeSite(await readFile(path.join(projectRoot, 'openapi.json'), 'utf8'));
const entries: readonly Found[] = JSON.parse(site.texts['/docs/search.json'] ?? '[]');
const namesOf = (text: string): readonly string[] => search(entries, text).map(([, name]) => name);

describe('a search of the reference', () => {
  it.each([
    ['cart', 'Create cart'],
    ['refund', 'Refund order'],
    ['coupon', 'List discount codes'],
    ['voucher', 'List discount codes'],
    ['gift card', 'Read gift card'],
    ['basket', 'Create cart'],
    ['webhook', 'Receive payment webhook'],
    ['webhooks', 'Events'],
    ['ship', 'Fulfill order'],
    ['tracking', 'Track fulfillment'],
    ['parcel', 'Track fulfillment'],
    ['vat', 'List tax rates'],
    ['buy', 'Start checkout'],
    ['update product', 'Edit product'],
    ['get order', 'Read order'],
    ['how do I cancel an order', 'Cancel order'],
    ['warehouse', 'List locations'],
    ['stocktake', 'Set levels'],
    ['etag', 'Overview'],
    ['redirect', 'Edit product'],
    ['upload products', 'Create import'],
    ['insufficient stock', 'insufficient-stock'],
    ['idempotency', 'Overview'],
    ['pagination', 'Overview'],
    ['3ds', 'Checkout with 3-D Secure'],
    ['startCheckout', 'Start checkout'],
    ['/v1/checkouts', 'Start checkout'],
  ])('for "%s" finds "%s" among the first five', (asked, wanted) => {
    expect(namesOf(asked).slice(0, 5)).toContain(wanted);
  });

  it('that no entry answers whole shows what answers most of it, and nothing for words that are nowhere', () => {
    expect(namesOf('refund zzz')).toContain('Refund order');
    expect(namesOf('zzz')).toEqual([]);
    expect(namesOf('  /  ')).toEqual([]);
  });

  it('puts what can be done and read before schemas, and a whole word before its beginning', () => {
    const entry = (kind: string, name: string): Found => [kind, name, '', '', ''];
    const names = [entry('schema', 'Cart'), entry('POST', 'Cartons'), entry('POST', 'Create cart')];
    expect(search(names, 'cart').map(([, name]) => name)).toEqual(['Create cart', 'Cartons', 'Cart']);
  });

  it('shows no more than fit', () => {
    expect(namesOf('order')).toHaveLength(resultsMax);
  });
});
