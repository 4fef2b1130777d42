/** The countries while pricing is silent: how addresses are written is told all the same, and where the shop sells as far as it is known. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ShelfMarket } from '../../shared/contracts/pricing/shelf.ts';
import { actorHeader } from '../../shared/http/actor.ts';
import { app } from './routes.ts';
import { forgetSales, marketsMemory } from './service/sales.ts';

const market: ShelfMarket = {
  ...{ id: 'mkt_1', name: 'Germany', countries: ['DE'], currencies: ['EUR'], listsTag: '' },
  ...{ isDefault: true, isFallback: false },
};
const actor = JSON.stringify({ kind: 'guest', id: 'g', scopes: [], requestId: 'req_1' });

let isSilent = true;
beforeEach(() => {
  isSilent = true;
  forgetSales();
});

async function read(path: string) {
  const shelf = () =>
    isSilent ? Promise.reject(new Error('pricing is down')) : Promise.resolve({ markets: [market] });
  const response = await app.request(path, { headers: { [actorHeader]: actor } }, { PRICING: { shelf } });
  return { status: response.status, cache: response.headers.get('cache-control'), body: await response.json() };
}

const germany = { code: 'DE', name: 'Germany', requiredFields: expect.arrayContaining(['postalCode']) };

describe('while pricing is silent', () => {
  test('countries are told, and where the shop sells is not known', async () => {
    const nobodyKnows = { isSold: null, currency: null, currencies: [] };
    const list = await read('/v1/countries');
    expect(list).toMatchObject({ status: 200, cache: 'no-store' });
    expect(list.body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ ...germany, ...nobodyKnows })]),
    });
    expect(await read('/v1/countries/DE')).toMatchObject({ status: 200, body: { ...germany, ...nobodyKnows } });
  });

  test('a list of those that the shop sells to cannot be told', async () => {
    expect(await read('/v1/countries?sold=true')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  test('what it said before is told, and kept by no cache', async () => {
    isSilent = false;
    const sold = { isSold: true, currency: 'EUR' };
    expect(await read('/v1/countries/DE')).toMatchObject({ cache: 'public, max-age=60', body: sold });
    isSilent = true;
    marketsMemory.clear();
    expect(await read('/v1/countries/DE')).toMatchObject({ status: 200, cache: 'no-store', body: sold });
    expect(await read('/v1/countries?sold=true')).toMatchObject({ body: { items: [{ code: 'DE' }] } });
  });
});
