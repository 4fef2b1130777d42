/**
 * Requests made at random from the OpenAPI document: most are right but for one thing. The values that spoil them are the
 * ones that break programs: edges of numbers, strings that are no text, wrong types, missing and unknown fields.
 */
import fc from 'fast-check';
import { type DocumentedOperation, type DocumentedParameter, faultIn, type Schema } from './openapi-document.ts';

export interface ArbitraryRequest {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** Undefined when the operation takes no body. */
  readonly body: string | undefined;
  /** Why the document forbids it; null when it does not. */
  readonly fault: string | null;
}

/** Values that exist in the shop, by the name of the parameter or field. */
export type Known = Readonly<Record<string, readonly string[]>>;

const naughtyStrings = [
  ...[
    '',
    ' ',
    'a\u0000b',
    '\ud800',
    '\u202e\u202d',
    '😀'.repeat(30),
    'x'.repeat(5_000),
    "' or 1=1 --",
    '%',
    '%00',
    '..',
  ],
  ...[
    '../../etc/passwd',
    '<script>',
    '{{7*7}}',
    'null',
    'undefined',
    '-1',
    '1e308',
    '__proto__',
    'constructor',
    '\u00e9',
  ],
];
const naughty: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  ...naughtyStrings,
  ...[null, true, false, 0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 31, [], {}, [[]], [null], { a: {} }],
  ...[JSON.parse('{"__proto__":{"a":1}}'), Array.from({ length: 300 }, () => 1)],
);

/** One value that a schema allows, short and dense rather than typical. */
function arbitraryOf(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  const alternatives = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((one: Schema) => arbitraryOf(one, known, name)));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const here = known[name];
  if (here !== undefined && schema.type === 'string') return fc.constantFrom(...here);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, known);
    case 'array': {
      const maxLength = Math.min(Number(schema.maxItems ?? 3), 3);
      return fc.array(arbitraryOf(schema.items ?? {}, known, name), {
        minLength: Number(schema.minItems ?? 0),
        maxLength,
      });
    }
    case 'integer':
      return integerOf(schema);
    case 'number':
      return fc.integer({ min: 0, max: 100 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return stringOf(schema);
  }
}

function integerOf(schema: Schema): fc.Arbitrary<number> {
  const [min, max] = [Number(schema.minimum ?? 0), Number(schema.maximum ?? 1_000)];
  const least = Math.max(min, -5);
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min: least, max: Math.max(least, Math.min(max, 5)) }));
}

function stringOf(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'email') return fc.constant('ada@example.com');
  if (schema.format === 'uri') return fc.constant('https://example.com/a.png');
  // Of some texts few of the right form are true: most countries that could be are none.
  const examples = Array.isArray(schema.examples) ? schema.examples.map(String) : [];
  if (typeof schema.pattern === 'string' && examples.length > 0)
    return fc.oneof(fc.constantFrom(...examples), fc.stringMatching(new RegExp(schema.pattern), { size: '-1' }));
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern), { size: '-1' });
  const maxLength = Math.min(Number(schema.maxLength ?? 20), 20);
  return fc.oneof(fc.string({ minLength: Number(schema.minLength ?? 0), maxLength }), fc.constantFrom('a', 'Étagère'));
}

function objectOf(schema: Schema, known: Known): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(schema.properties ?? {});
  const required = Array.isArray(schema.required) ? schema.required : [];
  const model = Object.fromEntries(properties.map(([key, one]) => [key, arbitraryOf(one, known, key)]));
  return fc.record(model, { requiredKeys: properties.map(([key]) => key).filter((key) => required.includes(key)) });
}

/** Spoils one place of a value: replaces it, removes it, or adds what nobody asked for. */
function spoilt(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return naughty;
  const keys = Object.keys(value);
  const inside = keys.map((key) => {
    const member: unknown = Reflect.get(value, key);
    return spoilt(member).map((bad) => withMember(value, key, bad));
  });
  const removed = keys.map((key) => fc.constant(withMember(value, key, undefined)));
  const added = Array.isArray(value)
    ? [naughty.map((bad) => [...value, bad])]
    : ['surprise', 'id', 'price'].map((key) => naughty.map((bad) => withMember(value, key, bad)));
  return fc.oneof(...inside, ...removed, ...added, naughty);
}

