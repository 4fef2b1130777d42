/**
 * Gathers the rows of a file into products, and products into the chunks of an import: each is one commit, and is kept packed
 * until its turn comes.
 */
import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CsvRow } from './reader.ts';

/** The rows of one product. */
export interface ProductGroup {
  /** As the file writes it: it names one product, and only this spelling does. */
  readonly handle: string;
  /** Of a group that is rejected as it stands only the first, without its cells. */
  readonly rows: readonly CsvRow[];
  readonly rowsTotal: number;
  /** Why the group is rejected as it stands; null when it is not. */
  readonly fault: string | null;
}

/** Products per commit: while it runs, no shopper can read. Fewer cost more commits, each with its own share of index pages. */
const chunkProducts = 100;
/** Characters of CSV per commit: documents, snapshots and their escapes are several times that, and D1 takes 2 MB per value. */
const chunkCharacters = 200_000;
/** More rows than a product may have variants and images. */
const groupRowsMax = 500;
/** A chunk with such a product, packed, still fits into the 2 MB of a row, whatever its characters. */
const groupCharactersMax = 500_000;

export class ProductGroups {
  readonly #handlePlace: number;
  /** Handles only: about 40 MB for the longest file that is taken, far less for any real one. */
  readonly #seen = new Map<string, number>();
  #chunk: ProductGroup[] = [];
  #characters = 0;
  #handle = '';
  /** The rows of the product that is being read, as long as they are not too many. */
  #rows: CsvRow[] = [];
  #rowsTotal = 0;
  #rowsCharacters = 0;
  #firstLine = 0;

  constructor(handlePlace: number) {
    this.#handlePlace = handlePlace;
  }

  /** Takes the next row of the file. Answers the chunk that ends before it, if one does. */
  add(row: CsvRow): readonly ProductGroup[] | null {
    const written = (row.cells[this.#handlePlace] ?? '').trim().normalize('NFC');
    const isNext = this.#rowsTotal > 0 && (written !== this.#handle || written === '');
    if (isNext) this.#closeGroup();
    const isFull = isNext && (this.#chunk.length >= chunkProducts || this.#characters >= chunkCharacters);
    const chunk = isFull ? this.#takeChunk() : null;
    if (this.#rowsTotal === 0) this.#firstLine = row.line;
    this.#handle = written;
    this.#rowsTotal += 1;
    for (const cell of row.cells) this.#rowsCharacters += cell.length;
    if (this.#rowsTotal <= groupRowsMax && this.#rowsCharacters <= groupCharactersMax) this.#rows.push(row);
    return chunk;
  }

  /** Answers the last chunk; null when there are no rows left. */
  end(): readonly ProductGroup[] | null {
    this.#closeGroup();
    return this.#chunk.length === 0 ? null : this.#takeChunk();
  }

  #takeChunk(): readonly ProductGroup[] {
    const chunk = this.#chunk;
    this.#chunk = [];
    this.#characters = 0;
    return chunk;
  }

  #closeGroup(): void {
    if (this.#rowsTotal === 0) return;
    const fault = this.#fault();
    const rows = fault === null ? this.#rows : [{ line: this.#firstLine, cells: [] }];
    this.#chunk.push({ handle: this.#handle, rows, rowsTotal: this.#rowsTotal, fault });
    if (fault === null) this.#characters += this.#rowsCharacters;
    this.#rows = [];
    this.#rowsTotal = 0;
    this.#rowsCharacters = 0;
  }

  #fault(): string | null {
    const seenAtLine = this.#handle === '' ? undefined : this.#seen.get(this.#handle);
    if (seenAtLine !== undefined)
      return `The rows of one product stand together; "${this.#handle}" began in line ${seenAtLine} already.`;
    if (this.#handle !== '') this.#seen.set(this.#handle, this.#firstLine);
    if (this.#rowsTotal > groupRowsMax) return `A product has at most ${groupRowsMax} rows.`;
    return this.#rowsCharacters > groupCharactersMax ? `A product has at most ${groupCharactersMax} characters.` : null;
  }
}

/** As text: D1 sends bytes as a list of numbers, four characters each. */
export function packed(groups: readonly ProductGroup[]): string {
  return gzipSync(JSON.stringify(groups), { level: 1 }).toString('base64');
}

export function unpacked(chunk: string): readonly ProductGroup[] {
  return JSON.parse(gunzipSync(Buffer.from(chunk, 'base64')).toString('utf8'));
}
