/**
 * Text in the form in which it is searched: lower case, without the accents of alphabets, in words. What is written without
 * spaces between words (Chinese, Japanese, Thai and the like) is searched character by character, so that any part of it is
 * found. The same function makes what is stored and what is asked for.
 */

/** Letters that no accent makes, as people type them who do not have them. */
const spelledOut: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ı: 'i', ŋ: 'n', ŧ: 't', ĸ: 'k' },
  // Greek writes this one only at the end of a word.
  ς: 'σ',
  // In Arabic people take these for one another, and its neighbours have keys of their own for two of them.
  ...{ ى: 'ي', ی: 'ي', ې: 'ي', ک: 'ك', ة: 'ه', ٱ: 'ا', ـ: '' },
};
const spelledOutPattern = new RegExp(`[${Object.keys(spelledOut).join('')}]`, 'gu');
const accents =
  /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]\p{M}*)\p{M}/gu;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}][\p{M}ー]*/gu;
const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** Letters that people take for one another are one: in any case, with or without accents, wide or narrow. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(accents, '')
    .replace(spelledOutPattern, (letter) => spelledOut[letter] ?? letter)
    .normalize('NFC');
}

/** Two spellings of one code or name: another case, or another composition of the same letters. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** How some write letters with two dots or a ring who do not have them, beside leaving those out. */
const writtenAs: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa' };

/** What texts are found by, one space between two words: a word with such letters by both ways to write it. */
export function searchWords(...texts: readonly (string | null)[]): string {
  const all = texts.flatMap((text) => {
    const plain = text?.normalize('NFC').toLowerCase() ?? '';
    const written = plain.replace(/[äöüå]/g, (letter) => writtenAs[letter] ?? letter);
    return written === plain ? [text] : [text, written];
  });
  return all
    .flatMap((text) => (text === null ? [] : phrasesOf(text)))
    .map((parts) => parts.join(' '))
    .join(' ');
}

/**
 * What people are found by. Who writes without spaces puts the family name first, `山田花子`, whichever field of a form comes first.
 */
export function nameWords(...names: readonly string[]): string {
  return searchWords(...names.flatMap((name) => (isUnspaced(name) ? [name, familyFirst(name)] : [name])));
}

const isUnspaced = (name: string): boolean => /\s/.test(name) && name.replace(unspaced, '').trim() === '';
const familyFirst = (name: string): string => name.trim().split(/\s+/).reverse().join(' ');

/** Words in order; one without spaces inside is the list of its characters. */
function phrasesOf(text: string): string[][] {
  return [...foldText(text).matchAll(word)].flatMap(([found]) => {
    const parts: string[][] = [];
    let from = 0;
    let run: string[] = [];
    for (const { 0: character, index } of found.matchAll(unspaced)) {
      if (index > from) {
        if (run.length > 0) parts.push(run);
        parts.push([found.slice(from, index)]);
        run = [];
      }
      run.push(character);
      from = index + character.length;
    }
    if (run.length > 0) parts.push(run);
    if (from < found.length) parts.push([found.slice(from)]);
    return parts;
  });
}

/** More words than anybody remembers of an order. */
const wordsMax = 16;

/** What has to be found of what a person typed: words of which each may be the beginning of one, and characters in a row. */
export function wantedOf(typed: string): readonly string[] {
  return phrasesOf(typed)
    .slice(0, wordsMax)
    .map((parts) => parts.join(' '));
}

/**
 * What a person typed as a question to FTS5: every word has to be there, and each may be the beginning of one. Null where there
 * is no word in it.
 * @param column the one to look into; absent for all
 */
export function matchOf(typed: string, column?: string): string | null {
  const wanted = wantedOf(typed);
  return wanted.length === 0 ? null : matchOfWanted(wanted, column);
}

/** The same of what is wanted already. */
export function matchOfWanted(wanted: readonly string[], column?: string): string {
  const all = wanted.map((one) => `"${one}" *`).join(' AND ');
  return column === undefined ? `(${all})` : `${column} : (${all})`;
}

/** A name that is found as a whole or not at all, as one word of FTS5. */
export function exactWord(kind: string, name: string): string {
  const bytes = new TextEncoder().encode(foldCase(name));
  return `${kind}${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