function withMember(value: object, key: string, member: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown, index) => (String(index) === key ? member : one));
  return { ...value, [key]: member };
}

const spoiltText = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(text.slice(0, -1), `${text},`, text.replace('{', '{,'), text.replaceAll('"', "'"), 'NaN');

/** Requests to any of the operations. */
export function arbitraryRequest(
  operations: readonly DocumentedOperation[],
  known: Known,
): fc.Arbitrary<ArbitraryRequest> {
  return fc.constantFrom(...operations).chain((operation) =>
    fc.tuple(parametersOf(operation, known), bodyOf(operation, known)).map(([{ path, faults }, body]) => ({
      operationId: operation.id,
      method: operation.method,
      path,
      body: body.text,
      fault: [...faults, ...(body.fault === null ? [] : [body.fault])][0] ?? null,
    })),
  );
}

function bodyOf(
  { body }: DocumentedOperation,
  known: Known,
): fc.Arbitrary<{ text: string | undefined; fault: string | null }> {
  if (body === null) return fc.constant({ text: undefined, fault: null });
  const judged = (value: unknown) => {
    const text = JSON.stringify(value) ?? 'null';
    return { text, fault: faultIn(body, JSON.parse(text)) };
  };
  const valid = arbitraryOf(body, known, '');
  return fc.oneof(
    { weight: 3, arbitrary: valid.map(judged) },
    { weight: 6, arbitrary: valid.chain(spoilt).map(judged) },
    {
      weight: 1,
      arbitrary: valid
        .chain((value) => spoiltText(JSON.stringify(value)))
        .map((text) => ({ text, fault: isJson(text) ? null : 'no JSON' })),
    },
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parametersOf(operation: DocumentedOperation, known: Known): fc.Arbitrary<{ path: string; faults: string[] }> {
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const textOf = (parameter: DocumentedParameter) => {
    const good = arbitraryOf(parameter.schema, known, parameter.name).map(String);
    return fc.oneof({ weight: 7, arbitrary: good }, { weight: 2, arbitrary: fc.constantFrom(...naughtyStrings) });
  };
  // With a part that is empty it would be another address.
  const inPathOf = (parameter: DocumentedParameter) => textOf(parameter).filter((text) => text !== '');
  const chosen = fc.tuple(
    fc.tuple(...inPath.map(inPathOf)),
    fc.tuple(...inQuery.map((parameter) => fc.option(textOf(parameter), { nil: undefined, freq: 2 }))),
    fc.option(fc.constantFrom('surprise', 'Limit', ''), { nil: undefined, freq: 9 }),
  );
  return chosen.map(([pathValues, queryValues, unknown]) => {
    const path = inPath.reduce(
      (address, { name }, index) => address.replace(`{${name}}`, escaped(pathValues[index] ?? '')),
      operation.path,
    );
    const pairs = inQuery.flatMap((parameter, index) => {
      const value = queryValues[index];
      return value === undefined ? [] : [{ parameter, value }];
    });
    const faults = pairs.flatMap(({ parameter, value }) => queryFault(parameter, value) ?? []);
    // An address without documented parameters takes any, such as those that trackers add.
    if (unknown !== undefined && inQuery.length > 0) faults.push(`the parameter "${unknown}" is unknown`);
    const query = pairs.map(({ parameter, value }) => `${parameter.name}=${escaped(value)}`);
    if (unknown !== undefined) query.push(`${unknown}=1`);
    return { path: query.length === 0 ? path : `${path}?${query.join('&')}`, faults };
  });
}

/** A lone surrogate cannot be written in an address; its replacement can. */
const escaped = (value: string): string => encodeURIComponent(value.toWellFormed());

function queryFault({ name, schema }: DocumentedParameter, value: string): string | null {
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  const fault = faultIn(schema, isNumber && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value);
  return fault === null ? null : `${name}: ${fault}`;
}
