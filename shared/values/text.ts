/**
 * Text that is safe to keep: well-formed Unicode without NUL or other control characters, trimmed of nothing, bounded in
 * length. Every string that enters from outside goes through one of these.
 */
import * as z from 'zod';
import { forLongNumbers } from './long-number.ts';

// Tab, line feed and carriage return are text; every other control character is refused.
const controlCharacters = /(?![\t\n\r])\p{Cc}/u;

function isPlainText(value: string): boolean {
  return value.isWellFormed() && !controlCharacters.test(value);
}

/** Free text of at most `lengthMax` characters, possibly empty. */
export function text(lengthMax: number) {
  return z
    .string()
    .max(lengthMax)
    .refine(isPlainText, { error: 'Control characters, NUL and lone surrogates are not text.' });
}

/** Free text that says something: at least one character that is not white space. */
export function filledText(lengthMax: number) {
  return text(lengthMax).refine((value) => value.trim().length > 0, { params: { isBlank: true } });
}

/** Two spellings of one text, such as `é` in one or in two characters, are one handle, and so are capitals. */
export function handleForm(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}

const handlePattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;

/**
 * A name in an address: letters of any script in lower case (NFC), digits, and hyphens between them. Hyphens may repeat,
 * because shops that move here bring such addresses along and an address never changes. There is no underscore in it, so it
 * is never mistaken for an id. The pattern stays out of the OpenAPI document: many tools read patterns without Unicode.
 */
export const Handle = z
  .string()
  .max(200)
  .refine((value) => handlePattern.test(value) && handleForm(value) === value, {
    error: 'Only lower-case letters of any script (NFC), digits, and hyphens between them.',
  })
  .describe('Lower-case letters of any script (NFC), digits, and hyphens between them.');

/** Leaves ten characters for a hyphen and a number. */
const handleLengthWanted = 190;

/** Turns any title into a handle and keeps its letters, whatever their script. Answers "item" when nothing of it can be kept. */
export function toHandle(title: string): string {
  const handle = handleForm(handleForm(title).replace(/[^\p{L}\p{M}\p{N}]+/gu, '-'))
    .replace(/^[-\p{M}]+/u, '')
    .slice(0, handleLengthWanted)
    // Half of a character, where it was cut.
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/-+$/, '');
  return handle === '' ? 'item' : handle;
}

/** A merchant's stock-keeping code: printable, without spaces at its ends. */
export const Sku = forLongNumbers(
  text(255).refine((value) => value.trim() === value && value.length > 0, {
    error: 'A SKU is not empty and has no space at its ends.',
  }),
  'a SKU',
);

/** A name that merchants give to a kind of goods: a tax class, a shipping profile. */
export const ClassName = z
  .string()
  .max(40)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, { error: 'Lower-case letters, digits and hyphens.' })
  .meta({ examples: ['standard'] });

/** ISO 3166-1 alpha-2, upper case; whether there is such a country is not asked. */
export const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'A country is two upper-case letters, such as DE (ISO 3166-1).', abort: true });

export const Email = z.email().max(254);

const phoneDigitsMin = 5;
const phonePattern =
  /^[\p{Nd}\s+().\-/\u2010-\u2015]*(?:(?:[,;]?\s*(?:ext(?:ension|n)?\.?|x|#)|;ext=)\s*\p{Nd}{1,8})?\s*$/iu;

/** A number that can be called: digits as people group them, and perhaps an extension. */
function isPhone(value: string): boolean {
  const number = value.replace(/(?:ext|x|#)[^\p{Nd}]*\p{Nd}+\s*$/iu, '');
  return phonePattern.test(value) && (number.match(/\p{Nd}/gu)?.length ?? 0) >= phoneDigitsMin;
}

const noPhone = `Give a telephone number of at least ${phoneDigitsMin} digits, such as +49 30 1234567.`;

/** A telephone number as somebody writes it. */
export const Phone = forLongNumbers(text(40).refine(isPhone, { error: noPhone }), 'a telephone number');

/** That, or the empty text of a form that was not filled in. */
export const OptionalPhone = forLongNumbers(
  text(40).refine((value) => value.trim() === '' || isPhone(value), { error: noPhone }),
  'a telephone number',
);
