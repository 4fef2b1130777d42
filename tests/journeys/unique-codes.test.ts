/** Unique codes over HTTP: made and imported by the thousand, used once each, listed, withdrawn and exported. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { CodeBatch, DiscountCode } from '../../shared/contracts/pricing/codes-http.ts';
import type { Promotion } from '../../shared/contracts/pricing/promotions.ts';
import { Page } from '../../shared/http/pagination.ts';
import { expectProblem, expectStatus, inParallel, newKey } from './client.ts';
import { addPromotion, changeCart } from './merchant.ts';
import { nok, openNorway, promote, startBooks, tenPercent } from './norway.ts';
import { card, checkOut, journeyOfFile, until } from './shopping.ts';

const shop = journeyOfFile();
beforeAll(async () => {
  await openNorway(shop);
});

const campaign = (title: string): Promise<Promotion> =>
  addPromotion(shop, { title, offer: tenPercent, hasUniqueCodes: true });
const pathOf = ({ id }: Promotion) => `/admin/v1/promotions/${id}/codes`;

async function make(promotion: Promotion, json: unknown): Promise<CodeBatch> {
  return expectStatus(await shop.admin('POST', pathOf(promotion), json), 201).as(CodeBatch);
}

async function list(promotion: Promotion, query = ''): Promise<readonly DiscountCode[]> {
  return expectStatus(await shop.admin('GET', `${pathOf(promotion)}?limit=100${query}`), 200).as(Page(DiscountCode))
    .items;
}

describe('codes that the shop makes', () => {
  it('are as many as asked for, all different, and each is good for one order', async () => {
    const promotion = await campaign('Mailing');
    const batch = await make(promotion, { count: 60, prefix: 'mail-', length: 8 });
    expect(batch).toMatchObject({ created: 60, rejected: 0 });
    const codes = await list(promotion);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(60);
    for (const { code } of codes) expect(code).toMatch(/^MAIL-[2-9B-DF-HJKMNP-TV-Z]{8}$/);
    const [one] = codes;
    if (one === undefined) throw new Error('60 codes were made');

    const carts = [await startBooks(shop, [one.code.toLowerCase()]), await startBooks(shop, [one.code])];
    for (const { totals } of carts) expect(totals.total).toEqual(nok(2300));
    const answers = await inParallel(carts, 2, ({ id }) => checkOut(shop, id, card));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && expectProblem(refused, 'code-used-up').discountCode).toMatch(new RegExp(one.code, 'i'));
    expect((await startBooks(shop, [one.code])).rejectedCodes).toMatchObject([{ reason: 'used-up', available: 0 }]);
    const used = await until(
      () => list(promotion, `&search=${one.code}`),
      (found) => found[0]?.used === 1,
    );
    expect(used).toMatchObject([{ used: 1, available: 0 }]);
  });

  it('go on where they were under the same key, and make no second batch', async () => {
    const promotion = await campaign('Once');
    const options = { json: { count: 5 }, isAdmin: true, idempotencyKey: newKey() };
    const first = expectStatus(await shop.send('POST', pathOf(promotion), options), 201).as(CodeBatch);
    const again = expectStatus(await shop.send('POST', pathOf(promotion), options), 201).as(CodeBatch);
    expect(again).toEqual(first);
    expect(await list(promotion)).toHaveLength(5);
  });

  it('make a promotion ask for a code that acted by itself before', async () => {
    const promotion = await addPromotion(shop, {
      title: 'Open',
      offer: { kind: 'fixed-off-order', amounts: [nok(1)] },
    });
    expect((await startBooks(shop)).totals.discount).toEqual(nok(1));
    await make(promotion, { count: 1 });
    expect((await startBooks(shop)).totals.discount).toEqual(nok(0));
  });
});

describe('codes that a merchant brings along', () => {
  it('are taken from a list and from a file, row by row', async () => {
    await promote(shop, 'TAKEN');
    const promotion = await campaign('Partners');
    const listed = await make(promotion, {
      codes: ['Ann', { code: 'BOB', usesMax: null }, 'ann', 'taken'],
      usesMax: 2,
    });
    expect(listed).toMatchObject({
      ...{ created: 2, rejected: 2 },
      faults: [
        { row: 3, code: 'ANN', reason: 'listed-twice' },
        { row: 4, code: 'TAKEN', reason: 'taken' },
      ],
    });
    const raw = 'Note,Uses,Code\r\nfirst,3,carol\r\nnone,,dave\r\nbad,x,erin\r\nthere,1,bob\r\n';
    const headers = { 'content-type': 'text/csv' };
    const file = await shop.send('POST', `${pathOf(promotion)}/imports`, { raw, headers, isAdmin: true });
    expect(expectStatus(file, 201).as(CodeBatch)).toMatchObject({
      created: 2,
      faults: [
        { row: 3, code: 'erin', reason: 'invalid' },
        { row: 4, code: 'BOB', reason: 'taken' },
      ],
    });
    expect((await list(promotion)).map(({ code, usesMax }) => [code, usesMax])).toEqual([
      ['ANN', 2],
      ['BOB', null],
      ['CAROL', 3],
      ['DAVE', null],
    ]);
    expectProblem(
      await shop.admin('POST', '/admin/v1/promotions', { title: 'x', codes: ['carol'], offer: tenPercent }),
      'code-taken',
    );
  });
});

describe('a code that is withdrawn', () => {
  it('does nothing any more, and a shopper who saw its discount is shown the new total first', async () => {
    const promotion = await campaign('Leaked');
    await make(promotion, { codes: ['LEAKED', 'KEPT'] });
    const cart = await startBooks(shop, ['LEAKED']);
    expect(cart.totals.total).toEqual(nok(2300));
    const [leaked] = await list(promotion, '&search=leak');
    const path = `${pathOf(promotion)}/${leaked?.id}`;
    const disabled = expectStatus(await shop.admin('PATCH', path, { isActive: false }), 200).as(DiscountCode);
    expect(disabled).toMatchObject({ code: 'LEAKED', isActive: false });
    expectProblem(await checkOut(shop, cart.id, card), 'price-changed');
    const told = await changeCart(shop, cart.id, { note: 'Looked again' });
    expect(told).toMatchObject({
      totals: { total: nok(2500) },
      rejectedCodes: [{ reason: 'disabled', applicable: false }],
    });
    expectStatus(await shop.admin('PATCH', path, { isActive: true, usesMax: 5 }), 200);
    const bought = expectStatus(await checkOut(shop, (await startBooks(shop, ['LEAKED'])).id, card), 201);
    expect(bought.as(CheckoutView).totals.total).toEqual(nok(2300));
    expectStatus(await shop.admin('DELETE', path), 204);
    expectProblem(await shop.admin('GET', path), 'not-found');
    expect((await startBooks(shop, ['LEAKED'])).rejectedCodes).toMatchObject([{ reason: 'unknown' }]);
    // It can be made anew, and begins anew.
    expect(await make(promotion, { codes: ['LEAKED', 'KEPT'] })).toMatchObject({ created: 1 });
    expect(await list(promotion, '&search=LEAKED')).toMatchObject([{ used: 0, available: 1 }]);
  });

  it('may be withdrawn with its batch, and goes with its promotion', async () => {
    const promotion = await campaign('Batches');
    const [first, second] = [await make(promotion, { count: 3 }), await make(promotion, { count: 2 })];
    const json = { batchId: first.batchId, isActive: false };
    expect(expectStatus(await shop.admin('PATCH', pathOf(promotion), json), 200).text).toBe('{"changed":3}');
    expect(await list(promotion, '&status=active')).toHaveLength(2);
    expectStatus(await shop.admin('DELETE', `${pathOf(promotion)}?batchId=${second.batchId}`), 204);
    expect(await list(promotion)).toHaveLength(3);
    await make(promotion, { codes: ['GOES-ALONG'] });
    expectStatus(await shop.admin('DELETE', `/admin/v1/promotions/${promotion.id}`), 204);
    expect((await startBooks(shop, ['GOES-ALONG'])).rejectedCodes).toMatchObject([{ reason: 'unknown' }]);
    expectProblem(await shop.admin('GET', pathOf(promotion)), 'not-found');
  });
});

it('an export holds every code with its uses, and is read back by an import', async () => {
  const promotion = await campaign('Exported');
  await make(promotion, { codes: ['E-1', '=E2'] });
  await make(promotion, { count: 2_500, prefix: 'X' });
  const { text, headers } = expectStatus(await shop.admin('GET', `${pathOf(promotion)}/export`), 200);
  expect(headers['content-type']).toContain('text/csv');
  const rows = text.trimEnd().split('\r\n');
  expect(rows).toHaveLength(2_503);
  expect(rows[0]).toBe('code,usesMax,used,held,available,status,batchId,createdAt');
  expect(rows[1]).toMatch(/^"?'=E2"?,1,0,0,1,active,cbt_/);
  expect(rows[2]).toMatch(/^E-1,1,0,0,1,active,cbt_/);
});
