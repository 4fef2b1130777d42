/**
 * Takes in a whole CSV file before anything is done with it, so that a file that turns out to be truncated, malformed or not
 * UTF-8 changes nothing. Its products are kept in packed chunks: an upload of 100 MB takes about 35 MB of memory.
 */
import { createHash } from 'node:crypto';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { withoutCardNumbers } from '../../domain/card-cells.ts';
import type { Faulty } from '../../domain/product.ts';
import { type Columns, type HeaderFault, readHeader } from '../../domain/shopify-columns.ts';
import { ProductGroups, packed } from './product-groups.ts';
import { CsvReader, type CsvRow } from './reader.ts';

/** What Cloudflare lets a request carry on most plans. */
const fileBytesMax = 100_000_000;
/** An isolate has 128 MB for all its requests. */
const spoolLengthMax = 42_000_000;

type CsvRefusal =
  | (Faulty<'malformed-csv'> & { readonly line: number })
  | { readonly code: 'content-too-large'; readonly detail: string };

export interface SpooledCsv {
  /** The cells of the first row. */
  readonly header: readonly string[];
  /** Data rows, without the header. */
  readonly rowsTotal: number;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** The products, packed as `product-groups.ts` does it. */
  readonly chunks: readonly string[];
}

function malformedCsv(line: number, detail: string, column?: string) {
  const pointer = column === undefined ? `/${line}` : `/${line}/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return refuse({ code: 'malformed-csv', detail: `Line ${line}: ${detail}`, line, errors: [{ pointer, detail }] });
}

/** Reads a body to its end, whatever is in it: an unread body would close the client's connection. */
export async function spoolCsv(body: ReadableStream<Uint8Array> | null): Promise<Result<SpooledCsv, CsvRefusal>> {
  const hash = createHash('sha256');
  const spool = new Spool();
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    if (bytes <= fileBytesMax && spool.take(part)) hash.update(part);
  }
  if (bytes > fileBytesMax || spool.isFull) {
    return refuse({
      code: 'content-too-large',
      detail: `A file has at most ${fileBytesMax / 1_000_000} MB. Split it between two products.`,
    });
  }
  const read = spool.finish();
  return read.ok ? accept({ ...read.value, digest: hash.digest('hex') }) : read;
}

/** Is it CSV in UTF-8, what is its header, and which products are in it? */
class Spool {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  readonly #reader = new CsvReader();
  readonly #chunks: string[] = [];
  #length = 0;
  #header: CsvRow | null = null;
  #columns: Result<Columns, HeaderFault> | null = null;
  #groups = new ProductGroups(undefined, undefined, undefined);
  #rowsTotal = 0;
  #isForeign = false;

  get isFull(): boolean {
    return this.#length > spoolLengthMax;
  }

  /** False when the file is known to be refused. */
  take(part: Uint8Array): boolean {
    if (this.#isForeign || this.#reader.fault !== null || this.isFull) return false;
    const text = this.#decode(part, true);
    if (text !== null) this.#read(this.#reader.read(text));
    return !this.#isForeign && this.#reader.fault === null;
  }

  finish(): Result<Omit<SpooledCsv, 'digest'>, CsvRefusal> {
    const text = this.#isForeign || this.#reader.fault !== null ? null : this.#decode(new Uint8Array(), false);
    if (text !== null) {
      this.#read(this.#reader.read(text));
      this.#read(this.#reader.end());
    }
    if (this.#isForeign)
      return malformedCsv(this.#rowsTotal + 1, 'At or after this line the file is not UTF-8. Export it as UTF-8.');
    const { fault } = this.#reader;
    if (fault !== null) return malformedCsv(fault.line, fault.detail);
    if (this.#header === null || this.#columns === null) return malformedCsv(1, 'The file is empty.');
    const { line, cells } = this.#header;
    if (!this.#columns.ok) return malformedCsv(line, this.#columns.refusal.detail, this.#columns.refusal.column);
    for (const chunk of this.#groups.end()) this.#keep(packed(chunk));
    return accept({ header: cells, rowsTotal: this.#rowsTotal, chunks: this.#groups.together(this.#chunks) });
  }

  #decode(part: Uint8Array, isMore: boolean): string | null {
    try {
      return this.#decoder.decode(part, { stream: isMore });
    } catch {
      this.#isForeign = true;
      return null;
    }
  }

  #read(rows: readonly CsvRow[]): void {
    for (const read of rows) {
      const row = withoutCardNumbers(read, this.#header?.cells ?? []);
      if (this.#header === null) this.#begin(row);
      else {
        this.#rowsTotal += 1;
        const chunk = this.#columns?.ok === true ? this.#groups.add(row) : null;
        if (chunk !== null) this.#keep(packed(chunk));
      }
    }
  }

  #begin(header: CsvRow): void {
    this.#header = header;
    this.#columns = readHeader(header.cells);
    if (!this.#columns.ok) return;
    const { places } = this.#columns.value;
    this.#groups = new ProductGroups(places.get('Handle'), places.get('Title'), places.get('Bundle components'));
  }

  #keep(chunk: string): void {
    this.#length += chunk.length;
    if (!this.isFull) this.#chunks.push(chunk);
  }
}
