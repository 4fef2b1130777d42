/**
 * Telephone numbers as they are searched: by how they end. One number is written with or without the code of its country, with a
 * zero in front that only counts inside it, and in groups of any size; its end is always the same. So it is kept backwards as one
 * word, of which every number with fewer digits is the beginning.
 */

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

/**
 * What was typed as a question to FTS5, by the end of a telephone number; null where it is none.
 * @param column the one that has the words
 */
export function phoneMatchOf(typed: string, column: string): string | null {
  if (!/^(?:\s*tel:)?[\p{Nd}\p{Cf}\s+().\-/\u2010-\u2015\u2212]+$/iu.test(typed.normalize('NFKC'))) return null;
  const digits = significantDigits(typed);
  if (digits.length < digitsMin || digits.length > digitsMax) return null;
  // A number that is kept without the code of its country is the end of what was typed.
  const ends = Array.from({ length: digits.length - digitsMin }, (_, index) => `"${wordOf(digits.slice(index + 1))}"`);
  return `${column} : (${[`"${wordOf(digits)}" *`, ...ends].join(' OR ')})`;
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
