/** Lists of rows as CSV: the same fields as in JSON, under any of the names that a column may have, as text. */
import Papa from 'papaparse';
import { separatorHint } from '../values/csv-header.ts';

/** The fields by the names of their columns, in lower case without spaces, hyphens and underscores. */
type CsvColumns = Readonly<Record<string, string>>;
type CsvRequired = Readonly<Record<string, readonly string[]>>;

const notCsv = 'The body is not CSV with a header and at least one row.';

/** Such as a price with a comma that is in no quotes: what stands before the comma is another price. */
const tooManyCells = (row: number, cells: number, width: number) =>
  `Row ${row} has ${cells} cells, and the header has ${width}. Put what has a comma in quotes.`;

/** What a CSV body becomes: the value that the schema of the body describes, or a sentence on why it cannot be one. */
export type CsvBody = { readonly value: unknown } | { readonly fault: string };

/**
 * Reads `{ rows }` as the JSON body has them. Columns that nobody knows are left out, and so are rows whose cells are all empty.
 *
 * Refused are two columns for one field, and rows that are longer than the header.
 *
 * @param required what a list cannot do without: one of the fields of each entry, which a sentence calls by its name
 */
export function readCsvRows(columns: CsvColumns, required: CsvRequired): (text: string) => CsvBody {
  return (text) => {
    const written = text.replace(/^\ufeff/, '').trim();
    const parsed = Papa.parse<string[]>(written, {
      delimiter: ',',
      skipEmptyLines: 'greedy',
    });
    const [header, ...lines] = parsed.data;
    if (header === undefined) return { fault: notCsv };
    const fields = header.map((name) => columns[name.toLowerCase().replace(/[\s_-]/g, '')]);
    const missing = Object.entries(required).find(([, wanted]) => !wanted.some((field) => fields.includes(field)));
    if (missing !== undefined)
      return { fault: `The column "${missing[0]}" is missing.${separatorHint(written.split(/\r?\n|\r/, 1)[0] ?? '')}` };
    const twice = fields.findIndex((field, place) => field !== undefined && fields.indexOf(field) < place);
    if (twice >= 0)
      return { fault: `The column "${header[twice]?.trim()}" is there twice, under this name or another one.` };
    if (lines.length === 0 || parsed.errors.length > 0) return { fault: notCsv };
    const long = lines.findIndex((cells) => cells.slice(header.length).some((cell) => cell.trim() !== ''));
    if (long >= 0) return { fault: tooManyCells(long + 1, lines[long]?.length ?? 0, header.length) };
    const rows = lines.map((cells) =>
      Object.fromEntries(
        fields.flatMap((field, place) => (field === undefined ? [] : [[field, (cells[place] ?? '').trim()] as const])),
      ),
    );
    return { value: { rows } };
  };
}
