/**
 * Renders the OpenAPI document as one readable page: no script, nothing loaded from elsewhere, light and dark, an anchor and a
 * pasteable call for every operation. The page states its own content security policy, which allows its one style and no more.
 */
import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '../openapi/document.ts';
import { isSchema } from '../openapi/examples.ts';
import type { JsonSchema } from '../openapi/schemas.ts';
import { docsStyle } from './docs-style.ts';
import { schemaHtml } from './schema-html.ts';
import { code, escapeHtml, inline, prose } from './text-html.ts';

interface Entry {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly operation: JsonSchema;
}

export function renderDocs(document: OpenApiDocument): string {
  const entries = entriesOf(document);
  const hash = createHash('sha256').update(docsStyle).digest('base64');
  const schemaNames = Object.keys(document.components.schemas).sort();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Vitrine: API reference</title>
<style>${docsStyle}</style>
</head>
<body>
<nav aria-label="Operations">
<a class="brand" href="#top">Vitrine</a>
${document.tags.map(({ name }) => navigation(name, entries)).join('\n')}
<details><summary>schemas</summary><ul>${schemaNames.map((name) => `<li><a href="#schema-${name}">${name}</a></li>`).join('')}</ul></details>
</nav>
<main id="top">
<header>
<h1>API reference</h1>
${prose(String(document.info.description))}
<p>The same as data: <a href="/openapi.json">/openapi.json</a> (OpenAPI ${document.openapi}). Every problem code: <a href="/problems">/problems</a>.</p>
<p>In the calls below, ${code('SHOP')} is the address of the shop and ${code('ADMIN_KEY')} its admin key:</p>
<pre><code>export SHOP=http://127.0.0.1:8787 ADMIN_KEY=…</code></pre>
</header>
${document.tags.map(({ name }) => chapter(name, entries, document)).join('\n')}
<section aria-labelledby="schemas"><h2 id="schemas">schemas</h2>
${schemaNames.map((name) => `<article id="schema-${name}"><h3>${name}</h3>${schemaHtml(document.components.schemas[name] ?? {})}</article>`).join('\n')}
</section>
</main>
</body>
</html>
`;
}

function entriesOf(document: OpenApiDocument): Entry[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const tags = operation.tags;
      return {
        id: String(operation.operationId),
        method: method.toUpperCase(),
        path,
        tag: Array.isArray(tags) ? String(tags[0]) : '',
        operation,
      };
    }),
  );
}

function navigation(tag: string, entries: readonly Entry[]): string {
  const items = entries
    .filter((entry) => entry.tag === tag)
    .map((entry) => `<li><a href="#${entry.id}">${badge(entry.method)} <span>${breakable(entry.path)}</span></a></li>`);
  return `<details open><summary>${escapeHtml(tag)}</summary><ul>${items.join('')}</ul></details>`;
}

/** The whole path, which may go on in the next line after each slash. */
function breakable(path: string): string {
  return escapeHtml(path).replaceAll(/(?<=.)\//g, '<wbr>/');
}

function badge(method: string): string {
  return `<b class="${method.toLowerCase()}">${method}</b>`;
}

function chapter(tag: string, entries: readonly Entry[], document: OpenApiDocument): string {
  const own = entries.filter((entry) => entry.tag === tag);
  const anchor = `tag-${tag.replaceAll(/\W+/g, '-')}`;
  return `<section aria-labelledby="${anchor}"><h2 id="${anchor}">${escapeHtml(tag)}</h2>
${own.map((entry) => article(entry, document)).join('\n')}
</section>`;
}

function article(entry: Entry, document: OpenApiDocument): string {
  const { id, method, path, operation } = entry;
  return `<article id="${id}">
<h3><a href="#${id}">${badge(method)} <code>${escapeHtml(path)}</code></a></h3>
<p>${inline(String(operation.summary).replace(/\.$/, ''))}.${whoMayCall(operation)}</p>
<pre><code>${escapeHtml(curlOf(entry))}</code></pre>
${parametersHtml(operation, document)}${bodyHtml(operation)}${answersHtml(operation, document)}
</article>`;
}

function whoMayCall(operation: JsonSchema): string {
  const security = JSON.stringify(operation.security ?? []);
  if (security.includes('adminKey')) return ' <small>Needs the admin key.</small>';
  return security.includes('orderToken') ? ' <small>Needs the access token of the order.</small>' : '';
}

function curlOf({ method, path, operation }: Entry): string {
  const security = JSON.stringify(operation.security ?? []);
  const parts = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$SHOP${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`)}"`,
  ];
  if (security.includes('adminKey')) parts.push('-H "Authorization: Bearer $ADMIN_KEY"');
  if (security.includes('orderToken')) parts.push('-H "Authorization: Bearer $ORDER_TOKEN"');
  if (JSON.stringify(operation.parameters ?? []).includes('IdempotencyKey'))
    parts.push('-H "Idempotency-Key: $(uuidgen)"');
  const content = contentOf(operation.requestBody);
  if (content !== null) {
    parts.push(`-H "Content-Type: ${content.type}"`);
    const example = content.media.example;
    if (example !== undefined) parts.push(`-d '${JSON.stringify(example)}'`);
    else parts.push(content.type === 'application/json' ? "-d '{ … }'" : '--data-binary @FILE');
  }
  return parts.join(' \\\n  ');
}

function contentOf(holder: unknown): { readonly type: string; readonly media: JsonSchema } | null {
  if (!isSchema(holder) || !isSchema(holder.content)) return null;
  const [first] = Object.entries(holder.content);
  return first !== undefined && isSchema(first[1]) ? { type: first[0], media: first[1] } : null;
}

function parametersHtml(operation: JsonSchema, document: OpenApiDocument): string {
  const listed: unknown[] = Array.isArray(operation.parameters) ? operation.parameters : [];
  if (listed.length === 0) return '';
  const rows = listed.map((parameter) => {
    const own = resolved(parameter, document);
    const schema = isSchema(own.schema) ? own.schema : {};
    const note = typeof own.description === 'string' ? ` ${escapeHtml(own.description)}` : '';
    return `<tr><td><code>${escapeHtml(String(own.name))}</code>${own.required === true ? '<sup title="required">*</sup>' : ''}</td><td>${escapeHtml(String(own.in))}</td><td>${schemaHtml(schema)}${note}</td></tr>`;
  });
  return `<h4>Parameters</h4><table><tbody>${rows.join('')}</tbody></table>`;
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

function bodyHtml(operation: JsonSchema): string {
  const content = contentOf(operation.requestBody);
  if (content === null) return '';
  const schema = isSchema(content.media.schema) ? content.media.schema : {};
  return `<h4>Body <small>${escapeHtml(content.type)}</small></h4>${schemaHtml(schema)}`;
}

function answersHtml(operation: JsonSchema, document: OpenApiDocument): string {
  const responses = isSchema(operation.responses) ? operation.responses : {};
  const rows = Object.entries(responses).map(([status, listed]) => {
    const response = resolved(listed, document);
    const content = contentOf(response);
    const isProblem = content?.type === 'application/problem+json';
    const text = prose(String(response.description));
    const schema =
      content !== null && !isProblem && isSchema(content.media.schema) ? schemaHtml(content.media.schema) : '';
    return `<tr class="${isProblem ? 'problem' : ''}"><td><code>${status}</code></td><td>${text}${schema}</td></tr>`;
  });
  return `<h4>Answers</h4><table><tbody>${rows.join('')}</tbody></table>`;
}
