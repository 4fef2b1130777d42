/**
 * Metafields: facts that a merchant's systems keep with a thing of the shop, each under a namespace and a key, with a type that
 * says how its text is to be read. Values are always text, as they stand in files and exports.
 */
import * as z from 'zod';
import { text } from './text.ts';

/** The most of one owner. With their values they stay far below what a row may have. */
export const metafieldsMax = 100;
export const metafieldValueMax = 5_000;

const Name = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'Give 1 to 64 letters, digits, hyphens or underscores.' });

/** How the text of each simple type is written. Other types take any text. */
const forms: Readonly<Record<string, { readonly fits: (value: string) => boolean; readonly error: string }>> = {
  single_line_text_field: { fits: (value) => !/[\r\n]/.test(value), error: 'Give one line of text.' },
  number_integer: { fits: (value) => /^-?\d{1,16}$/.test(value), error: 'Give a whole number.' },
  number_decimal: { fits: (value) => /^-?\d{1,13}(\.\d{1,9})?$/.test(value), error: 'Give a number, such as 12.5.' },
  boolean: { fits: (value) => value === 'true' || value === 'false', error: 'Give true or false.' },
  date: { fits: (value) => z.iso.date().safeParse(value).success, error: 'Give a date, such as 2027-01-31.' },
  date_time: {
    fits: (value) => z.iso.datetime({ offset: true, local: true }).safeParse(value).success,
    error: 'Give a date and time, such as 2027-01-31T12:00:00Z.',
  },
  url: { fits: (value) => z.url().safeParse(value).success, error: 'Give an address, such as https://example.com.' },
  color: { fits: (value) => /^#[0-9a-f]{6}$/i.test(value), error: 'Give a color, such as #ff8800.' },
  json: { fits: isJson, error: 'Give JSON.' },
};

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** A list of a type is a JSON array. */
function formOf(type: string) {
  return type.startsWith('list.')
    ? {
        fits: (value: string) => isJson(value) && Array.isArray(JSON.parse(value)),
        error: 'Give a list as JSON, such as ["red", "blue"].',
      }
    : forms[type];
}

export const Metafield = z
  .strictObject({
    namespace: Name,
    key: Name,
    type: z
      .string()
      .regex(/^(list\.)?[a-z][a-z_]{0,59}$/, { error: 'Give a type, such as single_line_text_field.' })
      .default('single_line_text_field'),
    value: text(metafieldValueMax),
  })
  .superRefine(({ type, value }, context) => {
    const form = formOf(type);
    if (form !== undefined && !form.fits(value))
      context.addIssue({ code: 'custom', path: ['value'], message: form.error });
  });
export type Metafield = z.infer<typeof Metafield>;

/** Each name once. */
export const Metafields = z
  .array(Metafield)
  .max(metafieldsMax)
  .superRefine((fields, context) => {
    const seen = new Set<string>();
    for (const [index, { namespace, key }] of fields.entries()) {
      const name = `${namespace}.${key}`;
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index, 'key'], message: `"${name}" is there twice.` });
      seen.add(name);
    }
  });

/** As it is shown. */
export const MetafieldView = z.strictObject({
  namespace: z.string(),
  key: z.string(),
  type: z.string(),
  value: z.string(),
});

/** Fields of a namespace that begins so, in any letter case, are shown to merchants only. */
const privatePrefix = 'private';

export function isPublic({ namespace }: Pick<Metafield, 'namespace'>): boolean {
  return !namespace.toLowerCase().startsWith(privatePrefix);
}
