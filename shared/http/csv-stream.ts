/** Rows as a CSV file (RFC 4180) that is made while it is read: what is not asked for is not made. */
import Papa from 'papaparse';

const newline = '\r\n';
/** Without it Excel takes the bytes for those of another script. */
const byteOrderMark = '\ufeff';
/** What a spreadsheet reads as the beginning of a formula, also in wide characters. */
const formulas = /^[\t\r\n ]*[=+\-@＝＋－＠]|^[\t\r\n]/;

export type CsvCell = string | number | null;
/** Some rows at a time, never none. */
export type CsvPieces = AsyncGenerator<CsvCell[][], undefined>;

interface CsvManner {
  /** Marks as text what a spreadsheet would take for a formula. A file that is imported again does not. */
  readonly escapesFormulas?: boolean;
  readonly hasByteOrderMark?: boolean;
}

export function csvStream(
  pieces: CsvPieces,
  { escapesFormulas = false, hasByteOrderMark = false }: CsvManner = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let mark = hasByteOrderMark ? byteOrderMark : '';
  // One source in one order: a runtime may pull while an asynchronous `start` still runs.
  return new ReadableStream({
    async pull(controller) {
      const { value: rows, done } = await pieces.next();
      if (done === true) return controller.close();
      const cells = escapesFormulas ? rows.map((row) => row.map(withoutFormula)) : rows;
      controller.enqueue(encoder.encode(`${mark}${Papa.unparse(cells, { newline })}${newline}`));
      mark = '';
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

/** Numbers are no formulas, and amounts are never written with a sign that a text could have. */
function withoutFormula(cell: CsvCell): CsvCell {
  return typeof cell === 'string' && formulas.test(cell) && !/^-\d+(?:\.\d+)?$/.test(cell) ? `'${cell}` : cell;
}

/**
 * All rows of a list for a file, page by page, until one is not full.
 *
 * @param read the page behind a row; the first one where there is none
 */
export async function* pagesOf<Row>(
  read: (last: Row | undefined) => Promise<readonly Row[]>,
  rowsPerPage: number,
): AsyncGenerator<readonly Row[], undefined> {
  for (let last: Row | undefined; ; ) {
    const page = await read(last);
    if (page.length > 0) yield page;
    if (page.length < rowsPerPage) return undefined;
    last = page.at(-1);
  }
}

/** A CSV file as an answer, to be saved under a name. No cache keeps it without asking. */
export function csvFile(name: string, body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'private, no-cache',
    },
  });
}
