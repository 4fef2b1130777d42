/** Taking in a file: everything that makes it unusable is known before any of it is used. */
import { describe, expect, test } from 'vitest';
import { unpacked } from './product-groups.ts';
import { spoolCsv } from './spool.ts';

function bodyOf(bytes: Uint8Array, pieceBytes = 7): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceBytes) controller.enqueue(bytes.slice(at, at + pieceBytes));
      controller.close();
    },
  });
}

const encode = (text: string) => new TextEncoder().encode(text);

async function linesOf(text: string) {
  const spooled = await spoolCsv(bodyOf(encode(text)));
  if (!spooled.ok) throw new Error(spooled.refusal.detail);
  const rows = spooled.value.chunks.flatMap(unpacked).flatMap((group) => group.rows);
  return { header: spooled.value.header, total: spooled.value.rowsTotal, rows };
}

describe('a file', () => {
  test('is kept without its header, row by row with the line that each began on', async () => {
    const file = await linesOf('\ufeffHandle,Title,Variant Price\r\n\r\na,"Ä\n1",1\r\nb,2,1\r\n');
    expect(file.header).toEqual(['Handle', 'Title', 'Variant Price']);
    expect(file.total).toBe(2);
    expect(file.rows).toEqual([
      { line: 3, cells: ['a', 'Ä\n1', '1'] },
      { line: 5, cells: ['b', '2', '1'] },
    ]);
  });

  test('keeps of a product that is too large its size and the reason, not its rows', async () => {
    const many = Array.from({ length: 3_000 }, () => 'many,,1');
    const long = ['long,Long,1', `long,${'x'.repeat(700_000)},1`];
    const text = ['Handle,Title,Variant Price', ...many, ...long, 'ok,Ok,1', ''].join('\n');
    const spooled = await spoolCsv(bodyOf(encode(text), 65_536));
    const groups = spooled.ok ? spooled.value.chunks.flatMap(unpacked) : [];
    expect(groups.map(({ handle, rows, rowsTotal, fault }) => [handle, rows.length, rowsTotal, fault])).toEqual([
      ['many', 1, 3_000, 'A product has at most 2500 rows.'],
      ['long', 1, 2, 'A product has at most 600000 characters.'],
      ['ok', 1, 1, null],
    ]);
    expect(groups.map(({ rows }) => rows[0]?.line)).toEqual([2, 3_002, 3_004]);
  });

  test('that is large survives being packed', async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => `h-${index},"Title ${index}"`);
    const file = await linesOf(`Handle,Title,Variant Price\n${rows.join('\n')}\n`);
    expect(file.total).toBe(5_000);
    expect(file.rows.at(-1)).toEqual({ line: 5_001, cells: ['h-4999', 'Title 4999'] });
  });
});

describe('a file is refused', () => {
  test.each([
    ['empty', encode(''), 1],
    ['of empty lines', encode('\n\n'), 1],
    ['cut inside a quote', encode('Handle,Title,Variant Price\na,"b'), 2],
    ['cut inside a row', encode('Handle,Title,Price\na,b,1\nc,d'), 3],
    ['in Latin-1', Uint8Array.from([...encode('Handle,Title,Variant Price\na,'), 0xe4, 0x0a]), 1],
    ['cut inside a character', encode('Handle,Title,Variant Price\na,ä').slice(0, -1), 1],
  ])('when it is %s', async (_, bytes, line) => {
    const spooled = await spoolCsv(bodyOf(bytes));
    expect(spooled).toMatchObject({ ok: false, refusal: { code: 'malformed-csv', line } });
  });
});
