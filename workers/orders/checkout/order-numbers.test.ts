/** Numbers of orders: no two are alike, whatever their ids have in common. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import { takeOrderNumber } from './order-numbers.ts';

const seal = 'z'.repeat(12);
const first = `chk_01jd0123456789abcdefghjkmnw0s${seal}`;
/** Of the same object, and its id ends alike, as by a very unlikely chance. */
const second = `chk_01jd0123456789abcaefghjkmnw0s${seal}`;

describe('an order', () => {
  test('gets another number when its first is taken', () => {
    const storage = new MemoryStreamStorage<unknown>();
    expect(takeOrderNumber(storage, first)).toBe('WSGH-JKMN');
    expect(takeOrderNumber(storage, second)).toBe('WSFG-HJKM');
  });

  test('that is numbered again keeps its number', () => {
    const storage = new MemoryStreamStorage<unknown>();
    takeOrderNumber(storage, first);
    expect(takeOrderNumber(storage, first)).toBe('WSGH-JKMN');
  });
});
