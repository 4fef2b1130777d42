/**
 * Telephone numbers as they are searched: by how they end. One number is written with or without the code of its country, with a
 * zero in front that only counts inside it, and in groups of any size; its end is always the same. So it is kept backwards as one
 * word, of which every number with fewer digits is the beginning. Where another digit than zero stands in front inside a country, the
 * number is asked for in both forms.
 */

/** What is dialed inside a country, what in its place from abroad, and how many digits follow both. */
type Trunk = readonly [inside: string, code: string, digits: readonly number[]];

/** @see https://www.itu.int/pub/T-SP-E.164D national prefixes, as far as they are more than zeros */
const trunks: readonly Trunk[] = [
  // Russia and Kazakhstan
  ['8', '7', [10]],
  ['80', '375', [9]],
  ['8', '370', [8]],
  ['8', '992', [9]],
  ['8', '993', [8]],
  ['8', '998', [9]],
  ['06', '36', [8, 9]],
  ['01', '52', [10]],
  ['044', '52', [10]],
  ['045', '52', [10]],
];

/** Shorter ends are shared by too many numbers. */
const digitsMin = 6;
/** The shortest number that is kept without the code of its country. */
const keptDigitsMin = 5;
const mark = 'tel';

/** The word by which a telephone number is found; null where there are too few digits. */
export function phoneWord(phone: string | null): string | null {
  const digits = phone === null ? '' : significantDigits(phone);
  return digits.length < keptDigitsMin ? null : wordOf(digits);
}

/** By which words a number is found that was typed: one that begins so, or any of the others as a whole. */
export interface PhoneEnds {
  readonly beginning: string;
  readonly whole: readonly string[];
}

/** Null where no telephone number was typed. */
export function phoneEndsOf(typed: string): PhoneEnds | null {
  if (!/^(?:\s*tel:)?[\p{Nd}\p{Cf}\s+().\-/\u2010-\u2015\u2212]+$/iu.test(typed.normalize('NFKC'))) return null;
  const digits = significantDigits(typed);
  if (digits.length < digitsMin || digits.length > digitsMax) return null;
  // A number that is kept without the code of its country is the end of what was typed.
  const ends = Array.from({ length: digits.length - digitsMin }, (_, index) => digits.slice(index + 1));
  return { beginning: wordOf(digits), whole: [...ends, ...otherForms(typed, digits)].map(wordOf) };
}

/** A whole number as it is written inside its country where it was typed as from abroad, and the other way round. */
function otherForms(typed: string, digits: string): string[] {
  const dialed = latinDigits(typed.normalize('NFKC')).replace(/\D/g, '');
  const forms = trunks.flatMap(([inside, code, lengths]) => {
    const national = [
      ...(dialed.startsWith(inside) ? [dialed.slice(inside.length)] : []),
      ...(digits.startsWith(code) ? [digits.slice(code.length)] : []),
    ].filter(({ length }) => lengths.includes(length));
    return national.flatMap((rest) => [code + rest, inside.replace(/^0+/, '') + rest]);
  });
  return [...new Set(forms)].filter((form) => form !== digits);
}

/**
 * The same as a question to FTS5.
 * @param column the one that has the words
 */
export function phoneMatchOf({ beginning, whole }: PhoneEnds, column: string): string {
  return `${column} : (${[`"${beginning}" *`, ...whole.map((word) => `"${word}"`)].join(' OR ')})`;
}

/** E.164 has fifteen; two more for what is dialed before. */
const digitsMax = 17;

function wordOf(digits: string): string {
  return mark + [...digits].reverse().join('');
}

/** Without an extension, the zero that is left out from abroad, and zeros in front. */
function significantDigits(phone: string): string {
  return latinDigits(phone.normalize('NFKC'))
    .replace(/(?:[,;]?\s*(?:ext(?:ension|n)?\.?|x|#)|;ext=)\s*\d+\s*$/i, '')
    .replace(/\(0+\)/g, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '');
}

/** The digits of every script by their value. Scripts have them in a row, which begins at a code ending in 0 or 6. */
function latinDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const begin = code - (code % 16);
    const zero = /\p{Nd}/u.test(String.fromCodePoint(begin)) ? begin : begin + 6;
    return String((code <= 0x7f ? code - 0x30 : code - zero) % 10);
  });
}
