/** Answers that change by themselves, as the price of a sale does: no cache keeps them beyond that moment. */
import { describe, expect, it } from 'vitest';
import { cacheable, type RouterContext } from './edge-cache.ts';
import { createGateway } from './gateway.ts';
import { neighbour, noDocuments, testRouter } from './testing/router.ts';

const versionOf = async (answer: Response | Promise<Response>) =>
  ((await (await answer).json()) as { version: number }).version;

describe('a public read', () => {
  it.each([
    [3, 's-maxage=3', 2_999],
    [25, 's-maxage=20, stale-while-revalidate=5', 4_999],
    [0, 's-maxage=0', -1],
  ])('that changes by itself in %i seconds is kept by nobody beyond that', async (seconds, told, keptMs) => {
    const router = testRouter();
    let version = 0;
    router.catalog.answer = () => {
      version += 1;
      return Response.json({ version }, { headers: { 'cache-control': `public, max-age=0, s-maxage=${seconds}` } });
    };
    const answer = await router.fetch('/v1/products');
    expect(answer.headers.get('cache-control')).toBe(`public, max-age=0, ${told}`);
    router.clock.now += Math.max(0, keptMs);
    expect(await versionOf(router.fetch('/v1/products'))).toBe(keptMs < 0 ? 2 : 1);
    router.clock.now += 1;
    expect(await versionOf(router.fetch('/v1/products'))).toBe(keptMs < 0 ? 3 : 2);
  });
});

describe('the edge cache, where the platform has one', () => {
  it('tells of a page that changes by itself how old it is', async () => {
    const { env, clock } = testRouter();
    const pages = neighbour(() =>
      Response.json({}, { headers: { age: '6', 'cache-control': 'public, s-maxage=8', etag: '"1"' } }),
    );
    const context: RouterContext = {
      waitUntil: () => undefined,
      cache: { purge: async () => undefined },
      exports: { CatalogPages: Object.assign(pages, { purge: async () => undefined }) },
    };
    const gateway = createGateway(noDocuments, () => clock.now);
    const read = async () => gateway.fetch(new Request('http://shop.test/v1/products'), env, context);
    const answer = await read();
    expect([answer.headers.get('age'), answer.headers.get('cache-control')]).toEqual([
      '6',
      'public, max-age=0, s-maxage=8',
    ]);
    clock.now += 1_999;
    await read();
    expect(pages.requests).toHaveLength(1);
    clock.now += 1;
    await read();
    expect(pages.requests).toHaveLength(2);
  });

  it('is told how long such a page holds', () => {
    const short = (told: string) => cacheable(Response.json({}, { headers: { 'cache-control': told } }), 25);
    expect(short('public, s-maxage=9').headers.get('cache-control')).toBe('public, s-maxage=9');
    expect(short('public, s-maxage=30').headers.get('cache-control')).toBe(
      'public, s-maxage=25, stale-while-revalidate=5',
    );
  });
});
