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
    .trim();
  // The letters of the country come before a code in letters from abroad: D-10115, CH-3011, LV 1010.
  const bare = written.replace(/^[A-Z]{1,2}[- ]/, '');
  const prefixed = [`${country}-${bare}`, `${country}${bare}`];
  for (const one of [written, bare, ...prefixed]) {
    const compact = one.replace(/[ .-]/g, '');
    const found = [separated(compact, separators), compact, one].find((form) => pattern.test(form));
    if (found !== undefined) return found;
  }
  return null;
}

function separated(compact: string, separators: PostalCodeRules['separators']): string {
  const known = separators.get(compact.length);
  if (known === undefined) return compact;
  return compact.slice(0, known.place) + known.separator + compact.slice(known.place);
}
