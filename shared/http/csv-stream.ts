/** Rows as a CSV file (RFC 4180) that is made while it is read: what is not asked for is not made. */
import Papa from 'papaparse';

const newline = '\r\n';

/**
 * @param pieces some rows at a time, never none
 * @param escapesFormulas marks as text what a spreadsheet would take for a formula; a file that is imported again does not
 */
export function csvStream(
  pieces: AsyncGenerator<(string | number)[][], undefined>,
  { escapesFormulas = false } = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  // One source in one order: a runtime may pull while an asynchronous `start` still runs.
  return new ReadableStream({
    async pull(controller) {
      const { value: cells, done } = await pieces.next();
      if (done === true) return controller.close();
      controller.enqueue(
        encoder.encode(`${Papa.unparse(cells, { newline, escapeFormulae: escapesFormulas })}${newline}`),
      );
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
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
