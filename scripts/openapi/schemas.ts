/**
 * Turns the zod schemas into JSON Schemas with names. A schema is written once for what is answered, and a second time as
 * `…Input` where what may be sent differs (defaults make a field optional on the way in).
 */
import * as z from 'zod';
import { PageLimit, pageSizeDefault, pageSizeMax } from '../../shared/http/pagination.ts';

/** A JSON Schema as plain data. */
export type JsonSchema = { [key: string]: unknown };

export interface SchemaSet {
  /** The components of the document. */
  readonly components: Readonly<Record<string, JsonSchema>>;
  input(schema: z.ZodType): JsonSchema;
  output(schema: z.ZodType): JsonSchema;
}

const prefix = '#/components/schemas/';
/** Marks a reference to the form that is sent, until it is known whether the two forms differ. */
const inputMark = '@input';

/** Converts the schemas of all operations: `sent` are parameters and bodies, `answered` are answers. */
export function convertSchemas(
  named: ReadonlyMap<string, z.ZodType>,
  sent: readonly z.ZodType[],
  answered: readonly z.ZodType[],
): SchemaSet {
  const registry = z.registry<{ id: string }>();
  const idOf = new Map<z.ZodType, string>();
  for (const [name, schema] of named) idOf.set(schema, name);
  for (const schema of [...sent, ...answered]) if (!idOf.has(schema)) idOf.set(schema, `anonymous ${idOf.size}`);
  for (const [schema, id] of idOf) registry.add(schema, { id });
  const outputs = convert(registry, 'output', (id) => prefix + id);
  const inputs = convert(registry, 'input', (id) => prefix + id + inputMark);

  const idsOf = (schemas: readonly z.ZodType[]): string[] => schemas.map((schema) => idOf.get(schema) ?? '');
  const outputNames = reachable(outputs, idsOf(answered));
  const inputNames = reachable(inputs, idsOf(sent));
  const differing = differingNames(outputs, inputs);
  const doubled = new Set([...differing].filter((name) => outputNames.has(name) && inputNames.has(name)));
  const nameOfInput = (name: string): string => (doubled.has(name) ? `${name}Input` : name);
  const resolve = (schema: JsonSchema): JsonSchema =>
    replaceRefs(schema, (name) => (name.endsWith(inputMark) ? nameOfInput(unmarked(name)) : name));

  const components: Record<string, JsonSchema> = {};
  for (const name of [...named.keys()].sort()) {
    if (outputNames.has(name)) components[name] = outputs.get(name) ?? {};
    if (inputNames.has(name)) components[nameOfInput(name)] = resolve(inputs.get(name) ?? {});
  }
  const find = (forms: Map<string, JsonSchema>, schema: z.ZodType, rename: (name: string) => string): JsonSchema => {
    const id = idOf.get(schema) ?? '';
    return named.has(id) ? { $ref: prefix + rename(id) } : resolve(forms.get(id) ?? {});
  };
  return {
    components,
    input: (schema) => find(inputs, schema, nameOfInput),
    output: (schema) => find(outputs, schema, (name) => name),
  };
}

function unmarked(name: string): string {
  return name.endsWith(inputMark) ? name.slice(0, -inputMark.length) : name;
}

/** The ids that some of the forms refer to, by themselves or through others. */
function reachable(forms: Map<string, JsonSchema>, from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...refsOf(forms.get(id)).map(unmarked));
  }
  return found;
}

function convert(
  registry: z.core.$ZodRegistry<{ id: string }>,
  io: 'input' | 'output',
  uri: (id: string) => string,
): Map<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { io, uri, unrepresentable: 'any', override: tidy });
  return new Map(Object.entries(schemas).map(([id, schema]) => [id, withoutKeys(schema)]));
}

function withoutKeys({ $schema: _schema, $id: _id, id: _name, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** Says what a reader wants to know: no bounds that only mean "a safe integer", and a page size as the number that it is. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: JsonSchema }): void {
  if (zodSchema === PageLimit) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: pageSizeMax, default: pageSizeDefault });
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** The names whose two forms differ, by themselves or through what they refer to. */
function differingNames(outputs: Map<string, JsonSchema>, inputs: Map<string, JsonSchema>): Set<string> {
  const different = new Set<string>();
  for (const [id, output] of outputs) {
    if (JSON.stringify(replaceRefs(inputs.get(id) ?? {}, unmarked)) !== JSON.stringify(output)) different.add(id);
  }
  for (let before = -1; before !== different.size; ) {
    before = different.size;
    for (const [id, output] of outputs) if (refsOf(output).some((name) => different.has(name))) different.add(id);
  }
  return different;
}

/** The names that a schema refers to. */
function refsOf(schema: unknown): string[] {
  const names: string[] = [];
  replaceRefs(schema, (name) => {
    names.push(name);
    return name;
  });
  return names;
}

function replaceRefs<Value>(value: Value, rename: (name: string) => string): Value;
function replaceRefs(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((member) => replaceRefs(member, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key === '$ref' && typeof member === 'string' && member.startsWith(prefix))
        return [key, prefix + rename(member.slice(prefix.length))];
      return [key, replaceRefs(member, rename)];
    }),
  );
}
