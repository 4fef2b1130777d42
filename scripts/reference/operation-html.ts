/**
 * One operation: what it does, what it takes, a call that can be pasted, an answer that was really given, how it may be
 * refused, and a form that calls the running shop.
 */
import type { OpenApiDocument } from '../openapi/document.ts';
import { isSchema } from '../openapi/examples.ts';
import type { JsonSchema } from '../openapi/schemas.ts';
import type { Entry } from './groups.ts';
import { fieldHtml, schemaHtml, schemaLink } from './schema-html.ts';
import { block, escapeHtml, inline, sentence } from './text-html.ts';

type Auth = 'admin' | 'order' | 'none';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
  readonly note: unknown;
}

export function operationHtml(entry: Entry, document: OpenApiDocument): string {
  const { id, name, operation } = entry;
  const parameters = parametersOf(operation, document);
  return `<article id="${id}">
<div class="text">
<h2><a href="#${id}">${escapeHtml(name)}</a></h2>
<p class="address">${addressHtml(entry)}</p>
<p>${sentence(String(operation.summary))}${whoMayCall(authOf(operation))}</p>
${parametersHtml(parameters)}${bodyHtml(operation, document)}${successHtml(operation)}${refusalsHtml(operation, document)}
</div>
<div class="samples">
${block(curlOf(entry, parameters))}
${answerHtml(operation)}
${tryHtml(entry, parameters)}
</div>
</article>`;
}

export function addressHtml({ method, path }: Entry): string {
  return `<b class="${method.toLowerCase()}">${method}</b> <code>${escapeHtml(path).replaceAll(/(?<=.)\//g, '<wbr>/')}</code>`;
}

function authOf(operation: JsonSchema): Auth {
  const security = JSON.stringify(operation.security ?? []);
  if (security.includes('adminKey')) return 'admin';
  return security.includes('orderToken') ? 'order' : 'none';
}

function whoMayCall(auth: Auth): string {
  const texts = { admin: 'Needs the admin key.', order: 'Needs the access token of the order.', none: '' };
  return texts[auth] === '' ? '' : ` <small>${texts[auth]}</small>`;
}

function parametersOf(operation: JsonSchema, document: OpenApiDocument): readonly Parameter[] {
  const listed: unknown[] = Array.isArray(operation.parameters) ? operation.parameters : [];
  return listed.map((part) => {
    const own = resolved(part, document);
    const schema = isSchema(own.schema) ? own.schema : {};
    const isRequired = own.required === true;
    return { name: String(own.name), in: String(own.in), isRequired, schema, note: own.description };
  });
}

function resolved(part: unknown, document: OpenApiDocument): JsonSchema {
  if (!isSchema(part)) return {};
  const ref = part.$ref;
  if (typeof ref !== 'string') return part;
  const [, , kind = '', name = ''] = ref.split('/');
  const shelf = document.components[kind];
  const found = isSchema(shelf) ? shelf[name] : undefined;
  return isSchema(found) ? found : {};
}

const places: readonly [where: string, title: string][] = [
  ['path', 'In the address'],
  ['query', 'Query'],
  ['header', 'Headers'],
];

function parametersHtml(parameters: readonly Parameter[]): string {
  return places
    .map(([where, title]) => [title, parameters.filter((parameter) => parameter.in === where)] as const)
    .filter(([, own]) => own.length > 0)
    .map(([title, own]) => {
      const rows = own.map(({ name, schema, isRequired, note }) => fieldHtml(name, schema, isRequired, 1, note));
      return `<h3>${title}</h3><ul class="fields">${rows.join('')}</ul>`;
    })
    .join('\n');
}

function contentOf(holder: unknown): { readonly type: string; readonly media: JsonSchema } | null {
  if (!isSchema(holder) || !isSchema(holder.content)) return null;
  const [first] = Object.entries(holder.content);
  return first !== undefined && isSchema(first[1]) ? { type: first[0], media: first[1] } : null;
}

/** A named body is written out here, where it is needed; what is inside of it stays a link. */
function bodyHtml(operation: JsonSchema, document: OpenApiDocument): string {
  const content = contentOf(operation.requestBody);
  if (content === null) return '';
  const { schema } = content.media;
  return `<h3>Body <small>${escapeHtml(content.type)}</small></h3>${schemaHtml(resolved(schema, document))}`;
}

/** The names of what is asked for, by which people look for an operation too. */
export function fieldsOf(operation: JsonSchema, document: OpenApiDocument): string {
  const body = resolved(contentOf(operation.requestBody)?.media.schema, document);
  const own = isSchema(body.properties) ? Object.keys(body.properties) : [];
  const asked = parametersOf(operation, document).filter(({ in: where }) => where === 'query');
  return [...own, ...asked.map(({ name }) => name)].join(' ');
}

function successes(operation: JsonSchema): readonly [status: string, response: JsonSchema][] {
  const responses = isSchema(operation.responses) ? Object.entries(operation.responses) : [];
  return responses.flatMap(([status, response]) =>
    status < '400' && isSchema(response) ? [[status, response] satisfies [string, JsonSchema]] : [],
  );
}

