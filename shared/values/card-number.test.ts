/** Which numbers are those of payment cards, however they are written, and which long numbers of a shop are not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsCardNumber } from './card-number.ts';

/** Numbers that issuers and payment providers publish for tests. */
const published = [
  ['Visa', '4242424242424242'],
  ['Visa', '4111111111111111'],
  ['Visa of thirteen digits', '4222222222222'],
  ['Visa of nineteen digits', '4000000000000000006'],
  ['Mastercard', '5555555555554444'],
  ['Mastercard of the second range', '2223003122003222'],
  ['American Express', '378282246310005'],
  ['American Express', '341111111111111'],
  ['Discover', '6011111111111117'],
  ['Diners Club', '30569309025904'],
  ['Diners Club', '36227206271667'],
  ['JCB', '3566002020360505'],
  ['UnionPay', '6200000000000005'],
  ['Maestro', '6759649826438453'],
  ['Mir', '2200000000000004'],
] as const;

describe('a card number', () => {
  test.each(published)('of %s, %s, is found', (_, number) => {
    expect(holdsCardNumber(number)).toBe(true);
  });

  test.each([
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '4242\u00a04242\u20114242–4242',
    '4242 - 4242 - 4242 - 4242',
    '4242.4242.4242.4242',
    '42424242 42424242',
    '424242 4242424242',
    '3782 822463 10005',
    'My card is 4242424242424242, until 12/30.',
    'visa4242424242424242',
    '4242 4242 4242 4242 12 30 123',
    'Room 12 4242 4242 4242 4242',
    '４２４２４２４２４２４２４２４２',
    '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢',
    '4242424242424242@example.com',
    'https://example.com/?pan=4242424242424242',
    '+4242424242424242',
    'SKU-4242-4242-4242-4242',
    '4242\t4242\t4242\t4242',
    '4242\n4242\r\n4242\n4242',
    '4242/4242/4242/4242',
    'Card:\n4242\n4242\n4242\n4242\n12/30\n123',
    '4242 / 4242 / 4242 / 4242',
    '4242/4242/4242/4242 12/2030',
    '4242 / 4242 / 4242 / 4242 12/2030',
    'Pay with 4242/4242/4242/4242, until 12/2030, code 123.',
    '4242\\4242\\4242\\4242 12.2030',
    '4242,4242,4242,4242',
    '4242;4242;4242;4242;12/2030',
    '4242:4242:4242:4242',
    '4242*4242*4242*4242',
    '4242+4242+4242+4242',
    "4242'4242'4242'4242",
    '3782/822463/10005 12/2030',
    'Card:\n4242\n4242\n4242\n4242\n12/2030\n123',
    '4242/4242/4242/4242/2030',
    '4242 / 4242 / 4242 / 4242 / 2030',
    'card 4242/4242/4242/4242/2030/123',
    '4242:4242:4242:4242:1230',
    '4242|4242|4242|4242|122030',
    '4242\n4242\n4242\n4242\n2030',
    '4242/4242.4242-4242/2030',
    '4242_4242/4242\u00a04242 12/30',
    '4242:4242/4242*4242',
    '3782/822463.10005/2030',
    '4242·4242·4242·4242',
    '4242\u202f4242/4242\u20134242',
    '4242\u00ad4242\ufeff4242\u200d4242',
    '<p>4242&nbsp;4242&nbsp;4242&nbsp;4242</p>',
    '4242&#160;4242&#xA0;4242&#x20;4242',
    '4&#50;42424242424242',
    '<b>4242</b>4242<i>4242</i>4242',
    '<b>4242</b> 4242&ndash;4242&#8209;4242',
  ])('is found in "%s"', (text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });

  test('is found in a field for other numbers too', () => {
    for (const [issuer, number] of published)
      expect(holdsCardNumber(number, { isForNumbers: true }), issuer).toBe(number.length > 13);
  });
});

