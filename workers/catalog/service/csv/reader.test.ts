/** Reading CSV in pieces: the same rows and lines however the text is cut, and a fault where it is not CSV. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvReader, type CsvRow } from './reader.ts';

function readIn(pieces: readonly string[]) {
  const reader = new CsvReader();
  const rows: CsvRow[] = pieces.flatMap((piece) => reader.read(piece));
  return { rows: [...rows, ...reader.end()], fault: reader.fault };
}

const sample = 'Handle,Title,Body\na,"one, two","<p>""quoted""</p>\nsecond line"\n\nb,Two,\r\nc,"Three","x"\r\n';

describe('a good file', () => {
  test('gives rows with the physical line each begins on', () => {
    expect(readIn([sample])).toEqual({
      fault: null,
      rows: [
        { line: 1, cells: ['Handle', 'Title', 'Body'] },
        { line: 2, cells: ['a', 'one, two', '<p>"quoted"</p>\nsecond line'] },
        { line: 5, cells: ['b', 'Two', ''] },
        { line: 6, cells: ['c', 'Three', 'x'] },
      ],
    });
  });

  test('reads the same wherever it is cut', () => {
    const whole = readIn([sample]);
    for (let cut = 0; cut <= sample.length; cut += 1) {
      expect(readIn([sample.slice(0, cut), sample.slice(cut)]), `cut at ${cut}`).toEqual(whole);
    }
    expect(readIn([...sample])).toEqual(whole);
  });

  test.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
    ['carriage returns', '\r'],
  ])('may end its lines with %s', (_, end) => {
    expect(readIn([`a,b${end}1,2${end}${end}3,"4"`]).rows).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
      { line: 4, cells: ['3', '4'] },
    ]);
  });

  test('may have rows of empty cells, which are none', () => {
    expect(readIn(['a,b\n,\n1,2\n , \n"",\n3,4\n,\n']).rows.map(({ line }) => line)).toEqual([1, 3, 6]);
  });

  test('gives back any cells that were written by the rules', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é', '\u{1f600}'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), fc.nat(), (table, at) => {
        const text = table.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\n');
        const cut = at % (text.length + 1);
        const { rows, fault } = readIn([text.slice(0, cut), text.slice(cut)]);
        expect(fault).toBeNull();
        expect(rows.map(({ cells }) => cells)).toEqual(table.filter((row) => row.some((value) => value.trim() !== '')));
      }),
    );
  });
});

describe('a file that is not CSV', () => {
  test.each([
    ['a quote that is never closed', 'a,b\n1,2\n3,"four\n5,6\n', 3],
    ['text behind a closing quote', 'a,b\n1,2\n"three"x,4\n5,6\n', 3],
    ['an end in the middle of a row', 'a,b,c\n1,2,3\n4,5', 3],
    ['an end in the middle of a quoted cell', 'a,b\n1,"tw', 2],
  ])('stops at %s', (_, text, line) => {
    for (const pieces of [[text], [...text]]) expect(readIn(pieces).fault?.line).toBe(line);
  });

  test.each(['"Handle";"Title"\n"a";"A"\n', '"Handle"\t"Title"\r\n"a"\t"A"\r\n'])(
    'says so of columns that commas do not separate',
    (text) => {
      expect(readIn([text]).fault).toEqual({ line: 1, detail: 'Columns are separated by commas.' });
    },
  );

  test('is not gathered in memory for ever', () => {
    const reader = new CsvReader();
    reader.read('a,b\n1,"');
    for (let piece = 0; piece < 20 && reader.fault === null; piece += 1) reader.read('x'.repeat(100_000));
    expect(reader.fault).toMatchObject({ line: 2 });
  });
});
