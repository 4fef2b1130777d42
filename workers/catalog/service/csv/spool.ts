/**
 * Takes in a whole CSV file before anything is done with it, so that a file that turns out to be truncated, malformed or not
 * UTF-8 changes nothing. It is kept compressed: an upload of 100 MB takes about 25 MB of memory, 5.6 MB about 1.5.
 */
import { createHash } from 'node:crypto';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { CsvReader, type CsvRow } from './reader.ts';

/** What Cloudflare lets a request carry on most plans. */
export const fileBytesMax = 100_000_000;
/** An isolate has 128 MB for all its requests. */
const spoolBytesMax = 32_000_000;

export type CsvRefusal =
  | {
      readonly code: 'malformed-csv';
      readonly detail: string;
      readonly line: number;
      readonly errors: readonly { pointer: string; detail: string }[];
    }
  | { readonly code: 'content-too-large'; readonly detail: string };

export interface SpooledCsv {
  readonly header: CsvRow;
  /** Data rows, without the header. */
  readonly rowsTotal: number;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** The rows behind the header, from the beginning, as often as asked. */
  rows(): AsyncIterable<readonly CsvRow[]>;
}

export function malformedCsv(
  line: number,
  detail: string,
  column?: string,
): { readonly ok: false; readonly refusal: CsvRefusal } {
  const pointer = column === undefined ? `/${line}` : `/${line}/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return refuse({ code: 'malformed-csv', detail: `Line ${line}: ${detail}`, line, errors: [{ pointer, detail }] });
}

/** Reads a body to its end, whatever is in it. */
export async function spoolCsv(body: ReadableStream<Uint8Array>): Promise<Result<SpooledCsv, CsvRefusal>> {
  const gzip = new CompressionStream('gzip');
  const writer = gzip.writable.getWriter();
  const kept = collect(gzip.readable);
  const hash = createHash('sha256');
  const inspection = new Inspection();
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // The rest of a file that is refused is still read, because a body left unread costs the client its connection.
    if (bytes > fileBytesMax || !inspection.take(chunk)) continue;
    hash.update(chunk);
    await writer.write(chunk);
  }
  await writer.close();
  const { parts, size } = await kept;
  if (bytes > fileBytesMax || size > spoolBytesMax) {
    return refuse({
      code: 'content-too-large',
      detail: `A file has at most ${fileBytesMax / 1_000_000} MB. Split it between two products.`,
    });
  }
  const inspected = inspection.finish();
  if (!inspected.ok) return inspected;
  return accept({ ...inspected.value, digest: hash.digest('hex'), rows: () => readRows(parts) });
}

/** The first reading of a file: is it CSV in UTF-8, what is its header, how many rows has it? */
class Inspection {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  readonly #reader = new CsvReader();
  #header: CsvRow | null = null;
  #rowsTotal = 0;
  #isForeign = false;

  /** False when the file is known to be refused. */
  take(chunk: Uint8Array): boolean {
    const text = this.#decode(chunk, true);
    if (text !== null) this.#count(this.#reader.read(text));
    return !this.#isForeign && this.#reader.fault === null;
  }

  finish(): Result<{ readonly header: CsvRow; readonly rowsTotal: number }, CsvRefusal> {
    const text = this.#isForeign || this.#reader.fault !== null ? null : this.#decode(new Uint8Array(), false);
    if (text !== null) {
      this.#count(this.#reader.read(text));
      this.#count(this.#reader.end());
    }
    if (this.#isForeign)
      return malformedCsv(this.#rowsTotal + 1, 'At or after this line the file is not UTF-8. Export it as UTF-8.');
    const { fault } = this.#reader;
    if (fault !== null) return malformedCsv(fault.line, fault.detail);
    if (this.#header === null) return malformedCsv(1, 'The file is empty.');
    return accept({ header: this.#header, rowsTotal: this.#rowsTotal });
  }

  #decode(chunk: Uint8Array, isMore: boolean): string | null {
    try {
      return this.#decoder.decode(chunk, { stream: isMore });
    } catch {
      this.#isForeign = true;
      return null;
    }
  }

  #count(rows: readonly CsvRow[]): void {
    const [first] = rows;
    if (first === undefined) return;
    this.#rowsTotal += this.#header === null ? rows.length - 1 : rows.length;
    this.#header ??= first;
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
): Promise<{ readonly parts: readonly Uint8Array[]; readonly size: number }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.byteLength;
    if (size <= spoolBytesMax) parts.push(part);
  }
  return { parts, size };
}

async function* readRows(parts: readonly Uint8Array[]): AsyncGenerator<readonly CsvRow[]> {
  const packed = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  const reader = new CsvReader();
  let isHeaderSeen = false;
  const behindHeader = (rows: CsvRow[]) => {
    if (isHeaderSeen || rows.length === 0) return rows;
    isHeaderSeen = true;
    return rows.slice(1);
  };
  for await (const chunk of packed.pipeThrough(new DecompressionStream('gzip'))) {
    yield behindHeader(reader.read(decoder.decode(chunk, { stream: true })));
  }
  yield behindHeader([...reader.read(decoder.decode()), ...reader.end()]);
}
