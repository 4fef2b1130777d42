/** Cart ids: what they say, and that nobody but us can make one. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePlace } from '../../../shared/values/placement.ts';
import { makeCartId, readCartId, readOwnCartId } from './cart-id.ts';

const secret = 'a secret for tests';
const now = 1_800_000_000_000;
const make = (bytes = new Uint8Array(16), key = secret) =>
  makeCartId({ region: 'enam', shard: 15 }, { country: 'CA', currency: 'CAD' }, { now, random: bytes }, [key]);

describe('a cart id', () => {
  test('says where the cart is, and where and when it began', () => {
    expect(readCartId(make(), [secret])).toEqual({
      place: { region: 'enam', shard: 15 },
      origin: { country: 'CA', currency: 'CAD', createdAt: now },
    });
  });

  test('has one form and one length', () => {
    const id = make();
    expect(id).toMatch(/^cart_[0-7][0-9a-z]{25}n0fcacad[0-9a-z]{8}$/);
    expect(id).toHaveLength(47);
  });

  test('of another second, shard, country or currency is another id', () => {
    const ids = [
      make(),
      makeCartId(
        { region: 'enam', shard: 14 },
        { country: 'CA', currency: 'CAD' },
        { now, random: new Uint8Array(16) },
        [secret],
      ),
      makeCartId(
        { region: 'enam', shard: 15 },
        { country: 'US', currency: 'CAD' },
        { now, random: new Uint8Array(16) },
        [secret],
      ),
      makeCartId(
        { region: 'enam', shard: 15 },
        { country: 'CA', currency: 'USD' },
        { now, random: new Uint8Array(16) },
        [secret],
      ),
    ];
    expect(new Set(ids.map((id) => id.slice(-8))).size).toBe(4);
  });
});

describe('an id that we did not make', () => {
  test('with one character changed is none', () => {
    const id = make();
    const characters = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz_-A');
    fc.assert(
      fc.property(fc.nat({ max: id.length - 1 }), characters, (at, character) => {
        fc.pre(id[at] !== character);
        expect(readCartId(id.slice(0, at) + character + id.slice(at + 1), [secret])).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  test('made with another secret is none', () => {
    expect(readCartId(make(new Uint8Array(16), 'another secret'), [secret])).toBeNull();
  });

  test('made with the previous secret is ours while that one is known, and what a checkout kept is read without any', () => {
    const old = make();
    expect(readCartId(old, ['a new one', secret])).toEqual(readCartId(old, [secret]));
    expect(readCartId(old, ['a new one'])).toBeNull();
    expect(readOwnCartId(old)).toEqual(readCartId(old, [secret]));
    expect(readOwnCartId('cart_x')).toBeNull();
    const added = makeCartId(
      { region: 'weur', shard: 3 },
      { country: 'DE', currency: 'EUR' },
      { now, random: new Uint8Array(16) },
      ['a new one', secret],
    );
    expect(readCartId(added, ['a new one'])).not.toBeNull();
    expect(readCartId(added, [secret])).toBeNull();
  });

  test('that is truncated anywhere is none', () => {
    const id = make();
    for (let length = 0; length < id.length; length += 1) expect(readCartId(id.slice(0, length), [secret])).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['a prefix', 'cart_'],
    ['another kind of id', `ord_${'0'.repeat(26)}w00`],
    ['the name of a property', '__proto__'],
    ['a path', 'cart_../../etc/passwd'],
    ['NUL', `cart_${'0'.repeat(41)}\u0000`],
    ['a very long one', `cart_${'0'.repeat(100_000)}`],
  ])('is none: %s', (_name, id) => {
    expect(readCartId(id, [secret])).toBeNull();
  });

  test('is none with a line feed after it, in upper case or twice', () => {
    const id = make();
    for (const other of [`${id}\n`, id.toUpperCase(), id + id, ` ${id}`])
      expect(readCartId(other, [secret])).toBeNull();
  });

  test('with a place that no object has is none, though well sealed', () => {
    const id = make();
    const place = encodePlace({ region: 'enam', shard: 16 });
    expect(place).toBe('n0g');
    const beyond = makeCartId(
      { region: 'enam', shard: 16 },
      { country: 'CA', currency: 'CAD' },
      { now, random: new Uint8Array(16) },
      [secret],
    );
    expect(beyond.slice(31, 34)).toBe(place);
    expect(readCartId(beyond, [secret])).toBeNull();
    expect(readCartId(id, [secret])).not.toBeNull();
  });
});
