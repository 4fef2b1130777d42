/** The small parts at their limits: windows, addresses, traces, ids, routes, memory. */
import { describe, expect, it } from 'vitest';
import { Id, madeAt } from '../../shared/values/ids.ts';
import { MemoryCache, type Snapshot } from './memory-cache.ts';
import { countedAddress, FixedWindow } from './rate-limits.ts';
import { childTraceparent, makeRequestId } from './trace.ts';

describe('a request id', () => {
  it('is an id like any other of the shop, with its time inside', () => {
    const now = Date.UTC(2026, 10, 20);
    const ids = Array.from({ length: 1000 }, () => makeRequestId(now));
    for (const id of ids) expect(Id('request').safeParse(id).success).toBe(true);
    expect(new Set(ids).size).toBe(1000);
    expect(madeAt(ids[0] ?? '')).toBe(now);
    expect(makeRequestId(now + 1) > makeRequestId(now)).toBe(true);
  });
});

describe('a traceparent', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  it.each([
    [`00-${traceId}-b7ad6b7169203331-01`, traceId, '01'],
    [`00-${traceId}-b7ad6b7169203331-00`, traceId, '00'],
    [`cc-${traceId}-b7ad6b7169203331-01-what-comes-later`, traceId, '01'],
  ])('that can be read is continued: %s', (incoming, id, flags) => {
    expect(childTraceparent(incoming)).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-${flags}$`));
  });

  it.each([
    null,
    '',
    'nonsense',
    `ff-${traceId}-b7ad6b7169203331-01`,
    `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-b7ad6b7169203331-01-extra`,
    `00-${traceId}-b7ad6b7169203331`,
    `00-${traceId}-b7ad6b7169203331-01${'-'.repeat(10_000)}`,
  ])('that cannot be read begins a new trace: %#', (incoming) => {
    const own = childTraceparent(incoming);
    expect(own).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(own).not.toContain(traceId);
  });
});

describe('a counted address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['172.32.0.1', '172.32.0.1'],
    ['172.16.0.1', null],
    ['127.0.0.1', null],
    ['::ffff:127.0.0.1', null],
    ['fe80::1', null],
    [null, null],
  ])('of %s is %s', (address, counted) => {
    expect(countedAddress(address)).toBe(counted);
  });
});

describe('a window', () => {
  it('forgets the address seen first when it is full', () => {
    const window = new FixedWindow({ quota: 1, windowSeconds: 60 });
    for (let index = 0; index < 20_000; index += 1) window.count(`a${index}`, 0);
    expect(window.peek('a0', 0).isExceeded).toBe(false);
    expect(window.peek('a12000', 0).isExceeded).toBe(true);
  });
});

describe('the memory', () => {
  const snapshot = (bytes: number): Snapshot => ({
    status: 200,
    body: new Uint8Array(bytes),
    headers: {},
    etag: null,
    readAt: 0,
    until: null,
    tags: null,
    isStorable: true,
  });
  const bounds = { ttlMs: 5000, bytesMax: 20_000, entriesMax: 3, entryBytesMax: 15_000, waitMs: 20 };
  const keepAlive = () => undefined;
  const put = (cache: MemoryCache, key: string, bytes: number) =>
    cache.load(key, 0, async () => snapshot(bytes), keepAlive);

  it('holds no more entries than it may, and drops what was read longest ago', async () => {
    const cache = new MemoryCache(bounds);
    for (const key of ['a', 'b', 'c']) await put(cache, key, 1);
    expect(cache.fresh('a', 1)).toBeDefined();
    await put(cache, 'd', 1);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.fresh(key, 1) !== undefined)).toEqual([true, false, true, true]);
  });

  it('holds no more bytes than it may, and no giant', async () => {
    const cache = new MemoryCache(bounds);
    await put(cache, 'a', 9000);
    await put(cache, 'b', 9000);
    await put(cache, 'c', 9000);
    expect(cache.bytes).toBeLessThanOrEqual(bounds.bytesMax);
    expect(cache.size).toBe(1);
    await put(cache, 'giant', 15_001);
    expect(cache.fresh('giant', 1)).toBeUndefined();
    cache.clear(new Set(['any']));
    expect([cache.bytes, cache.size]).toEqual([0, 0]);
  });

  it('drops what has a cleared tag or none, and keeps the rest', async () => {
    const cache = new MemoryCache(bounds);
    const load = (key: string, tags: readonly string[] | null) =>
      cache.load(key, 0, async () => ({ ...snapshot(1), tags }), keepAlive);
    await load('shirt', ['product', 'product-1']);
    await load('shoe', ['product', 'product-2']);
    await load('nameless', null);
    cache.clear(new Set(['product-1', 'products']));
    const left = ['shirt', 'shoe', 'nameless'].map((key) => cache.fresh(key, 1) !== undefined);
    expect(left).toEqual([false, true, false]);
    cache.clear(new Set(['product']));
    expect([cache.bytes, cache.size]).toEqual([0, 0]);
  });

  it('keeps no answer that was cleared while it was under way, unless the edit was about another', async () => {
    const cache = new MemoryCache(bounds);
    const gate = Promise.withResolvers<void>();
    const load = (key: string) =>
      cache.load(key, 0, () => gate.promise.then(() => ({ ...snapshot(1), tags: [key] })), keepAlive);
    const both = [load('product-1'), load('product-2')];
    cache.clear(new Set(['product-1']));
    gate.resolve();
    await Promise.all(both);
    expect([cache.fresh('product-1', 1), cache.fresh('product-2', 1)?.tags]).toEqual([undefined, ['product-2']]);
  });

  it('does not wait for ever for a reader that has gone', async () => {
    const cache = new MemoryCache(bounds);
    void cache.load('a', 0, () => new Promise<Snapshot>(() => undefined), keepAlive);
    expect(await cache.load('a', 0, async () => snapshot(1), keepAlive)).toMatchObject({ outcome: 'miss' });
  });
});
