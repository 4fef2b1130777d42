/**
 * Numbers of payment cards in an imported file. They are taken out while the file is read, before any of it is kept; the
 * product of such a cell is rejected, and its fault names the column and not the number.
 */
import { cardNumberFault } from '../../../shared/values/card-number.ts';
import type { Columns } from './shopify-columns.ts';
import type { ImportRow, RowFault } from './shopify-row.ts';

/** Stands in the file for a card number. */
const mark = '(card number)';

/** Columns that are made for long numbers, ours or another system's, and for what. */
const numberColumns: readonly (readonly [name: RegExp, madeFor: string])[] = [
  [/\bsku\b/i, 'a SKU'],
  [/barcode|gtin|\bean\b|\bupc\b|\bisbn\b/i, 'a barcode'],
  [/\bmpn\b|harmonized|\bhs code\b/i, 'a number of a product'],
];

export function withoutCardNumbers(row: ImportRow, header: readonly string[]): ImportRow {
  const isCard = (cell: string, place: number) => cardNumberFault(cell, madeFor(header[place] ?? '')) !== null;
  return row.cells.some(isCard)
    ? { ...row, cells: row.cells.map((cell, place) => (isCard(cell, place) ? mark : cell)) }
    : row;
}

function madeFor(column: string): string | null {
  return numberColumns.find(([name]) => name.test(column))?.[1] ?? null;
}

/** The cells of a product that had card numbers, in columns that are read. */
export function cardCellFaults(rows: readonly ImportRow[], { places }: Columns): RowFault[] {
  return rows.flatMap(({ line, cells }) =>
    [...places].flatMap(([column, place]) =>
      cells[place] === mark
        ? [{ line, column, severity: 'rejected' as const, reason: 'There was the number of a payment card.' }]
        : [],
    ),
  );
}
