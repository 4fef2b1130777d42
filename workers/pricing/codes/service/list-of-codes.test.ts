/** Files of discount codes: what becomes a code, and what is said of the other rows. */
import { expect, test } from 'vitest';
import { codesOfCsv } from './list-of-codes.ts';

const inDigits = '4111111111111111';
const inGroups = '4242 4242 4242 4242';

test.each([
  ['with a heading', `code,usesMax\n${inDigits},1\nSPRING-1,1\n${inGroups},1\n${inDigits},many\n`],
  ['without a heading', `${inDigits}\nSPRING-1\n${inGroups}\n4242-4242-4242-4242\n`],
  ['with other columns', `name,Coupon Code\n1,${inDigits}\n2,SPRING-1\n3,"${inGroups}"\n4,\uff14242424242424242\n`],
])('numbers of payment cards in a file %s become no codes, and nothing repeats them', (_, file) => {
  const read = codesOfCsv(file);
  if (!read.ok) throw new Error(read.refusal.detail);
  const { codes, faults } = read.value;
  expect(codes.map(({ code }) => code)).toEqual(['SPRING-1']);
  expect(faults.map(({ row, code, reason }) => ({ row, code, reason }))).toEqual(
    [1, 3, 4].map((row) => ({ row, code: '', reason: 'invalid' })),
  );
  expect(JSON.stringify(faults)).not.toMatch(/\d{4}/);
  for (const { detail } of faults) expect(detail).toMatch(/payment card/);
});

test('a long number that is no card is a code', () => {
  expect(codesOfCsv('code\n1234567890123456\n')).toMatchObject({ value: { codes: [{ code: '1234567890123456' }] } });
});

test('the rows of faults are counted as a spreadsheet counts them, empty ones too', () => {
  const { faults } = listRead(codesOfCsv('code,uses\nA,1\n\n,\nB,many\nA,1\n'));
  expect(faults.map(({ row, reason }) => [row, reason])).toEqual([
    [4, 'invalid'],
    [5, 'listed-twice'],
  ]);
});

function listRead(read: ReturnType<typeof codesOfCsv>) {
  if (!read.ok) throw new Error(read.refusal.detail);
  return read.value;
}
