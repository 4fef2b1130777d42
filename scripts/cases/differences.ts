/**
 * Where an answer differs from what is expected, as one sentence per place. An answer may say more than a case asks: fields
 * of objects that are not expected are left alone, but lists must have the same length and order.
 */

export function differencesOf(expected: unknown, actual: unknown, place = ''): readonly string[] {
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
