/** One row of an imported file, read by column name. What cannot be read becomes a fault with its line and column. */
import type { ImportFault } from '../../../shared/contracts/catalog/imports.ts';
import type { Currency, Money } from '../../../shared/values/money.ts';
import type { ColumnName, Columns } from './shopify-columns.ts';
import { isTrue } from './shopify-translations.ts';
import { readPrice } from './written-price.ts';

/** A product has at most three options. */
export const optionNumbers = [1, 2, 3] as const;

export interface ImportRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export type RowFault = Readonly<Omit<ImportFault, 'handle'>>;

/** Faults are collected in the list that it is given. */
export class Row {
  readonly line: number;
  readonly #cells: readonly string[];
  readonly #columns: Columns;
  readonly #faults: RowFault[];

  constructor({ line, cells }: ImportRow, columns: Columns, faults: RowFault[]) {
    this.line = line;
    this.#cells = cells;
    this.#columns = columns;
    this.#faults = faults;
  }

  /** Undefined when the file has no such column. */
  text(name: ColumnName): string | undefined {
    const place = this.#columns.places.get(name);
    return place === undefined ? undefined : (this.#cells[place] ?? '').trim();
  }

  /** Undefined when the cell is empty or the file has no such column. */
  filled(name: ColumnName): string | undefined {
    const text = this.text(name);
    return text === '' ? undefined : text;
  }

  reject(column: string, reason: string): undefined {
    this.#faults.push({ line: this.line, column, severity: 'rejected', reason });
    return undefined;
  }

  adjust(column: string, reason: string): void {
    this.#faults.push({ line: this.line, column, severity: 'adjusted', reason });
  }

  flag(name: ColumnName): boolean | undefined {
    const text = this.filled(name);
    return text === undefined ? undefined : (isTrue(text) ?? this.reject(name, `"${text}" is neither TRUE nor FALSE.`));
  }

  price(name: string, text: string | undefined, currency: Currency): Money | undefined {
    if (text === undefined || text === '') return undefined;
    const read = readPrice(text, currency);
    if (!read.ok) return this.reject(name, read.refusal.detail);
    const { price, exact } = read.value;
    if (exact !== text)
      this.adjust(name, `"${text}" has more decimals than ${currency}, all zeros; it is read as ${exact}.`);
    return price;
  }

  otherPrices(): Money[] {
    return this.#columns.prices.flatMap(
      ({ currency, name, place }) => this.price(name, this.#cells[place]?.trim(), currency) ?? [],
    );
  }

  get statesPrices(): boolean {
    return this.#columns.prices.length > 0;
  }
}
