/** Cursors: what was written reads back, and nothing else does. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Cursor,
  type CursorShape,
  decodeCursor,
  encodeCursor,
  invalidCursor,
  nextLink,
  PageLimit,
} from './pagination.ts';

const key = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => text.isWellFormed()),
    fc.integer(),
  ),
  {
    minLength: 1,
    maxLength: 4,
  },
);

const shapeOf = (parts: readonly (string | number)[]): CursorShape =>
  parts.map((part) => (typeof part === 'number' ? 'number' : 'string'));

describe('a cursor', () => {
  test('reads back as the key that was written, and is safe in an address', () => {
    fc.assert(
      fc.property(key, (parts) => {
        const cursor = encodeCursor('things', parts);
        expect(decodeCursor(cursor, 'things', shapeOf(parts))).toEqual(parts);
        expect(encodeURIComponent(cursor)).toBe(cursor);
      }),
    );
  });

  test('is refused where a key of another length is meant', () => {
    expect(decodeCursor(encodeCursor('things', ['a', 1]), 'things', ['string'])).toBeNull();
    expect(decodeCursor(encodeCursor('things', ['a', 1]), 'things', ['string', 'number', 'string'])).toBeNull();
  });

  test.each([
    ['things', ['number', 'number']],
    ['things', ['string', 'string']],
    ['things', ['number', 'string']],
    ['others', ['string', 'number']],
    ['a', ['number']],
  ] as const)('of another list or with other types is refused: %s %j', (list, shape) => {
    expect(decodeCursor(encodeCursor('things', ['a', 1]), list, shape)).toBeNull();
  });

  test('that is refused is a problem that names the parameter and the request', async () => {
    const answer = invalidCursor({ requestId: 'req_1' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'invalid-cursor',
      requestId: 'req_1',
      errors: [{ pointer: '/query/cursor', detail: 'Not a cursor of this list.' }],
    });
  });

  test.each([
    ['', 'nothing'],
    ['!!!', 'no base 64'],
    ['YQ', 'no JSON'],
    [btoa('{}'), 'an object'],
    [btoa('[null]'), 'null'],
    [btoa('[[1]]'), 'a list in a list'],
    [btoa('[true]'), 'a boolean'],
    [btoa('["a"'), 'cut off'],
    [btoa(String.fromCharCode(0x5b, 0x22, 0xff, 0x22, 0x5d)), 'no UTF-8'],
    [btoa(JSON.stringify(['x'.repeat(401)])), 'longer than any key'],
    ['%5B1%5D', 'percent signs'],
  ])('that is %j is none of ours: %s', (text) => {
    for (const type of ['string', 'number'] as const) expect(decodeCursor(text, 'things', [type])).toBeNull();
  });

  test('that was tampered with is another position or none, and never a failure', () => {
    fc.assert(
      fc.property(key, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (parts, at, character) => {
        const cursor = encodeCursor('things', parts);
        const index = at % cursor.length;
        const tampered = cursor.slice(0, index) + character + cursor.slice(index + 1);
        const read = decodeCursor(tampered, 'things', shapeOf(parts));
        expect(read === null || read.length === parts.length).toBe(true);
      }),
    );
  });

  test('of the longest SKU in any script is one that we take again', () => {
    const cursor = encodeCursor('stock', ['語'.repeat(255)]);
    expect(Cursor.safeParse(cursor).success).toBe(true);
  });
});

describe('the limit of a page', () => {
  test.each([
    [undefined, 20],
    ['1', 1],
    ['100', 100],
    ['007', 7],
  ])('%s is %i', (given, limit) => {
    expect(PageLimit.parse(given)).toBe(limit);
  });

  test.each(['0', '101', '-1', '1.5', '', 'x', '1e2', ' 1', '99999', '١'])('is not %j', (given) => {
    expect(PageLimit.safeParse(given).success).toBe(false);
  });
});

describe('the link to the next page', () => {
  test('keeps the other parameters and takes the new cursor', () => {
    expect(nextLink('http://x.test/v1/things?limit=2&cursor=old', 'new')).toEqual({
      link: '</v1/things?limit=2&cursor=new>; rel="next"',
    });
  });

  test('is absent on the last page', () => {
    expect(nextLink('http://x.test/v1/things', null)).toEqual({});
  });
});