function successHtml(operation: JsonSchema): string {
  const rows = successes(operation).map(([status, response]) => {
    const content = contentOf(response);
    const schema = content !== null && isSchema(content.media.schema) ? content.media.schema : null;
    const ref = schema?.$ref;
    const what = typeof ref === 'string' ? ` ${schemaLink(ref.slice(ref.lastIndexOf('/') + 1))}` : '';
    const whole = schema !== null && typeof ref !== 'string' ? schemaHtml(schema, 1) : '';
    return `<li><code class="status">${status}</code> ${inline(String(response.description))}${what}${whole}</li>`;
  });
  return `<h3>Answers</h3><ul class="fields">${rows.join('')}</ul>`;
}

function refusalsHtml(operation: JsonSchema, document: OpenApiDocument): string {
  const responses = isSchema(operation.responses) ? Object.entries(operation.responses) : [];
  const rows = responses
    .filter(([status]) => status >= '400')
    .flatMap(([status, response]) =>
      [...String(resolved(response, document).description).matchAll(/`([a-z-]+)`: (.*?)\.(?= `|$)/g)].map(
        ([, code = '', title = '']) =>
          `<li><code class="status">${status}</code> <a href="/problems/${code}">${code}</a> <small>${inline(title)}</small></li>`,
      ),
    );
  return `<details class="refusals"><summary>Refusals (${rows.length})</summary><ul class="fields">${rows.join('')}</ul></details>`;
}

function exampleBody(operation: JsonSchema): string | null {
  const example = contentOf(operation.requestBody)?.media.example;
  if (example === undefined) return null;
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2);
}

/** A machine that runs the shop has Node; `uuidgen` is missing on many. */
const newKey = "$(node -p 'crypto.randomUUID()')";

function curlOf({ method, path, operation }: Entry, parameters: readonly Parameter[]): string {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${shellName(name)}`);
  const parts = [`curl${method === 'GET' ? '' : ` -X ${method}`} "$SHOP${address}"`];
  const auth = authOf(operation);
  if (auth === 'admin') parts.push('-H "Authorization: Bearer $ADMIN_KEY"');
  if (auth === 'order') parts.push('-H "Authorization: Bearer $ORDER_TOKEN"');
  if (parameters.some(({ name }) => name === 'Idempotency-Key')) parts.push(`-H "Idempotency-Key: ${newKey}"`);
  const content = contentOf(operation.requestBody);
  if (content !== null) {
    const body = exampleBody(operation);
    parts.push(`-H "Content-Type: ${content.type}"`);
    if (content.type !== 'application/json') parts.push('--data-binary @FILE');
    else if (body !== null) parts.push(`-d '${body.replaceAll("'", "'\\''")}'`);
  }
  return parts.join(' \\\n  ');
}

/** `orderId` is `$ORDER_ID` in a shell. */
function shellName(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

function answerHtml(operation: JsonSchema): string {
  for (const [status, response] of successes(operation)) {
    const example = contentOf(response)?.media.example;
    if (example === undefined) continue;
    const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
    return `<h3>An answer <code class="status">${status}</code></h3><div class="answer">${block(text, 'json')}</div>`;
  }
  const reason = operation['x-no-example'];
  return typeof reason === 'string' ? `<p><small>No example: ${inline(reason)}</small></p>` : '';
}

function tryHtml({ id, method, path, operation }: Entry, parameters: readonly Parameter[]): string {
  const auth = authOf(operation);
  const secret = (label: string): string =>
    `<label>${label} <input type="password" data-secret="${auth}" autocomplete="off" spellcheck="false"></label>`;
  const inputs = parameters
    .filter(({ in: where }) => where !== 'header')
    .map(
      ({ name, in: where, isRequired }) =>
        `<label>${escapeHtml(name)} <input name="${escapeHtml(name)}" data-in="${where}" autocomplete="off"${isRequired ? ' required' : ''}></label>`,
    );
  if (parameters.some(({ name }) => name === 'If-Match'))
    inputs.push('<label>If-Match <input name="If-Match" data-in="header" autocomplete="off"></label>');
  const content = contentOf(operation.requestBody);
  const body =
    content === null
      ? ''
      : `<label>Body <textarea data-in="body" data-type="${escapeHtml(content.type)}" rows="8" spellcheck="false">${escapeHtml(exampleBody(operation) ?? '')}</textarea></label>`;
  const takesKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  return `<details class="try"><summary>Try it</summary>
<form data-method="${method}" data-path="${escapeHtml(path)}"${takesKey ? ' data-key' : ''} aria-label="Try ${escapeHtml(id)}">
${auth === 'admin' ? secret('Admin key') : ''}${auth === 'order' ? secret('Access token of the order') : ''}${inputs.join('')}${body}
<button>Send to this shop</button>
<output></output>
</form></details>`;
}
