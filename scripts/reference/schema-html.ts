/**
 * A JSON Schema as a reader wants it: a list of fields with type, bounds and what they mean. Named schemas are links; what is
 * written in place can be unfolded.
 */
import { isSchema } from '../openapi/examples.ts';
import type { JsonSchema } from '../openapi/schemas.ts';
import { escapeHtml, inline } from './text-html.ts';

/** More choices than these are folded. */
const choicesShownMax = 12;
/** Deeper lists are folded. */
const depthShownMax = 1;

/** The fields of an object, or what else a schema allows. */
export function schemaHtml(schema: JsonSchema, depth = 0): string {
  const fields = fieldsHtml(schema, depth);
  const choices = choicesOf(schema).map((choice) => `<li>${typeHtml(choice)}${inner(choice, depth)}</li>`);
  if (choices.length > 1 && fields === '') return `<p>One of:</p><ul class="fields">${choices.join('')}</ul>`;
  return fields === '' ? `<p>${typeHtml(schema)}</p>${inner(schema, depth)}` : fields;
}

function fieldsHtml(schema: JsonSchema, depth: number): string {
  const properties = schema.properties;
  if (!isSchema(properties)) return '';
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries(properties).map(([name, property]) =>
    isSchema(property) ? fieldHtml(name, property, required.includes(name), depth) : '',
  );
  return fields.length === 0 ? '' : `<ul class="fields">${fields.join('')}</ul>`;
}

/** One field, or one parameter. */
export function fieldHtml(name: string, schema: JsonSchema, isRequired: boolean, depth = 0, note?: unknown): string {
  const text = note ?? schema.description;
  const said = typeof text === 'string' ? `<p>${inline(text)}</p>` : '';
  const preset = 'default' in schema ? ` <small>otherwise ${escapeHtml(JSON.stringify(schema.default))}</small>` : '';
  const must = isRequired ? ' <em>required</em>' : '';
  return `<li><code>${escapeHtml(name)}</code> ${typeHtml(schema)}${must}${preset}${said}${inner(schema, depth)}</li>`;
}

/** What is inside of a field, folded when it lies deep. */
function inner(schema: JsonSchema, depth: number): string {
  const content = contentOf(schema, depth + 1);
  if (content === '') return '';
  return `<details${depth < depthShownMax ? ' open' : ''}><summary>fields</summary>${content}</details>`;
}

function contentOf(schema: JsonSchema, depth: number): string {
  const own = fieldsHtml(schema, depth);
  if (own !== '') return own;
  const { items, additionalProperties } = schema;
  if (isSchema(items)) return contentOf(items, depth);
  const choices = choicesOf(schema).filter((choice) => contentOf(choice, depth) !== '');
  if (choices.length === 1) return contentOf(choices[0] ?? {}, depth);
  if (choices.length > 1)
    return `<ul class="fields">${choices.map((choice) => `<li>${titleOf(choice)}${contentOf(choice, depth)}</li>`).join('')}</ul>`;
  return isSchema(additionalProperties) ? contentOf(additionalProperties, depth) : '';
}

/** A choice among objects is known by the field that says which it is. */
function titleOf({ properties }: JsonSchema): string {
  const marks = isSchema(properties) ? Object.entries(properties) : [];
  const [mark] = marks.filter(([, field]) => isSchema(field) && 'const' in field);
  return mark !== undefined && isSchema(mark[1])
    ? `<code>${escapeHtml(mark[0])}</code> ${typeHtml(mark[1])}`
    : '<span class="type">object</span>';
}

function choicesOf({ anyOf, oneOf, allOf }: JsonSchema): readonly JsonSchema[] {
  const listed: unknown = anyOf ?? oneOf ?? allOf;
  return Array.isArray(listed) ? listed.filter(isSchema) : [];
}

function typeHtml(schema: JsonSchema): string {
  const { $ref: ref, type, items, additionalProperties } = schema;
  if (typeof ref === 'string') return schemaLink(ref.slice(ref.lastIndexOf('/') + 1));
  if ('const' in schema) return `<code class="value">${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (Array.isArray(schema.enum)) return enumHtml(schema.enum);
  const choices = choicesOf(schema);
  if (choices.length > 0)
    return [...new Set(choices.map(typeHtml))].join(schema.allOf === undefined ? ' or ' : ' and ');
  if (isSchema(items)) return `<span class="type">list${boundsOf(schema)} of</span> ${typeHtml(items)}`;
  if (type === 'object' && isSchema(additionalProperties) && Object.keys(additionalProperties).length > 0)
    return `<span class="type">object of</span> ${typeHtml(additionalProperties)}`;
  const named = Array.isArray(type) ? type.join(' or ') : String(type ?? 'anything');
  return `<span class="type">${escapeHtml(named + formatOf(schema) + boundsOf(schema))}</span>`;
}

export function schemaLink(name: string): string {
  return `<a href="/docs/schemas#${name}">${name}</a>`;
}

function enumHtml(choices: readonly unknown[]): string {
  const listed = choices.map((choice) => `<code class="value">${escapeHtml(JSON.stringify(choice))}</code>`).join(' ');
  return choices.length > choicesShownMax
    ? `<details class="choices"><summary>one of ${choices.length}</summary>${listed}</details>`
    : listed;
}

function formatOf(schema: JsonSchema): string {
  const pattern = typeof schema.pattern === 'string' ? schema.pattern : '';
  const prefix = /^\^([a-z]+_)/.exec(pattern)?.[1];
  if (prefix !== undefined) return ` ${prefix}…`;
  return typeof schema.format === 'string' ? ` (${schema.format})` : '';
}

function boundsOf(schema: JsonSchema): string {
  const low = schema.minimum ?? schema.minLength ?? schema.minItems;
  const high = schema.maximum ?? schema.maxLength ?? schema.maxItems;
  if (low === undefined && high === undefined) return '';
  if (high === undefined) return low === 0 ? '' : `, at least ${low}`;
  return low === undefined ? `, at most ${high}` : `, ${low} to ${high}`;
}
