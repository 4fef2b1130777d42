/**
 * Postal codes as the post of their country writes them, whatever people type: `〒1000001`, `sw1a1aa`, `d-10115`, `k1a0b1`.
 */

export interface PostalCodeRules {
  /** For the whole code, in capitals. */
  readonly pattern: RegExp;
  readonly example: string;
  /** Where a code of so many characters has a space or hyphen. */
  readonly separators: ReadonlyMap<number, { readonly place: number; readonly separator: string }>;
}

export function parsePostalCodeRules(pattern: string, example: string, separators: string): PostalCodeRules | null {
  if (pattern === '') return null;
  const places = separators === '' ? [] : separators.split(',').map((text) => text.split(':'));
  return {
    pattern: new RegExp(`^(?:${pattern})$`),
    example,
    separators: new Map(
      places.map(([length, place, separator = '']) => [Number(length), { place: Number(place), separator }]),
    ),
  };
}

/** The code in its usual form; null where it is none of the country. */
export function readPostalCode(country: string, { pattern, separators }: PostalCodeRules, text: string): string | null {
  const written = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\u2010-\u2015\u2212\u30fc]/g, '-')
    .replace(/[〒]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    // British forces abroad: the only code there that begins with four letters.
    .replace(/^BFPO ?(?=\d+$)/, 'BFPO ');
  // The letters of the country come before a code in letters from abroad: D-10115, CH-3011, LV 1010.
  const bare = written.replace(/^[A-Z]{1,2}[- ]/, '');
  const prefixed = [`${country}-${bare}`, `${country}${bare}`];
  for (const one of [written, bare, ...prefixed]) {
    const compact = one.replace(/[ .-]/g, '');
    const found = [separated(compact, separators), ...(/^BFPO /.test(one) ? [one] : []), compact, one].find((form) =>
      pattern.test(form),
    );
    if (found !== undefined) return found;
  }
  return null;
}

function separated(compact: string, separators: PostalCodeRules['separators']): string {
  const known = separators.get(compact.length);
  if (known === undefined) return compact;
  return compact.slice(0, known.place) + known.separator + compact.slice(known.place);
}

/**
 * A code or the beginning of one in the form in which codes are compared. Some posts write the letters of the country before the
 * digits, `LV-1010`, and merchants mostly leave them out.
 */
export function comparedPostalCode(country: string, text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s-]+/g, '')
    .toUpperCase();
  const digits = plain.startsWith(country) ? plain.slice(country.length) : '';
  return /^\d+$/.test(digits) ? digits : plain;
}

/** Why no code of the country lies between two bounds; null where one may. */
export function faultOfRange(
  country: string,
  rules: PostalCodeRules | null,
  range: { readonly from: string; readonly to: string },
): { readonly end: 'from' | 'to'; readonly detail: string } | null {
  const ends = { from: comparedPostalCode(country, range.from), to: comparedPostalCode(country, range.to) };
  for (const end of ['from', 'to'] as const) {
    const detail = rules === null ? null : faultOfEnd(rules, ends[end]);
    if (detail !== null) return { end, detail };
  }
  const length = Math.min(ends.from.length, ends.to.length);
  return ends.from.slice(0, length) <= ends.to.slice(0, length)
    ? null
    : { end: 'to', detail: `No postal code lies between ${range.from} and ${range.to}. Give the lower one as "from".` };
}

function faultOfEnd({ pattern, example }: PostalCodeRules, end: string): string | null {
  const like = example === '' ? '' : ` One looks like ${example}.`;
  const { source } = pattern;
  // Only digits, spaces and hyphens stand in the codes of most countries.
  const hasLetters = /[A-Z]/.test(source.replaceAll(/\\[a-z]/gi, ''));
  if (!hasLetters && !/^\d+$/.test(end)) return `Postal codes of this country have digits only.${like}`;
  const digits = /^\^\(\?:\\d\{(\d+)\}\)\$$/.exec(source)?.[1];
  if (digits !== undefined && end.length > Number(digits))
    return `Postal codes of this country have ${digits} digits.${like}`;
  return null;
}
