/** What becomes of card numbers in an imported file: they leave it before it is kept, and their product is rejected. */
import { expect, test } from 'vitest';
import { cardCellFaults, withoutCardNumbers } from './card-cells.ts';
import { readHeader } from './shopify-columns.ts';

const header = ['Handle', 'Title', 'Vendor', 'Variant SKU', 'Variant Barcode', 'Variant Price', 'Serial (custom)'];
const columns = readHeader(header);
const row = (cells: readonly string[]) => ({ line: 7, cells: header.map((_, place) => cells[place] ?? '') });

test('a card number leaves the row, and the fault names its column only', () => {
  const read = withoutCardNumbers(row(['hat', 'Hat', 'Call 4242 4242 4242 4242', '4242424242424242']), header);
  expect(JSON.stringify(read)).not.toContain('4242');
  if (!columns.ok) throw new Error('the header is right');
  const faults = cardCellFaults([read], columns.value);
  expect(faults.map(({ line, column, severity }) => [line, column, severity])).toEqual([
    [7, 'Vendor', 'rejected'],
    [7, 'Variant SKU', 'rejected'],
  ]);
  expect(JSON.stringify(faults)).not.toContain('4242');
});

test('one in a column that is not read leaves the file, and its product stays', () => {
  const read = withoutCardNumbers(row(['hat', 'Hat', '', '', '', '', '4242424242424242']), header);
  expect(JSON.stringify(read)).not.toContain('4242');
  expect(columns.ok && cardCellFaults([read], columns.value)).toEqual([]);
});

test('a SKU and a barcode may be any other long number', () => {
  const same = row(['hat', 'Hat', '', '4222222222222', '4006381330060', '12.00']);
  expect(withoutCardNumbers(same, header)).toBe(same);
});
