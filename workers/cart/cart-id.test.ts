/** Cart ids: what they say, and that nobody but us can make one. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePlace } from '../../durable-objects/placement.ts';
import { makeCartId, readCartId } from './cart-id.ts';

const secret = 'a secret for tests';
const now = 1_800_000_000_000;
const make = (bytes = new Uint8Array(16), key = secret) =>
  makeCartId({ region: 'enam', shard: 15 }, { country: 'CA', currency: 'CAD' }, { now, random: bytes }, key);

describe('a cart id', () => {
  test('says where the cart is, and where and when it began', async () => {
    expect(await readCartId(await make(), secret)).toEqual({
      place: { region: 'enam', shard: 15 },
      origin: { country: 'CA', currency: 'CAD', createdAt: now },
    });
  });

  test('has one form and one length', async () => {
    const id = await make();
    expect(id).toMatch(/^cart_[0-7][0-9a-z]{25}n0fcacad[0-9a-z]{8}$/);
    expect(id).toHaveLength(47);
  });

  test('of another second, shard, country or currency is another id', async () => {
    const ids = await Promise.all([
      make(),
      makeCartId(
        { region: 'enam', shard: 14 },
        { country: 'CA', currency: 'CAD' },
        { now, random: new Uint8Array(16) },
        secret,
      ),
      makeCartId(
        { region: 'enam', shard: 15 },
        { country: 'US', currency: 'CAD' },
        { now, random: new Uint8Array(16) },
        secret,
      ),
      makeCartId(
        { region: 'enam', shard: 15 },
        { country: 'CA', currency: 'USD' },
        { now, random: new Uint8Array(16) },
        secret,
      ),
    ]);
    expect(new Set(ids.map((id) => id.slice(-8))).size).toBe(4);
  });
});

describe('an id that we did not make', () => {
  test('with one character changed is none', async () => {
    const id = await make();
    const characters = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz_-A');
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: id.length - 1 }), characters, async (at, character) => {
        fc.pre(id[at] !== character);
        expect(await readCartId(id.slice(0, at) + character + id.slice(at + 1), secret)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  test('made with another secret is none', async () => {
    expect(await readCartId(await make(new Uint8Array(16), 'another secret'), secret)).toBeNull();
  });

  test('that is truncated anywhere is none', async () => {
    const id = await make();
    for (let length = 0; length < id.length; length += 1)
      expect(await readCartId(id.slice(0, length), secret)).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['a prefix', 'cart_'],
    ['another kind of id', `ord_${'0'.repeat(26)}w00`],
    ['the name of a property', '__proto__'],
    ['a path', 'cart_../../etc/passwd'],
    ['NUL', `cart_${'0'.repeat(41)}\u0000`],
    ['a very long one', `cart_${'0'.repeat(100_000)}`],
  ])('is none: %s', async (_name, id) => {
    expect(await readCartId(id, secret)).toBeNull();
  });

  test('is none with a line feed after it, in upper case or twice', async () => {
    const id = await make();
    for (const other of [`${id}\n`, id.toUpperCase(), id + id, ` ${id}`])
      expect(await readCartId(other, secret)).toBeNull();
  });

  test('with a place that no object has is none, though well sealed', async () => {
    const id = await make();
    const place = encodePlace({ region: 'enam', shard: 16 });
    expect(place).toBe('n0g');
    const beyond = await makeCartId(
      { region: 'enam', shard: 16 },
      { country: 'CA', currency: 'CAD' },
      { now, random: new Uint8Array(16) },
      secret,
    );
    expect(beyond.slice(31, 34)).toBe(place);
    expect(await readCartId(beyond, secret)).toBeNull();
    expect(await readCartId(id, secret)).not.toBeNull();
  });
});
