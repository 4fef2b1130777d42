/**
 * Gives every field and parameter of the document its sentence. A schema that describes a field itself wins; else the
 * field's own entry (`Order.number`) counts, else what its name means everywhere.
 */
import { isSchema } from './examples.ts';
import { texts } from './field-texts/index.ts';
import type { JsonSchema } from './schemas.ts';

/** What a field means, by the schema or operation that it stands in. Undefined when nobody has said it. */
function textOf(holder: string, name: string): string | undefined {
  return texts[`${holder}.${name}`] ?? texts[name];
}

interface Describable {
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly 'x-events': Readonly<Record<string, JsonSchema>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** The document with its sentences. */
export function withFieldTexts<Document extends Describable>(document: Document): Document {
  const copy = structuredClone(document);
  for (const { holder, name, field } of fieldsOf(copy)) {
    const text = !isDescribed(field) ? textOf(holder, name) : undefined;
    if (text !== undefined) field.description = text;
  }
  return copy;
}

/** The fields and parameters that say nothing, as `Schema.field`. */
export function fieldsWithoutText(document: Describable): readonly string[] {
  const silent = [...fieldsOf(document)].filter(({ field }) => !isDescribed(field));
  return [...new Set(silent.map(({ holder, name }) => `${holder}.${name}`))];
}

/** A parameter may leave it to its schema. */
function isDescribed({ description, schema }: JsonSchema): boolean {
  return typeof description === 'string' || (isSchema(schema) && typeof schema.description === 'string');
}

interface Field {
  readonly holder: string;
  readonly name: string;
  readonly field: JsonSchema;
}

function* fieldsOf(document: Describable): Generator<Field> {
  for (const [name, schema] of Object.entries(document.components.schemas))
    yield* within(name.replace(/Input$/, ''), schema);
  for (const [type, { schema }] of Object.entries(document['x-events'])) yield* within(type, schema);
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    const id = String(operation.operationId);
    const parameters: unknown[] = Array.isArray(operation.parameters) ? operation.parameters : [];
    for (const field of parameters)
      if (isSchema(field) && typeof field.name === 'string') yield { holder: id, name: field.name, field };
    yield* within(id, [operation.requestBody, operation.responses]);
  }
}

/** Examples are data, in which a member called `properties` means nothing. */
function* within(holder: string, part: unknown): Generator<Field> {
  if (Array.isArray(part)) for (const member of part) yield* within(holder, member);
  if (!isSchema(part)) return;
  if (isSchema(part.properties))
    for (const [name, field] of Object.entries(part.properties)) if (isSchema(field)) yield { holder, name, field };
  for (const [key, member] of Object.entries(part)) if (key !== 'example') yield* within(holder, member);
}
