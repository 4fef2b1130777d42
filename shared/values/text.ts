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
  return text(lengthMax).refine((value) => value.trim().length > 0, { error: 'The text is empty.' });
}

/**
 * A name in an address: lower-case letters, digits and hyphens between them. Hyphens may repeat, because shops that move
 * here bring such addresses along and an address never changes.
 */
export const Handle = z
  .string()
  .max(200)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, { error: 'Only lower-case letters, digits, and hyphens between them.' });

/** Turns any title into a handle. Answers "item" when nothing of it can be kept. */
export function toHandle(title: string): string {
  const handle = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 190)
    .replace(/^-+|-+$/g, '');
  return handle === '' ? 'item' : handle;
}

/** A merchant's stock-keeping code: printable, without spaces at its ends. */
export const Sku = forLongNumbers(
  text(255).refine((value) => value.trim() === value && value.length > 0, {
    error: 'A SKU is not empty and has no space at its ends.',
  }),
  'a SKU',
);

/** ISO 3166-1 alpha-2, upper case. */
/** A name that merchants give to a kind of goods: a tax class, a shipping profile. */
export const ClassName = z
  .string()
  .max(40)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, { error: 'Lower-case letters, digits and hyphens.' })
  .meta({ examples: ['standard'] });

export const Country = z.string().regex(/^[A-Z]{2}$/, { error: 'Two upper-case letters (ISO 3166-1).' });

export const Email = z.email().max(254);
