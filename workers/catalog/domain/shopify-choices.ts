/**
 * Which rows of a product are variants of their own: each chooses something else. Rows that nothing tells apart are never dropped
 * in silence.
 */
import { optionNumbers, type Row } from './shopify-row.ts';

/**
 * Rows without a handle are told apart by their title alone. Those that bear the same are one product only where they can be:
 * as soon as two of them choose the same, or have other options, they are two products that nobody can tell apart.
 */
export function checkTitle(first: Row, rows: readonly Row[], variantRows: readonly Row[]): void {
  const [again] = rows.slice(1).filter((row) => row.filled('Title') !== undefined);
  if (first.filled('Handle') !== undefined || again === undefined) return;
  const choices = new Set(variantRows.map(choiceOf));
  const areOptionsOthers = rows.some((row) =>
    optionNumbers.some((number) => {
      const name = row.filled(`Option${number} Name`);
      return name !== undefined && name !== first.filled(`Option${number} Name`);
    }),
  );
  if (choices.size < variantRows.length || areOptionsOthers)
    again.reject(
      'Title',
      `Line ${first.line} has the same title, and neither has a handle: give each product a handle of its own.`,
    );
  else
    again.adjust(
      'Title',
      `Line ${first.line} has the same title, and neither has a handle: the rows are taken as one product.`,
    );
}

const choiceOf = (row: Row) => JSON.stringify(optionNumbers.map((number) => row.text(`Option${number} Value`)));

/**
 * A row that chooses what an earlier one has is another writing of that variant: the first one counts. But where the file has no
 * column that could tell them apart, and each has a SKU of its own, they are two.
 */
export function withoutRepeated(rows: readonly Row[]): Row[] {
  const firsts = new Map<string, Row>();
  return rows.filter((row) => {
    const choice = choiceOf(row);
    const earlier = firsts.get(choice);
    if (earlier === undefined) firsts.set(choice, row);
    else if (areTwo(earlier, row)) row.reject('Option1 Value', unchosenReason(earlier));
    else row.adjust('Option1 Value', `Line ${earlier.line} makes the same choice; this row is left out.`);
    return earlier === undefined;
  });
}

function areTwo(one: Row, other: Row): boolean {
  const [sku, otherSku] = [one.filled('Variant SKU'), other.filled('Variant SKU')];
  const hasOptions = optionNumbers.some((number) => one.text(`Option${number} Value`) !== undefined);
  // Rows of a title alone are told apart by it.
  return (
    !hasOptions && one.filled('Handle') !== undefined && sku !== undefined && otherSku !== undefined && sku !== otherSku
  );
}

const unchosenReason = ({ line }: Row) =>
  `Line ${line} is another variant of this product, and no option tells them apart: the columns "Option1 Name" and "Option1 Value" say what each is.`;
