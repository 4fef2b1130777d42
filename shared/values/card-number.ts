/**
 * Finds the number of a payment card in a text: an issuer's range with one of its lengths and the check digit of Luhn, written
 * in one piece or in groups. No card number may enter the shop, so every text of a request is checked here first.
 *
 * One in ten long numbers passes the check digit by chance, so the table is narrow, and groups are those that people write:
 * a list of shoe sizes, an IBAN, a telephone number or a decimal fraction is no card. The packages that know issuers serve forms
 * for cards: they take every number that begins with 5 or 6 for a Maestro, which many barcodes and parcels do.
 *
 * @see https://www.iso.org/standard/70484.html ISO/IEC 7812-1, numbering of cards
 */

/** The first digits of an issuer's cards, from and to, and how long their numbers are. */
type Issuer = readonly [from: string, to: string, lengths: readonly number[]];

const longest = 19;
const shortest = 12;
const anyFrom = (least: number): number[] => Array.from({ length: longest - least + 1 }, (_, index) => least + index);

const issuers: readonly Issuer[] = [
  // Visa
  ['4', '4', [13, 16, 19]],
  // Mastercard
  ['51', '55', [16]],
  ['2221', '2720', [16]],
  // American Express
  ['34', '34', [15]],
  ['37', '37', [15]],
  // Discover
  ['6011', '6011', anyFrom(16)],
  ['644', '649', anyFrom(16)],
  ['65', '65', anyFrom(16)],
  // Diners Club
  ['300', '305', [14, 16, 19]],
  ['3095', '3095', [14, 16, 19]],
  ['36', '36', [14, 16, 19]],
  ['38', '39', [14, 16, 19]],
  // JCB
  ['3528', '3589', anyFrom(16)],
  // UnionPay
  ['62', '62', anyFrom(16)],
  ['810', '817', anyFrom(16)],
  // Maestro
  ['5018', '5018', anyFrom(12)],
  ['5020', '5020', anyFrom(12)],
  ['5038', '5038', anyFrom(12)],
  ['5893', '5893', anyFrom(12)],
  ['6304', '6304', anyFrom(12)],
  ['6759', '6759', anyFrom(12)],
  ['6761', '6763', anyFrom(12)],
  // Mir
  ['2200', '2204', anyFrom(16)],
  // RuPay
  ['508500', '508999', [16]],
  ['606985', '607984', [16]],
  ['608001', '608500', [16]],
  ['817200', '820199', [16]],
  // Elo, Hipercard
  ['506699', '506778', [16]],
  ['509000', '509999', [16]],
  ['606282', '606282', [16, 19]],
  ['627780', '627780', [16]],
  ['636297', '636297', [16]],
  ['636368', '636368', [16]],
  // Verve
  ['506099', '506198', [16, 18, 19]],
  ['507865', '507964', [16, 18, 19]],
  // Dankort, Troy, InterPayment, InstaPayment, Uzcard, Humo
  ['5019', '5019', [16]],
  ['9792', '9792', [16]],
  ['636', '636', anyFrom(16)],
  ['637', '639', [16]],
  ['8600', '8600', [16]],
  ['9860', '9860', [16]],
];

/** Digits, and what people put between their groups: blanks of any width, hyphens and dashes, points, underscores. */
const runs = /\d+(?:[ \u00a0\u00ad\u2000-\u200f\u202f\u2060\u3000\ufeff._\p{Pd}]{1,3}\d+)*/gu;
/** Numbers that stand below or beside each other are mostly a list, so here a card is all of it. */
const lists = /\d+(?:[\s\u00ad\u200b-\u200f\u2060\ufeff._/\\|\p{Pd}]{1,3}\d+)+/gu;
/**
 * The groups that are printed on cards, with one and the same sign between them, whatever sign that is. Signs of runs are left to
 * those, and a comma with a blank to the lists of prose.
 */
const printed =
  /(?<!\d)\d{4}([^\p{L}\p{N} \u00a0._\p{Pd}]| [/\\|:*+=~] )(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{4,5})(?!\d)/gu;
