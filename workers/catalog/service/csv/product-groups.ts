/**
 * Gathers the rows of a file into products, and products into the chunks of an import: each is one commit, and is kept packed
 * until its turn comes.
 */
import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CsvRow } from './reader.ts';

/** The rows of one product. */
export interface ProductGroup {
  readonly handle: string;
  readonly rows: readonly CsvRow[];
  /** Why the group is rejected as it stands; null when it is not. */
  readonly fault: string | null;
}

/** Products per commit: while it runs, no shopper can read. Fewer cost more commits, each with its own share of index pages. */
const chunkProducts = 100;
/** Characters of CSV per commit: documents, snapshots and their escapes are several times that, and D1 takes 2 MB per value. */
const chunkCharacters = 200_000;
/** More rows than a product may have variants and images. */
const groupRowsMax = 500;

export class ProductGroups {
  readonly #handlePlace: number;
  /** Handles only: about 40 MB for the longest file that is taken, far less for any real one. */
  readonly #seen = new Map<string, number>();
  #chunk: ProductGroup[] = [];
  #characters = 0;
  #rows: CsvRow[] = [];
  #handle = '';

  constructor(handlePlace: number) {
    this.#handlePlace = handlePlace;
  }

  /** Takes the next row of the file. Answers the chunk that ends before it, if one does. */
  add(row: CsvRow): readonly ProductGroup[] | null {
    const written = (row.cells[this.#handlePlace] ?? '').trim();
    const isNext = this.#rows.length > 0 && (written !== this.#handle || written === '');
    if (isNext) this.#closeGroup();
    const isFull = isNext && (this.#chunk.length >= chunkProducts || this.#characters >= chunkCharacters);
    const chunk = isFull ? this.#takeChunk() : null;
    this.#handle = written;
    this.#rows.push(row);
    for (const cell of row.cells) this.#characters += cell.length;
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
    const [first] = this.#rows;
    if (first === undefined) return;
    const handle = this.#handle;
    const seenAtLine = handle === '' ? undefined : this.#seen.get(handle);
    if (handle !== '' && seenAtLine === undefined) this.#seen.set(handle, first.line);
    this.#chunk.push({ handle, rows: this.#rows, fault: faultOf(handle, this.#rows.length, seenAtLine) });
    this.#rows = [];
  }
}

function faultOf(handle: string, rowsTotal: number, seenAtLine: number | undefined): string | null {
  if (seenAtLine !== undefined)
    return `The rows of one product stand together; "${handle}" began in line ${seenAtLine} already.`;
  return rowsTotal > groupRowsMax ? `A product has at most ${groupRowsMax} rows.` : null;
}

/** As text: D1 sends bytes as a list of numbers, four characters each. */
export function packed(groups: readonly ProductGroup[]): string {
  return gzipSync(JSON.stringify(groups), { level: 1 }).toString('base64');
}

export function unpacked(chunk: string): readonly ProductGroup[] {
  return JSON.parse(gunzipSync(Buffer.from(chunk, 'base64')).toString('utf8'));
}
