/**
 * Where an answer differs from what is expected, as one sentence per place. An answer may say more than a case asks: fields
 * of objects that are not expected are left alone, but lists must have the same length and order.
 */

/** Something that an answer can only say when it is asked: whether a bound or a choice of words fits what it found. */
export class Claim {
  readonly found: unknown;
  readonly #agrees: (expected: unknown) => boolean;

  private constructor(found: unknown, agrees: (expected: unknown) => boolean) {
    this.found = found;
    this.#agrees = agrees;
  }

  static atLeast(least: number): Claim {
    return new Claim(least, (bound) => typeof bound === 'number' && least >= bound);
  }

  static atMost(most: number): Claim {
    return new Claim(most, (bound) => typeof bound === 'number' && most <= bound);
  }

  /** Each of what was found is the expected. Of nothing that is true. */
  static all(found: readonly unknown[]): Claim {
    return new Claim(found, (expected) => found.every((one) => Object.is(one, expected)));
  }

  /** Each of the words is one of those that were expected, as in `refused-or-repriced`. */
  static amongWords(found: readonly string[]): Claim {
    return new Claim(found, (expected) => {
      const words = typeof expected === 'string' ? expected.split('-or-') : [];
      return found.every((word) => words.includes(word));
    });
  }

  agrees(expected: unknown): boolean {
    return this.#agrees(expected);
  }
}

export function differencesOf(expected: unknown, actual: unknown, place = ''): readonly string[] {
  if (actual instanceof Claim)
    return actual.agrees(expected)
      ? []
      : [`${place || 'answer'}: expected ${show(expected)}, got ${show(actual.found)}`];
  if (Array.isArray(expected) && Array.isArray(actual)) return listDifferences(expected, actual, place);
  if (isRecord(expected) && isRecord(actual)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      differencesOf(value, actual[name], place === '' ? name : `${place}.${name}`),
    );
  }
  return Object.is(expected, actual) ? [] : [`${place || 'answer'}: expected ${show(expected)}, got ${show(actual)}`];
}

function listDifferences(expected: readonly unknown[], actual: readonly unknown[], place: string): readonly string[] {
  const inside = expected
    .slice(0, actual.length)
    .flatMap((value, index) => differencesOf(value, actual[index], `${place}[${index}]`));
  if (expected.length === actual.length) return inside;
  return [
    ...inside,
    `${place || 'answer'}: expected ${expected.length} entries, got ${actual.length}: ${show(actual)}`,
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Minus zero is told apart from zero: it would be written as such. */
function show(value: unknown): string {
  return Object.is(value, -0) ? '-0' : (JSON.stringify(value) ?? 'nothing');
}