/** The same groups with any of these signs between them, one here and another there. */
const betweenGroups = "[ \\u00a0\\u2000-\\u200f\\u202f\\u2060\\u3000\\ufeff._\\p{Pd}/\\\\|:*~'\u2019\u00b7\u2022]{1,3}";
const mixed = new RegExp(
  `(?<!\\d)\\d{4}${betweenGroups}(?:\\d{4}${betweenGroups}\\d{4}${betweenGroups}\\d{4}|\\d{6}${betweenGroups}\\d{4,5})(?!\\d)`,
  'gu',
);
const groupBefore = new RegExp(`[\\d+]${betweenGroups}$|\\+$`, 'u');
const groupBehind = new RegExp(`^${betweenGroups}(?=\\d{4})`, 'u');
/** Until when a card can be used, as it stands behind its number: a year, or a month and a year, and then no more of such groups. */
const expiry = /^(?:20[2-5]\d|(?:0[1-9]|1[0-2])(?:20)?[2-5]\d)(?!\d|[^\p{L}\p{N}]{1,3}\d{4})/u;
/** Between these signs numbers are listed. */
const listSign = /[,;]/;
const breaks = /[\t\n\r\v\f\u2028\u2029/\\|]/;
/** Most texts have nothing like it, and are not looked at any further. */
const manyDigits = /\p{Nd}(?:[^\p{L}\p{Nd}]{0,3}\p{Nd}){11}/u;
const entity =
  /&(?:#(\d{1,7}|x[\da-f]{1,6});?|(nbsp|ensp|emsp|thinsp|shy|ndash|mdash|hyphen|Tab|NewLine|sol|period|lowbar|zwnj|zwj);?)/gi;
/** What stands on both sides of these is read as one. */
const inlineTags = /<\/?(?:a|b|em|font|i|mark|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,200})?\/?>/gi;
const tags = /<[^<>]{0,200}>/g;
const groups = /\d+/g;
const uuids = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi;

/** The zeros of other scripts that phones and keyboards write: Arabic, Persian, Devanagari, Bengali, Thai, full width. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];
const foreignDigits = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff10-\uff19]/g;

/** The longest number that a telephone has (E.164). */
const phoneDigitsMax = 15;
/** Cards are printed in groups of four or more; only the last may be shorter. */
const groupDigitsMin = 4;

interface NumberOptions {
  /**
   * The field is made for other long numbers, such as a barcode or the number of a parcel. What has at most thirteen digits is
   * none of a card there (no issuer has given out such cards for decades), and a trade item number of fourteen is itself.
   */
  readonly isForNumbers?: boolean;
}

const inText = 'This looks like the number of a payment card. It belongs on the page of the payment provider only.';

/**
 * Why a text may not be taken; null when it may.
 * @param madeFor the long number that the field is made for, such as "a barcode"; null for free text
 */
export function cardNumberFault(text: string, madeFor: string | null): string | null {
  if (madeFor === null) return holdsCardNumber(text) ? inText : null;
  if (!holdsCardNumber(text, { isForNumbers: true })) return null;
  return `This is the number of a payment card: it has the first digits, the length and the check digit of one. As ${madeFor} any other number is taken.`;
}

/** Whether a text holds one as it is written, or as a page would show it. */
export function holdsCardNumber(text: string, options: NumberOptions = {}): boolean {
  if (holdsWritten(text, options)) return true;
  const shown = text.replace(inlineTags, '').replace(tags, '\n').replace(entity, characterOf);
  return shown !== text && holdsWritten(shown, options);
}

/** What an entity of HTML stands for; every named one that is looked for is a separator. */
function characterOf(_entity: string, number: string | undefined): string {
  if (number === undefined) return ' ';
  const code = /^x/i.test(number) ? Number.parseInt(number.slice(1), 16) : Number(number);
  return code <= 0x10_ffff ? String.fromCodePoint(code) : ' ';
}

function holdsWritten(text: string, { isForNumbers = false }: NumberOptions): boolean {
  if (text.length < shortest || !manyDigits.test(text)) return false;
  const plain = text.replace(foreignDigits, asciiDigit).replace(uuids, 'id');
  for (const run of plain.matchAll(runs)) {
    if (run[0].length >= shortest && isCardInRun(run[0], plain[run.index - 1] ?? '', isForNumbers)) return true;
  }
  if ([...plain.matchAll(printed)].some((match) => isPrintedCard(match, plain))) return true;
  if ([...plain.matchAll(mixed)].some((match) => isMixedCard(match, plain))) return true;
  return [...plain.matchAll(lists)].some(
    ({ 0: list, index }) => breaks.test(list) && !/[\p{L}+]/u.test(plain[index - 1] ?? '') && isCardOfLines(list),
  );
}

