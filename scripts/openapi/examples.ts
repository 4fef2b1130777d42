/**
 * Makes an example of what a JSON Schema describes, so that every operation in the reference can be tried by pasting. Values
 * are taken from the schema where it says enough, else from the field's name. An example that its own schema refuses is
 * not shown; `document.ts` sees to that.
 */
import type { JsonSchema } from './schemas.ts';

const sampleTail = '01ka3h8m5x7qz9c2v4t6r8w0ye';

/** Values for fields whose schema leaves them free, by name. */
const byName: Readonly<Record<string, unknown>> = {
  email: 'ada@example.com',
  name: 'Example',
  title: 'Linen shirt',
  handle: 'linen-shirt',
  sku: 'SHIRT-M',
  country: 'DE',
  currency: 'EUR',
  amount: 1999,
  quantity: 1,
  reason: 'Counted',
  firstName: 'Ada',
  lastName: 'Lovelace',
  address1: 'Unter den Linden 1',
  city: 'Berlin',
  postalCode: '10117',
  taxRate: '0.19',
  provider: 'manual',
};

/** Deep enough for every body of ours; a schema that refers to itself ends here. */
const depthMax = 8;

export function exampleOf(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  name = '',
  depth = 0,
): unknown {
  if (depth > depthMax) return null;
  const ref = schema.$ref;
  if (typeof ref === 'string')
    return exampleOf(components[ref.slice(ref.lastIndexOf('/') + 1)] ?? {}, components, name, depth + 1);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return exampleOf(choices[0] ?? {}, components, name, depth + 1);
  if (Array.isArray(schema.enum)) return schema.enum.includes(byName[name]) ? byName[name] : schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return objectOf(schema, components, depth);
  if (type === 'array')
    return isSchema(schema.items) ? [exampleOf(schema.items, components, singular(name), depth + 1)] : [];
  if (name in byName) return byName[name];
  if (type === 'integer' || type === 'number') return Math.max(1, Number(schema.minimum ?? 1));
  if (type === 'boolean') return true;
  return type === 'string' ? stringOf(schema) : null;
}

function objectOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>, depth: number): object {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  // A body without a required field, as of an edit, is more telling with its first field than empty.
  const names =
    required.length > 0
      ? Object.keys(properties).filter((name) => required.includes(name))
      : Object.keys(properties).slice(0, 1);
  return withFields({}, names, properties, components, depth);
}

function withFields(
  start: object,
  names: readonly string[],
  properties: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  depth: number,
): object {
  const fields = names.map((name) => {
    const property = properties[name];
    return [name, exampleOf(isSchema(property) ? property : {}, components, name, depth + 1)];
  });
  return { ...start, ...Object.fromEntries(fields) };
}

/**
 * The first example that `isRight` takes: the required fields, else these with one optional field, because a rule may ask
 * for one of several. Undefined when none is right.
 */
export function rightExample(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  isRight: (example: unknown) => boolean,
): unknown {
  const plain = exampleOf(schema, components);
  if (isRight(plain)) return plain;
  const ref = schema.$ref;
  const own = typeof ref === 'string' ? (components[ref.slice(ref.lastIndexOf('/') + 1)] ?? {}) : schema;
  const properties = isSchema(own.properties) ? own.properties : {};
  const start = typeof plain === 'object' && plain !== null ? plain : {};
  return Object.keys(properties)
    .map((name) => withFields(start, [name], properties, components, 0))
    .find(isRight);
}

function stringOf(schema: JsonSchema): string {
  const pattern = typeof schema.pattern === 'string' ? schema.pattern : '';
  const prefix = /^\^([a-z]+_)/.exec(pattern)?.[1];
  if (prefix !== undefined) return prefix + sampleTail;
  if (schema.format === 'uri') return 'https://example.com/';
  if (schema.format === 'date-time') return '2026-11-20T12:00:00Z';
  return 'example';
}

function singular(name: string): string {
  if (name === 'countries') return 'country';
  if (name === 'currencies') return 'currency';
  return name.endsWith('s') ? name.slice(0, -1) : name;
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
