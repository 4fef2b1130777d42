/**
 * What is wrong with a field, said to a person: what to give, in the words of the field, and never in the words of a schema
 * library. A schema that knows better says it itself (`error`), and what it says stays.
 */
import type * as z from 'zod';

/** Fields whose names are not the words for them. All others are read as they are written: `firstName` is the first name. */
const wordsOf: Readonly<Record<string, string>> = {
  address1: 'street and number',
  address2: 'second line of the address',
  region: 'state or province',
  email: 'e-mail address',
  phone: 'phone number',
  vatId: 'VAT id',
  sku: 'SKU',
  skus: 'SKUs',
  altText: 'alternative text',
  descriptionHtml: 'description',
  imageUrl: 'address of the image',
  url: 'web address',
  returnUrl: 'return address',
  last4: 'last four characters',
  get: 'part that is given',
  buy: 'part that is bought',
  as: 'way to settle it',
  add: 'lines to add',
  set: 'entries to set',
  remove: 'entries to remove',
  addProducts: 'products to add',
  removeProducts: 'products to remove',
  cancelQuantity: 'number to cancel',
  received: 'number that arrived',
  quantityMax: 'largest quantity',
  minQuantity: 'smallest quantity',
  minSubtotals: 'smallest subtotals',
  usesMax: 'number of uses',
  usesPerCustomerMax: 'number of uses per customer',
  unitsMax: 'largest number of units',
  setsMax: 'largest number of sets',
  weightGrams: 'weight in grams',
  weightMaxGrams: 'largest weight in grams',
  fromGrams: 'weight in grams from which it counts',
  fromSubtotals: 'subtotals from which it counts',
  freeFrom: 'subtotals from which it is free',
  subtotalCounts: 'way that the subtotal counts',
  lowStockAt: 'quantity that is low',
  compareAtPrice: 'compare-at price',
  compareAtAmount: 'compare-at amount',
  variantMaximums: 'largest quantities of variants',
  orderMinimums: 'smallest orders',
  seo: 'texts for search engines',
  q: 'search text',
  tag: 'tags',
  ifOnHand: 'quantity that you expect on hand',
  outstanding: 'filter of what is owed',
  shortfall: 'filter of shortfalls',
};

/** The words for a field, from its path: `lines` and `3` and `quantity` are the quantity. */
function labelOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (typeof last === 'number') return `entry ${last + 1} of ${withArticle(path.slice(0, -1))}`;
  if (last === undefined) return 'value';
  const name = String(last);
  const known = wordsOf[name];
  if (known !== undefined) return known;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_.]+/g, ' ')
    .toLowerCase()
    .replace(/\bid\b/g, 'id');
  return isQuestion.test(name) ? `answer to "${words}"` : words;
}

/** `isEnabled` asks something: as the name of a thing it would be no English. */
const isQuestion = /^(?:is|has|may|can|does|allows|accepts|excludes|includes|requires|needs)(?=[A-Z])/;

/** The sentence for one issue, which has its input. `path` leads to the field from the top of what was sent. */
export function sentenceOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string {
  if (issue.input === undefined && isAboutPresence(issue)) return missing(path);
  const the = path.length === 0 ? 'What is sent' : capital(withArticle(path));
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && typeof issue.input === 'number') return inQuotes(the, issue.input);
      return `${the} must be ${expectedWords[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}.`;
    case 'too_small':
      return tooSmall(the, path, issue);
    case 'too_big':
      return tooBig(the, issue);
    case 'invalid_value':
      return oneOf(the, issue.values);
    case 'invalid_format':
      return formats[issue.format] ?? `${the} does not have the documented form.`;
    case 'not_multiple_of':
      return `${the} must be a multiple of ${issue.divisor}.`;
    case 'unrecognized_keys':
      return 'This field is not known here.';
    case 'invalid_union': {
      const kinds = 'options' in issue ? issue.options : undefined;
      return kinds === undefined ? `${the} has none of the documented forms.` : oneOf(the, kinds);
    }
    default:
      return issue.code === 'custom' && issue.params?.isBlank === true ? missing(path) : `${the} is not as documented.`;
  }
}

const isAboutPresence = ({ code }: z.core.$ZodIssue): boolean =>
  code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union';

function missing(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'Send a JSON object.' : `Give ${withArticle(path)}.`;
}

/** `the lines`, `entry 1 of the lines`. */
function withArticle(path: readonly PropertyKey[]): string {
  return typeof path.at(-1) === 'number' ? labelOf(path) : `the ${labelOf(path)}`;
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** A fraction is shown as it should be written; a longer number might be one that is repeated nowhere. */
function inQuotes(the: string, value: number): string {
  return Number.isInteger(value) || String(value).length > 12
    ? `${the} must be a text in quotes, not a number.`
    : `${the} must be a text in quotes: "${value}", not ${value}.`;
}

const expectedWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  never: 'left out',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return Number.isInteger(value) ? 'a number' : 'a fraction';
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'nothing';
    default:
      return 'an object';
  }
}

function tooSmall(the: string, path: readonly PropertyKey[], issue: z.core.$ZodIssueTooSmall): string {
  const { origin, minimum, inclusive } = issue;
  if (origin === 'string')
    return minimum === 1 ? missing(path) : `${the} has at least ${counted(minimum, 'character')}.`;
  if (origin === 'array' || origin === 'set') return `${the} must have at least ${counted(minimum, 'entry')}.`;
  return `${the} must be ${inclusive === false ? 'more than' : 'at least'} ${minimum}.`;
}

function tooBig(the: string, { origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `${the} may have at most ${counted(maximum, 'character')}.`;
  if (origin === 'array' || origin === 'set') return `${the} may have at most ${counted(maximum, 'entry')}.`;
  if (maximum === Number.MAX_SAFE_INTEGER) return `${the} is too large.`;
  return `${the} must be ${inclusive === false ? 'less than' : 'at most'} ${maximum}.`;
}

function counted(count: number | bigint, noun: 'character' | 'entry'): string {
  if (Number(count) === 1) return `1 ${noun}`;
  return `${count} ${noun === 'entry' ? 'entries' : `${noun}s`}`;
}

function oneOf(the: string, values: readonly unknown[]): string {
  const listed = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  if (listed.length === 1) return `${the} can only be "${listed[0]}".`;
  return `${the} must be one of: ${listed.join(', ')}.`;
}

const formats: Readonly<Record<string, string>> = {
  email: 'Give an e-mail address such as ada@example.com.',
  url: 'Give a whole web address, with https://.',
  datetime: 'Give a time with its offset, such as 2027-01-31T08:00:00Z or 2027-01-31T09:00:00+01:00.',
  date: 'Give a day such as 2027-01-31.',
};