/** Whether these groups are a card. Where the same sign leads to more groups of the kind, they are a list. */
function isPrintedCard({ 0: match, 1: sign = '', index }: RegExpExecArray, text: string): boolean {
  const before = text.slice(0, index);
  const after = text.slice(index + match.length);
  const next = after.startsWith(sign) ? after.slice(sign.length) : '';
  const isListed =
    (before.endsWith(sign) && /\d$/.test(before.slice(0, -sign.length))) ||
    (/^\d{4}/.test(next) && (listSign.test(sign) || !expiry.test(next)));
  return !isListed && isCardNumber(match.replace(/\D/g, ''), { isForNumbers: false, isBroken: true });
}

/** Whether these groups are a card by themselves, and no part of a longer list. */
function isMixedCard({ 0: match, index }: RegExpExecArray, text: string): boolean {
  const after = text.slice(index + match.length);
  const next = after.replace(groupBehind, '');
  const isListed =
    groupBefore.test(text.slice(Math.max(0, index - 4), index)) || (next !== after && !expiry.test(next));
  return !isListed && isCardNumber(match.replace(/\D/g, ''), { isForNumbers: false, isBroken: true });
}

/** Whether all groups are one number, perhaps with a date or a check code behind it or a number before it. */
function isCardOfLines(list: string): boolean {
  const parts = [...list.matchAll(groups)].map(([digits]) => digits);
  const first = parts.findIndex((part) => part.length >= groupDigitsMin);
  const last = parts.findLastIndex((part) => part.length >= groupDigitsMin);
  const middle = parts.slice(first, last + 1);
  const isGrouped = middle.length > 1 && middle.every((part) => part.length >= groupDigitsMin);
  const digits = middle.join('');
  return isGrouped && digits.length <= longest && isCardNumber(digits, { isForNumbers: false, isBroken: true });
}

function isCardInRun(run: string, before: string, isForNumbers: boolean): boolean {
  const found = [...run.matchAll(groups)].map((group) => ({ digits: group[0], at: group.index }));
  const isPhone = before === '+' && found.reduce((sum, { digits }) => sum + digits.length, 0) <= phoneDigitsMax;
  if (isPhone) return false;
  // Digits that hang on letters, as those of an IBAN, are the beginning of what follows.
  const starts = /\p{L}/u.test(before) ? 1 : found.length;
  for (let start = 0; start < starts; start += 1) {
    const isFraction =
      start > 0 && run[(found[start]?.at ?? 0) - 1] === '.' && (found[start - 1]?.digits.length ?? 0) < 4;
    if (
      !isFraction &&
      beginsCard(
        found.slice(start).map(({ digits }) => digits),
        isForNumbers,
      )
    )
      return true;
  }
  return false;
}

/** Whether the first of these groups, or the first few together, are a card number. */
function beginsCard(parts: readonly string[], isForNumbers: boolean): boolean {
  let digits = '';
  for (const [index, part] of parts.entries()) {
    digits += part;
    if (digits.length > longest) return false;
    if (isCardNumber(digits, { isForNumbers, isBroken: index > 0 })) return true;
    if (part.length < groupDigitsMin) return false;
  }
  return false;
}

function isCardNumber(
  digits: string,
  { isForNumbers, isBroken }: { readonly isForNumbers: boolean; readonly isBroken: boolean },
): boolean {
  if (!isIssued(digits) || !passesLuhn(digits)) return false;
  if (digits.length <= 13) return !isForNumbers && !isBroken && !isTradeItem(digits);
  return !(isForNumbers && digits.length === 14 && !isBroken && isTradeItem(digits));
}

function isIssued(digits: string): boolean {
  return issuers.some(([from, to, lengths]) => {
    const start = digits.slice(0, from.length);
    return start >= from && start <= to && lengths.includes(digits.length);
  });
}

/** @see https://www.iso.org/standard/70484.html Annex B */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Whether the check digit is that of a barcode (GTIN-12 to GTIN-14). */
function isTradeItem(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1)
    sum += Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}

function asciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  return String(code - (zeros.find((zero) => code >= zero && code < zero + 10) ?? code));
}
