/** Codes of gift cards: how they are made, what of them counts, and what a kept answer gives away. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GiftCardCode } from '../../../../shared/contracts/pricing/gift-cards-http.ts';
import { hashOfCode, last4Of, makeCode } from './codes.ts';
import { seal, unseal } from './sealing.ts';

const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('a code that is made', () => {
  test('has four groups that nobody misreads, and is one that a merchant could have chosen', () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const code = makeCode(bytes);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
        expect(GiftCardCode.safeParse(code).success).toBe(true);
      }),
    );
  });

  test('differs with every bit of its randomness', () => {
    const bits = Array.from({ length: 80 }, (_, bit) =>
      Uint8Array.from({ length: 10 }, (_, index) => (index === bit >> 3 ? 1 << (bit & 7) : 0)),
    );
    expect(new Set(bits.map(makeCode)).size).toBe(80);
  });
});

describe('a code as people type it', () => {
  test.each([
    '7q2k-m0rx-abcd-1234',
    '7Q2KM0RXABCD1234',
    ' 7Q2K M0RX ABCD 1234 ',
    '7Q2K-MORX-ABCD-I234',
    '7q2km0rxabcdl234',
    '\uff17q2k\u2013m0rx\u2014abcd\u30001234\u200b',
  ])('%j is the same code', async (typed) => {
    expect(await hashOfCode(typed)).toBe(await hashOfCode('7Q2K-M0RX-ABCD-1234'));
  });

  test('of another card is another code', async () => {
    expect(await hashOfCode('7Q2K-M0RX-ABCD-1235')).not.toBe(await hashOfCode('7Q2K-M0RX-ABCD-1234'));
  });

  test('is known by its last four characters, however it is written', () => {
    expect(last4Of('summer-gift 20-26')).toBe('2026');
  });

  test.each(['1234567', 'with_underscore', '', 'ünïcödé!!', 'A'.repeat(33), `${'A-'.repeat(8)}!`])(
    '%j is none that a card may have',
    (code) => {
      expect(GiftCardCode.safeParse(code).success).toBe(false);
    },
  );
});

describe('a code in a kept answer', () => {
  test('is read by who has the key of the request, and by nobody else', async () => {
    const sealed = await seal('7Q2K-M0RX-ABCD-1234', 'key-1');
    expect(sealed).not.toContain('7Q2K');
    expect(atob(sealed)).not.toContain('7Q2K');
    expect(await unseal(sealed, 'key-1')).toBe('7Q2K-M0RX-ABCD-1234');
    await expect(unseal(sealed, 'key-2')).rejects.toThrow();
  });
});
