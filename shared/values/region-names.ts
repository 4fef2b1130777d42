/**
 * How names of regions are compared: people leave out accents, capitals, hyphens and words such as `Province of`. Two spellings of
 * one name have one form; the form of another script stays in it.
 */

/** What a keyboard writes instead, where no accent can be taken off. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};
// Only accents of Latin, Greek and Cyrillic letters: the vowels of other scripts are marks too, and part of the name.
const accents = /[\u0300-\u036f]/g;

export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(accents, '')
    .replace(/[ßłđðøæœı]/g, (letter) => plainLetters[letter] ?? letter)
    .replaceAll('&', 'and')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
    .normalize('NFC');
}

// `Ontario Province`, `Province of Ontario`, `Co. Cork`; 東京都, 广东省, 경기도.
const kinds =
  /\b(?:autonomous |federal |special )?(?:province|prefecture|county|co|state|region|governorate|district|parish|emirate|canton|department|municipality|city|oblast|krai|sheng|shi|sar|island|islands)\b(?: of\b)?/gi;
const eastAsianKinds =
  /(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|[都府県省市縣]|특별자치시|특별자치도|특별시|광역시|도)$/u;

/** A name without what kind of region it is; the whole name where nothing else is in it. */
export function plainStem(name: string): string {
  const stem = plainName(name.replace(kinds, ' ').trim().replace(eastAsianKinds, ''));
  return stem === '' ? plainName(name) : stem;
}

/** How many letters must be changed, added, left out or swapped with their neighbour to make one name of the other. */
export function distanceOf(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
