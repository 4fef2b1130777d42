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
  // Arabic is mostly typed without what distinguishes these.
  ٱ: 'ا',
  ى: 'ي',
  ة: 'ه',
};
/** Chinese characters in both of their forms: traditional, then simplified. Only those that stand in names of regions. */
const chineseForms =
  '臺台龍龙廣广東东蘇苏陝陕遼辽寧宁慶庆雲云貴贵內内門门灣湾島岛縣县區区義义蘭兰連连園园馬马維维爾尔壯壮別别濱滨長长溫温';
const simplified = new Map(
  Array.from({ length: chineseForms.length / 2 }, (_, index) => [
    chineseForms.charAt(index * 2),
    chineseForms.charAt(index * 2 + 1),
  ]),
);
// Only accents of Latin, Greek, Cyrillic and Arabic letters: the vowels of other scripts are marks too, and part of the name.
const accents = /[\u0300-\u036f\u064b-\u0655\u0670\u0640]/g;

export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(accents, '')
    .replace(/[ßłđðøæœıٱىة]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character)
    .replaceAll('&', 'and')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
    .normalize('NFC');
}

const spelledOut: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };

/** A name as it is, and with the letters that German and Danish write instead of one with dots or a ring. */
export function spellingsOf(name: string): readonly string[] {
  const composed = name.normalize('NFC').toLowerCase();
  const spelled = composed.replace(/[äöüøå]/g, (letter) => spelledOut[letter] ?? letter);
  return spelled === composed ? [name] : [name, spelled];
}

/** What a name says of its region: a city and the area around it often share the rest of their names. */
export type RegionKind = 'city' | 'area' | null;

export interface NameParts {
  readonly kind: RegionKind;
  /** The name without what kind of region it is; the whole name where nothing else is in it. */
  readonly stem: string;
}

// `Ontario Province`, `Province of Ontario`, `Co. Cork`, `Cantón de Ginebra`.
const wordsOf = (words: string): RegExp =>
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:(?:autonomous|federal|special|free) )?(?:${words})(?![\\p{L}\\p{N}])\\.?(?: (?:of|de|di|du|da|do|del|della|des|von|van)(?![\\p{L}\\p{N}])| d['’])?`,
    'giu',
  );
const citySigns = wordsOf('city|ciudad|cidade|città|stadt|shi|місто|город');
const areaSigns = wordsOf(
  [
    'province|provincia|província|provinz|provincie|prefecture|préfecture|county|co|condado|comté|state|estado|état|region',
    'región|région|regione|região|governorate|district|distrito|parish|emirate|canton|kanton|cantone|cantón|department',
    'département|departamento|oblast|oblasts|oblysy|krai|kray|okrug|sheng|territory|territoire|bundesland|freistaat|comunidad',
    'principado|voivodeship|область|край|провинция|إمارة|منطقة|محافظة',
  ].join('|'),
);
const plainSigns = wordsOf('municipality|island|islands|sar|république|republic|republik|republika');
// 北京市 and 서울특별시 are cities; 东京都, 广东省 and 경기도 are areas.
const eastAsianCity = /(?:特别行政区|特別行政區|市|특별자치시|특별시|광역시)$/u;
const eastAsianArea = /(?:壮族自治区|回族自治区|维吾尔自治区|自治区|自治區|[都府県省縣县]|특별자치도|도)$/u;

export function partsOf(name: string): NameParts {
  const without = (signs: RegExp): string => plainName(name.replace(signs, ' ').trim());
  for (const [kind, signs] of kindSigns) {
    const stem = without(signs);
    if (stem !== '' && stem !== plainName(name)) return { kind, stem };
  }
  return { kind: null, stem: plainName(name) };
}

const kindSigns: readonly (readonly [RegionKind, RegExp])[] = [
  ['city', citySigns],
  ['area', areaSigns],
  ['city', eastAsianCity],
  ['area', eastAsianArea],
  [null, plainSigns],
];

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
