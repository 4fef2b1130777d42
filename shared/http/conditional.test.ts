/** Conditional requests: which headers let an edit through, and which save a transfer. */
import { describe, expect, test } from 'vitest';
import { etagOf, ifMatchAllows, ifMatchVersion, ifNoneMatchHits } from './conditional.ts';

test('a version is a strong tag', () => {
  expect(etagOf(3)).toBe('"3"');
});

describe('an edit of version 3', () => {
  test.each<[string | null | undefined, boolean]>([
    [undefined, true],
    [null, true],
    ['*', true],
    [' * ', true],
    ['"3"', true],
    ['"1", "3"', true],
    ['"4"', false],
    ['3', false],
    ['W/"3"', false],
    ['"1", W/"3"', false],
    ['""', false],
    ['', false],
    ['"33"', false],
  ])('with If-Match: %s is allowed: %s', (header, isAllowed) => {
    expect(ifMatchAllows(header, 3)).toBe(isAllowed);
  });
});

describe('the version that an edit is guarded by', () => {
  test.each<[string | null | undefined, string | null]>([
    [undefined, null],
    [null, null],
    ['*', null],
    ['"3"', '3'],
    [' "3" ', '3'],
  ])('of If-Match: %s is %s', (header, version) => {
    expect(ifMatchVersion(header)).toBe(version);
  });

  test.each(['W/"3"', '"1", "3"', '3', '""', '', '"3', '"3""'])('of If-Match: %s is none that exists', (header) => {
    const version = ifMatchVersion(header);
    expect(version).not.toBeNull();
    expect(Number(version)).toBeNaN();
  });
});

describe('a client that may have version 3', () => {
  test.each<[string | null | undefined, boolean]>([
    [undefined, false],
    [null, false],
    ['"3"', true],
    ['W/"3"', true],
    ['"1", W/"3"', true],
    ['*', true],
    ['"4"', false],
    ['3', false],
    ['', false],
  ])('and sends If-None-Match: %s has it: %s', (header, hasIt) => {
    expect(ifNoneMatchHits(header, etagOf(3))).toBe(hasIt);
  });
});
