/** Lists of rows as CSV: the same fields as in JSON, under any of the names that a column may have, as text. */
import Papa from 'papaparse';

/** The fields by the names of their columns, in lower case without spaces, hyphens and underscores. */
type CsvColumns = Readonly<Record<string, string>>;

/** `{ rows }` as the JSON body has them; null where the text is no CSV. Columns that nobody knows are left out. */
export function readCsvRows(columns: CsvColumns): (text: string) => unknown {
  return (text) => {
    const parsed = Papa.parse<string[]>(text.replace(/^\ufeff/, '').trimEnd(), {
      delimiter: ',',
      skipEmptyLines: true,
    });
    const [header, ...lines] = parsed.data;
    if (header === undefined || lines.length === 0 || parsed.errors.length > 0) return null;
    const fields = header.map((name) => columns[name.toLowerCase().replace(/[\s_-]/g, '')]);
    const rows = lines.map((cells) =>
      Object.fromEntries(
        fields.flatMap((field, place) => (field === undefined ? [] : [[field, (cells[place] ?? '').trim()] as const])),
      ),
    );
    return { rows };
  };
}
