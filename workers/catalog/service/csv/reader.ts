/**
 * Reads CSV (RFC 4180) piece by piece: text goes in as it arrives, whole rows come out with the physical line each began on,
 * however many line breaks its quoted cells hold. What is not CSV stops the reader at its first fault.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
import Papa from 'papaparse';
import { separatorHint } from '../../../../shared/values/csv-header.ts';

export interface CsvRow {
  /** The first line of the file is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

interface CsvFault {
  readonly line: number;
  readonly detail: string;
}

/** Far longer than a real row. A row of a quote that is never closed reaches it; the limit bounds the memory of the reader. */
const rowCharactersMax = 1_000_000;

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row?: number }[];
  readonly meta: { readonly cursor: number };
}

export class CsvReader {
  #rest = '';
  #line = 1;
  #width: number | null = null;
  #newline: '\n' | '\r' | null = null;
  #fault: CsvFault | null = null;

  /** Why reading stopped, if it did. */
  get fault(): CsvFault | null {
    return this.#fault;
  }

  /** Takes more text and answers the rows that it completed. Empty lines are no rows, and neither are rows of empty cells. */
  read(text: string): CsvRow[] {
    if (this.#fault !== null) return [];
    this.#rest += text;
    const rows = this.#parse(false);
    if (this.#fault === null && this.#rest.length > rowCharactersMax) {
      this.#fault = { line: this.#line, detail: 'This row does not end. A quote may have been left open.' };
    }
    return rows;
  }

  /** Takes the end of the file and answers the last rows. */
  end(): CsvRow[] {
    if (this.#fault !== null) return [];
    const isTerminated = this.#rest === '' || this.#rest.endsWith('\n') || this.#rest.endsWith('\r');
    const rows = this.#parse(true);
    const last = rows.at(-1);
    if (this.#fault === null && !isTerminated && last !== undefined && last.cells.length < (this.#width ?? 0)) {
      this.#fault = { line: last.line, detail: 'The file ends in the middle of this row.' };
      return rows.slice(0, -1);
    }
    return rows;
  }

  #parse(isLast: boolean): CsvRow[] {
    // A carriage return before a line feed is cut from the last cell, so files that mix both are read too.
    this.#newline ??= this.#rest.includes('\n') ? '\n' : this.#rest.includes('\r') && isLast ? '\r' : null;
    if (this.#newline === null && !isLast) return [];
    const newline = this.#newline ?? '\n';
    const parsed: Parsed = new Papa.Parser({ delimiter: ',', newline }).parse(this.#rest, 0, !isLast);
    const hint = this.#width === null ? separatorHint(this.#rest.split(newline, 1)[0] ?? '') : '';
    this.#rest = this.#rest.slice(parsed.meta.cursor);
    // An error in a row that is not complete yet is ignored: the row is parsed again when the rest of it has come.
    const error = parsed.errors.find(({ row }) => isLast || (row ?? 0) < parsed.data.length);
    const rows: CsvRow[] = [];
    for (const [index, cells] of parsed.data.entries()) {
      if (error !== undefined && index === (error.row ?? 0)) {
        this.#fault = {
          line: this.#line,
          detail: hint.trim() || (quoteFaults[error.code] ?? 'This row is not CSV.'),
        };
        return rows;
      }
      const row = this.#rowOf(cells, newline);
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  #rowOf(cells: string[], newline: string): CsvRow | null {
    const line = this.#line;
    this.#line += 1;
    for (const cell of cells) if (cell.includes(newline)) this.#line += cell.split(newline).length - 1;
    const last = cells.at(-1) ?? '';
    if (last.endsWith('\r')) cells[cells.length - 1] = last.slice(0, -1);
    if (cells.every((cell) => cell.trim() === '')) return null;
    this.#width ??= cells.length;
    return { line, cells };
  }
}

const quoteFaults: Readonly<Record<string, string>> = {
  MissingQuotes: 'A quote is opened in this row and never closed.',
  InvalidQuotes: 'A quoted cell of this row has text behind its closing quote. Quotes inside a cell are doubled.',
};