describe('what is no card number', () => {
  test.each([
    ['a number whose check digit is wrong', '4242424242424241'],
    ['a number of no issuer', '9999999999999995'],
    ['a length that the issuer does not have', '42424242424242424'],
    ['digits without end', '4242424242424242'.repeat(3)],
    ['a barcode that would be a Visa of old', '4006381330060'],
    ['an IBAN', 'DE44 5001 0517 5407 3249 31'],
    ['an IBAN that holds a card by chance', 'DE44 4242 4242 4242 4242 31'],
    ['a telephone number', '+49 151 2345 6780'],
    ['a telephone number of fifteen digits', '+378282246310005'],
    ['shoe sizes', 'EU 36 37 38 39 40 41 42 43 44 45 46 47 48'],
    ['heights', '340 345 350 355 360'],
    ['a fraction', '0.4242424242424242'],
    ['a UUID of digits', '42424242-4242-4242-4242-424242424242'],
    ['a time', '2026-11-30T23:59:59.999Z'],
    ['an empty text', ''],
    ['years, each on its line', '2020\n2021\n2022\n2023'],
    ['sizes, each on its line', '36\n37\n38\n39\n40\n41\n42\n43'],
    ['four-digit prices, each on its line', '4242\n4242\n4242\n4242\n5990\n6990'],
    ['prices in the cells of a table', '<td>4242</td><td>4242</td><td>4242</td><td>4242</td><td>5990</td>'],
    ['dates', '01/02/2026, 03/04/2026, 30/11/2026'],
    ['dates with slashes', '2026/11/30 2026/12/01 2026/12/02'],
    ['years with slashes', '2024/2025/2026/2027'],
    ['a range of seasons', '2221/2222, 2223/2224'],
    ['a telephone number with slashes', '0151/2345/6789'],
    ['an ISBN', '978-3-16-148410-0'],
    ['ISBNs with slashes between', '978-3-16-148410-0/978-0-306-40615-7'],
    ['an EAN', '4006381333931'],
    ['EANs with commas between', '4006381333931,4006381330060'],
    ['a list of numbers with commas between', '4242,4242,4242,4242,5990'],
    ['a list of numbers of which the first is another', '5990/4242/4242/4242/4242'],
    ['a list in prose', 'the models 4242, 4242, 4242, 4242'],
    ['groups with different signs between', '4242,4242;4242:4242'],
    ['groups whose check digit is wrong', '4242/4242/4242/4241 12/2030'],
    ['times', '09:00/10:00/11:00/12:00'],
    ['a list that ends with a year', '4242,4242,4242,4242,2030'],
    ['a list of years', '2022/2023/2024/2025/2026/2027'],
    ['a list with a year in it', '4242/4242/4242/4242/2030/4242'],
    ['a list with different signs', '5990/4242-4242/4242-4242'],
    ['ranges of prices', '4500-4800/5200-5500/6000-6500'],
    ['numbers of orders', '2026-0001/2026-0002/2026-0003'],
    ['pixels', '3840*2160/1920*1080'],
    ['a telephone number with different signs', '+4915/1234-5678/9015'],
    ['ISBNs with different signs', '978-3-16-148410-0 / 978-0-306-40615-7'],
    ['parcels with slashes', '0034/0434/1610/9402/1501'],
    ['days and years', '3011/2026 - 0112/2027'],
    ['amounts in cells', '1490\t1990\t2490\t2990'],
    ['barcodes, each on its line', '4006381330060\n4006381333931\n5901234123457'],
    ['an address of paths', 'https://example.com/2026/11/30/4711'],
    ['entities that are no digits', '&#8364; 12 &#xfffffff; &amp; 13'],
  ])('%s', (_, text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  test.each([
    ['a barcode of thirteen digits with a check digit of Luhn', '4222222222222'],
    ['a case of goods', '30012345670078'],
    ['a mobile number without its plus', '4915112345611'],
    ['a Japanese tax number', 'T4010001000012'],
    ['a parcel', '00340434161094021501'],
    ['a parcel of twelve digits', '501800001007'],
  ])('%s, in a field for numbers', (_, text) => {
    expect(holdsCardNumber(text, { isForNumbers: true })).toBe(false);
  });

  test('whatever else a text holds', () => {
    const noDigits = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Nd}/u.test(text));
    fc.assert(fc.property(noDigits, (text) => !holdsCardNumber(text)));
  });
});

test('every number that is made of an issuer and its check digit is found, with and without blanks', () => {
  const made = fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 14 })
    .map((digits) => withCheckDigit(`4${digits.join('')}`));
  fc.assert(
    fc.property(made, fc.constantFrom(' ', '-', ''), fc.string(), (number, between, around) => {
      const written = number.match(/.{4}/g)?.join(between) ?? '';
      return holdsCardNumber(`${around.replaceAll(/[\d+.\p{L}]/gu, '')}:${written}`);
    }),
  );
});

function withCheckDigit(digits: string): string {
  const check = Array.from({ length: 10 }, (_, digit) => `${digits}${digit}`).find(
    (number) => luhnSum(number) % 10 === 0,
  );
  return check ?? digits;
}

/** By the table that the standard gives, as the code under test does not reckon it. */
function luhnSum(number: string): number {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  return [...number]
    .reverse()
    .reduce((sum, digit, index) => sum + (index % 2 === 0 ? Number(digit) : (doubled[Number(digit)] ?? 0)), 0);
}
