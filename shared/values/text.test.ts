/** Text from outside: what is kept as it is, and what is refused. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Country, Email, filledText, Handle, OptionalPhone, Phone, Sku, text, toHandle } from './text.ts';

describe('free text', () => {
  test.each([
    ['', 'nothing'],
    ['  two  spaces  ', 'spaces at its ends'],
    ['a\tb\nc\rd', 'tabs and line ends'],
    ['日本語 العربية', 'other scripts'],
    ['👩‍👩‍👧', 'emoji'],
    ['<script>', 'markup, which is text'],
    ['\u202Eabc', 'a change of direction'],
    ['x'.repeat(10), 'as much as it may be'],
  ])('%j is kept: %s', (value) => {
    expect(text(20).parse(value)).toBe(value);
  });

  test.each([
    ['a\u0000b', 'NUL'],
    ['\u0007', 'a bell'],
    ['\u001b[31m', 'an escape'],
    ['\u007f', 'delete'],
    ['\u0085', 'a control character of the second set'],
    ['\ud800', 'a lone high surrogate'],
    ['a\udc00', 'a lone low surrogate'],
    ['\udc00\ud800', 'surrogates in the wrong order'],
    ['x'.repeat(21), 'too long'],
  ])('%j is refused: %s', (value) => {
    expect(text(20).safeParse(value).success).toBe(false);
  });

  test.each([' ', '\n\t', '\u00a0', ''])('that must say something is not %j', (value) => {
    expect(filledText(20).safeParse(value).success).toBe(false);
  });
});

describe('a SKU', () => {
  test.each(['A', 'A-1', 'a b', 'äöü', '🧦'])('may be %j', (value) => {
    expect(Sku.safeParse(value).success).toBe(true);
  });

  test.each(['', ' ', ' A', 'A ', 'A\n', 'A\u0000', 'x'.repeat(256)])('may not be %j', (value) => {
    expect(Sku.safeParse(value).success).toBe(false);
  });
});

describe('a handle', () => {
  test.each(['a', '7', 'a-b', 'a--b', 'x'.repeat(200), 'ä', '白-77', 'шапка', 'हिन्दी', 'ไทย', 'قبعة', '٧', 'ς'])(
    'may be %j',
    (value) => {
      expect(Handle.safeParse(value).success).toBe(true);
    },
  );

  test.each([
    '',
    '-a',
    'a-',
    'A',
    'a_b',
    'a b',
    'a\u0308',
    'Ä',
    'Ж',
    '\u0301a',
    'a/b',
    '..',
    'a\n',
    '🧦',
    '・',
    '\u200d',
    'x'.repeat(201),
  ])('may not be %j', (value) => {
    expect(Handle.safeParse(value).success).toBe(false);
  });

  test.each([
    ['Crème Brûlée (250 g)', 'crème-brûlée-250-g'],
    ['  --  ', 'item'],
    ['日本語', '日本語'],
    ['★☆ 🧦', 'item'],
    ['Шапка «Зима»', 'шапка-зима'],
    ['कुर्ता, लाल', 'कुर्ता-लाल'],
    ['ＳＡＬＥ１', 'ｓａｌｅ１'],
    ['İstanbul', 'i̇stanbul'],
    ['Cafe\u0301', 'café'],
    ['Ünï & Söhne', 'ünï-söhne'],
    ['A/B\\C', 'a-b-c'],
  ])('of %j is %j', (title, handle) => {
    expect(toHandle(title)).toBe(handle);
  });

  test('of any title is a handle', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400, size: 'max' }), (title) => {
        expect(Handle.safeParse(toHandle(title)).success).toBe(true);
        expect(toHandle(toHandle(title))).toBe(toHandle(title));
        expect(toHandle(title).length).toBeLessThanOrEqual(190);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['DE', true],
  ['de', false],
  ['DEU', false],
  ['D', false],
  ['', false],
])('the country %j is taken: %s', (value, isTaken) => {
  expect(Country.safeParse(value).success).toBe(isTaken);
});

test.each([
  ['ada@example.org', true],
  ['ada+tag@mail.example.org', true],
  ['ada@example', false],
  ['x@y.xn--p1ai', true],
  ['ada@müller.de', true],
  ['иван@пример.рф', true],
  ['ada&co@example.com', true],
  ['ada/x@example.com', true],
  ['ada#1@example.com', true],
  ["o'hara@example.com", true],
  [`${'a'.repeat(64)}@example.org`, true],
  [`${'a'.repeat(65)}@example.org`, false],
  ['ada', false],
  ['.ada@example.org', false],
  ['ada.@example.org', false],
  ['a..da@example.org', false],
  ['a da@example.org', false],
  ['ada@@example.org', false],
  ['ada@-example.org', false],
  ['ada@example..org', false],
  ['ada@127.0.0.1', false],
  ['ada@exam_ple.org', false],
  ['ada@example，org.de', false],
  ['<ada@example.org>', false],
  ['ada,bob@example.org', false],
  ['@example.org', false],
  ['ada@example.org\u0000', false],
  [`${'a'.repeat(250)}@example.org`, false],
])('the e-mail address %j is taken: %s', (value, isTaken) => {
  expect(Email.safeParse(value).success).toBe(isTaken);
});

test.each([
  [' ada@example.org ', 'ada@example.org'],
  ['ada@example.org\r\n', 'ada@example.org'],
  ['\u202aada@example.org\u202c', 'ada@example.org'],
  ['ada\u200b@example.org', 'ada@example.org'],
  ['\u00a0ada@example.org', 'ada@example.org'],
  ['ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ', 'ada@example.org'],
  ['иван@пример.рф', 'иван@пример.рф'],
  ['Ada@Example.org', 'Ada@Example.org'],
])('the e-mail address %j, as it was copied or typed, is %j', (written, kept) => {
  expect(Email.parse(written)).toBe(kept);
});

test.each([
  ['０３－１２３４－５６７８', '03-1234-5678'],
  ['03（1234）5678', '03(1234)5678'],
  ['＋49 30 1234567', '+49 30 1234567'],
  ['tel:+4930123456', '+4930123456'],
  ['\u202a+49 30 1234567\u202c', '+49 30 1234567'],
  ['\u200e030 1234567', '030 1234567'],
  ['03ー1234ー5678', '03-1234-5678'],
  ['٠٥٠ ١٢٣ ٤٥٦٧', '٠٥٠ ١٢٣ ٤٥٦٧'],
  ['+1 (555) 010-0199 ext. 12', '+1 (555) 010-0199 ext. 12'],
])('the telephone number %j is kept as %j', (written, kept) => {
  expect([Phone.parse(written), OptionalPhone.parse(written)]).toEqual([kept, kept]);
});

test.each([
  ['call me', 'A telephone number has digits, spaces'],
  ['+49 30 1234567 or 89', 'A telephone number has digits, spaces'],
  ['1234', 'at least 5 digits'],
  ['\u202a\u202c', 'at least 5 digits'],
])('the telephone number %j is refused, and it says why', (written, reason) => {
  expect(Phone.safeParse(written).error?.issues.map(({ message }) => message)).toEqual([
    expect.stringContaining(reason),
  ]);
});
