/** A JSON Schema as a reader wants it: fields with their types and bounds, references as links, deep parts folded away. */
import { isSchema } from '../openapi/examples.ts';
import type { JsonSchema } from '../openapi/schemas.ts';
import { escapeHtml } from './text-html.ts';

/** More choices than these are folded. */
const choicesShownMax = 8;

export function schemaHtml(schema: JsonSchema): string {
  const properties = schema.properties;
  if (isSchema(properties) && Object.keys(properties).length > 0) return objectHtml(schema, properties);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (Array.isArray(choices)) {
    const glue = schema.allOf === undefined ? ' <em>or</em> ' : ' <em>and</em> ';
    return choices.map((choice) => (isSchema(choice) ? schemaHtml(choice) : '')).join(glue);
  }
  const items = schema.items;
  if (isSchema(items)) return `<span class="type">list${boundsOf(schema)} of</span> ${schemaHtml(items)}`;
  const rest = schema.additionalProperties;
  if (schema.type === 'object' && isSchema(rest) && Object.keys(rest).length > 0)
    return `<span class="type">object with values</span> ${schemaHtml(rest)}`;
  return typeHtml(schema);
}

function objectHtml(schema: JsonSchema, properties: JsonSchema): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const rows = Object.entries(properties).map(([name, property]) => {
    const mark = required.includes(name) ? '<sup title="required">*</sup>' : '';
    return `<tr><td><code>${escapeHtml(name)}</code>${mark}</td><td>${isSchema(property) ? schemaHtml(property) : ''}</td></tr>`;
  });
  return `<table class="fields"><tbody>${rows.join('')}</tbody></table>`;
}

function typeHtml(schema: JsonSchema): string {
  const note = typeof schema.description === 'string' ? ` ${escapeHtml(schema.description)}` : '';
  const preset = 'default' in schema ? ` <small>else ${escapeHtml(JSON.stringify(schema.default))}</small>` : '';
  const ref = schema.$ref;
  if (typeof ref === 'string') {
    const name = ref.slice(ref.lastIndexOf('/') + 1);
    return `<a href="#schema-${name}">${name}</a>${preset}${note}`;
  }
  if ('const' in schema) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>${note}`;
  const choices = schema.enum;
  if (Array.isArray(choices)) return `${enumHtml(choices)}${preset}${note}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? 'anything');
  return `<span class="type">${escapeHtml(type + formatOf(schema) + boundsOf(schema))}</span>${preset}${note}`;
}

function enumHtml(choices: readonly unknown[]): string {
  const listed = choices.map((choice) => `<code>${escapeHtml(JSON.stringify(choice))}</code>`).join(' ');
  return choices.length > choicesShownMax
    ? `<details><summary>one of ${choices.length}</summary>${listed}</details>`
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
  if (high === undefined) return `, at least ${low}`;
  return low === undefined ? `, at most ${high}` : `, ${low} to ${high}`;
}
