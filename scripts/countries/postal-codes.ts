/**
 * How the postal codes of a country are written: their form as a regular expression, an example, and where a space or hyphen
 * stands in them, read off the examples of the post.
 */
import type { PostalRules } from './sources.ts';

export interface TablePostalCode {
  /** A regular expression for the whole code, in capitals. */
  readonly pattern: string;
  readonly example: string;
  /** Where a code of so many characters is separated: `length:place:separator`, counted from its beginning. */
  readonly separators: readonly string[];
}

export function postalCodeOf({ zip, zipex }: PostalRules): TablePostalCode | null {
  if (zip === undefined) return null;
  // A range stands for both of its ends.
  const examples = (zipex ?? '')
    .split(',')
    .flatMap((part) => part.split(':'))
    .filter((example) => example !== '');
  const isCode = new RegExp(`^(?:${zip})$`);
  const valid = examples.filter((example) => isCode.test(example));
  const places = new Map<string, { readonly place: number; readonly separator: string }[]>();
  for (const example of valid) {
    const compact = example.replace(/[ -]/g, '');
    const place = example.search(/[ -]/);
    const lengths = places.get(String(compact.length)) ?? [];
    lengths.push({ place, separator: place === -1 ? '' : (example[place] ?? '') });
    places.set(String(compact.length), lengths);
  }
  const separators = [...places].flatMap(([length, found]) => {
    const separated = found.filter(({ place }) => place !== -1);
    // Most examples decide: a code for the forces abroad is written in a way of its own.
    const [usual] = [...Map.groupBy(separated, ({ place, separator }) => `${place}:${separator}`)].sort(
      ([, one], [, other]) => other.length - one.length,
    );
    const isUsual = usual !== undefined && usual[1].length * 2 > found.length;
    return isUsual ? [`${length}:${usual[0]}`] : [];
  });
  return { pattern: zip, example: valid[0] ?? '', separators };
}
