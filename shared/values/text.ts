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

// RFC 5321 without quotes, and RFC 6531: dots between words of any letters and signs, a domain of two parts or more. What it says of
// letters beyond ASCII is wider than what is taken, because many tools read patterns without Unicode.
const emailPattern =
  /^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\uffff-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\uffff-]+)*@(?:[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff-]{0,61}[A-Za-z0-9\u00a1-\uffff])?\.)+(?:[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9]|[A-Za-z\u00a1-\uffff]{2,63})$/;
const beyondAscii = /[^\0-\x7f]/gu;

/** What comes along when an address is copied or completed by a keyboard: spaces around it, marks of direction, wide letters. */
function tidyEmail(value: string): string {
  return narrow(value.replace(/\p{Cf}/gu, '')).trim();
}

/** Wide forms as everybody can type them; letters of other scripts stay as they were written. */
function narrow(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (wide) => wide.normalize('NFKC'));
}

export const Email = z
  .string()
  .overwrite(tidyEmail)
  .check(z.email({ pattern: emailPattern }))
  .max(254)
  .refine((value) => (value.match(beyondAscii) ?? []).every((letter) => /[\p{L}\p{M}\p{N}]/u.test(letter)), {
    error: 'Of signs that are no letters or digits, an e-mail address has only those of a usual keyboard.',
  });

const phoneDigitsMin = 5;
const phonePattern =
  /^[\p{Nd}\s+().\-/\u2010-\u2015\u2212]*(?:(?:[,;]?\s*(?:ext(?:ension|n)?\.?|x|#)|;ext=)\s*\p{Nd}{1,8})?\s*$/iu;

/**
 * Without what came along unseen when a number was copied (marks of direction, `tel:`), and with wide digits and signs as
 * everybody can dial them.
 */
function tidyPhone(value: string): string {
  const visible = value.replace(/\p{Cf}/gu, '').replace(/^\s*tel:\s*/i, '');
  // Only wide forms: other digits stay as they were written. In Japanese a long vowel is typed for a hyphen.
  return narrow(visible).replace(/(?<=\p{Nd})\s*[\u30fc\uff70]\s*(?=\p{Nd})/gu, '-');
}

/** A number that can be called, with perhaps an extension: what is wrong with it, or null. */
function faultOfPhone(value: string): string | null {
  if (!phonePattern.test(value))
    return 'A telephone number has digits, spaces and + ( ) . / - only, and perhaps an extension such as "ext. 12".';
  const number = value.replace(/(?:ext|x|#)[^\p{Nd}]*\p{Nd}+\s*$/iu, '');
  if ((number.match(/\p{Nd}/gu)?.length ?? 0) >= phoneDigitsMin) return null;
  return `Give a telephone number of at least ${phoneDigitsMin} digits, such as +49 30 1234567.`;
}

function phone(isTaken: (value: string) => boolean) {
  return text(40)
    .overwrite(tidyPhone)
    .check((context) => {
      const fault = isTaken(context.value) ? null : faultOfPhone(context.value);
      if (fault !== null) context.issues.push({ code: 'custom', message: fault, input: context.value });
    });
}

/** A telephone number as somebody writes it. */
export const Phone = forLongNumbers(
  phone(() => false),
  'a telephone number',
);

/** That, or the empty text of a form that was not filled in. */
export const OptionalPhone = forLongNumbers(
  phone((value) => value.trim() === ''),
  'a telephone number',
);
