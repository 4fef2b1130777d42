/** Reads the codes that a merchant brings along, from JSON or CSV, and says of each row what keeps it from being a code. */
import Papa from 'papaparse';
import {
  type CodeFault,
  CodeUses,
  codesPerRequestMax,
  type ListedCodes,
  UniqueCodeText,
} from '../../../../shared/contracts/pricing/codes-http.ts';
import { cardNumberFault } from '../../../../shared/values/card-number.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { normalizedCode } from '../../../../shared/values/typed-codes.ts';

interface ListedCode {
  /** Counted from 1. */
  readonly row: number;
  readonly code: string;
  readonly usesMax: number | null;
}

export interface CodeList {
  readonly codes: readonly ListedCode[];
  readonly faults: readonly CodeFault[];
}

/** The codes of a JSON list, each once. */
export function listOfCodes({ codes, usesMax }: ListedCodes): CodeList {
  return withoutTwins(
    codes.map((listed, index) => {
      const { code, usesMax: own = usesMax } = typeof listed === 'string' ? { code: listed } : listed;
      return { row: index + 1, code: normalizedCode(code), usesMax: own };
    }),
    [],
  );
}

const codeColumns: readonly string[] = ['code', 'discount code', 'coupon', 'coupon code'];
const usesColumns: readonly string[] = ['usesmax', 'uses', 'usage limit'];

interface Malformed {
  readonly code: 'malformed-csv';
  readonly detail: string;
}

/**
 * The codes of a file. Its columns are found by name; a file without a heading is a list of codes. Rows that are no code are
 * faults, and the others go on; the number of a payment card is not repeated.
 */
export function codesOfCsv(text: string): Result<CodeList, Malformed> {
  const rows = Papa.parse<string[]>(text)
    .data.map((cells, index) => ({ cells, row: index + 1 }))
    .filter(isFilled);
  const heading = (rows[0]?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const codeAt = heading.findIndex((name) => codeColumns.includes(name));
  const usesAt = codeAt < 0 ? -1 : heading.findIndex((name) => usesColumns.includes(name));
  const first = codeAt < 0 ? 0 : 1;
  if (rows.length <= first) return refuse({ code: 'malformed-csv', detail: 'There is no code in the file.' });
  if (rows.length - first > codesPerRequestMax)
    return refuse({ code: 'malformed-csv', detail: `Send at most ${codesPerRequestMax} codes in one file.` });
  const codes: ListedCode[] = [];
  const faults: CodeFault[] = [];
  for (const { cells, row: line } of rows.slice(first)) {
    const row = line - first;
    const written = cells[Math.max(0, codeAt)] ?? '';
    const cardFault = cardNumberFault(written, 'a discount code');
    if (cardFault !== null) {
      faults.push({ row, code: '', reason: 'invalid', detail: cardFault });
      continue;
    }
    const code = UniqueCodeText.safeParse(written);
    const usesText = usesAt < 0 ? '1' : (cells[usesAt] ?? '').trim();
    const usesMax = CodeUses.safeParse(usesText === '' ? null : Number(usesText));
    if (code.success && usesMax.success) codes.push({ row, code: normalizedCode(code.data), usesMax: usesMax.data });
    else
      faults.push({
        row,
        code: code.success ? code.data : '',
        reason: 'invalid',
        detail: code.success
          ? 'Give a whole number of uses, or leave it empty for any number.'
          : 'Give a code of at most 60 characters.',
      });
  }
  return accept(withoutTwins(codes, faults));
}

const isFilled = ({ cells }: { readonly cells: readonly string[] }) => cells.some((cell) => cell.trim() !== '');

function withoutTwins(listed: readonly ListedCode[], faults: readonly CodeFault[]): CodeList {
  const seen = new Set<string>();
  const twins: CodeFault[] = [];
  const codes = listed.filter(({ row, code }) => {
    if (!seen.has(code)) {
      seen.add(code);
      return true;
    }
    twins.push({ row, code, reason: 'listed-twice', detail: 'The code is listed before; it was taken once.' });
    return false;
  });
  return { codes, faults: [...faults, ...twins] };
}
