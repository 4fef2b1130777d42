/** The page of events: how they are read, and every type with its data and one that was really written. */
import type { OpenApiDocument } from '../openapi/document.ts';
import { isSchema } from '../openapi/examples.ts';
import type { JsonSchema } from '../openapi/schemas.ts';
import { anchorOf } from './guides.ts';
import { schemaHtml } from './schema-html.ts';
import { block, escapeHtml, sentence } from './text-html.ts';

interface DescribedEvent {
  readonly type: string;
  readonly summary: string;
  readonly schema: JsonSchema;
  readonly example: unknown;
}

export function eventsOf(document: OpenApiDocument): readonly DescribedEvent[] {
  return Object.entries(document['x-events']).map(([type, { summary, schema, example }]) => ({
    type,
    summary: String(summary),
    schema: isSchema(schema) ? schema : {},
    example,
  }));
}

export function eventsHtml(document: OpenApiDocument): string {
  const articles = eventsOf(document).map(({ type, summary, schema, example }) => {
    const shown = shownOf(schema, example);
    const sample =
      shown === undefined ? '' : `<div class="answer">${block(JSON.stringify(shown, null, 2), 'json')}</div>`;
    return `<article id="${type}"><div class="text"><h2><a href="#${type}"><code>${escapeHtml(type)}</code></a></h2>
<p>${sentence(summary)}</p><h3>Data</h3>${dataHtml(schema)}</div><div class="samples">${sample}</div></article>`;
  });
  return `<div class="guide"><h1>Events</h1>
<p>Everything that happens in the shop is an event: a CloudEvents 1.0 envelope around data that carries the whole present state of its subject. Read them in the order of their arrival, and go on from the last position that you have seen:</p>
${block('curl "$SHOP/admin/v1/events?after=0&limit=50" \\\n  -H "Authorization: Bearer $ADMIN_KEY"')}
<h2 id="${anchorOf('How to follow them')}">How to follow them</h2>
<ul>
<li>Keep the last <code>position</code> together with what you made of the event, in one commit. Ask again from there, also after a crash.</li>
<li><code>id</code> is the same when an event is delivered again: what you have handled once, skip.</li>
<li><code>sequence</code> counts per <code>subject</code>. As each event carries the whole state, an older sequence than the one you know can be ignored.</li>
<li>A version is part of the type (<code>.v1</code>). Fields may be added to it; anything else is a new version.</li>
</ul></div>
${articles.join('\n')}`;
}

/** Of an event that adds to another, the example shows what it adds: the rest is to be seen there. */
function shownOf({ allOf }: JsonSchema, example: unknown): unknown {
  const [, own]: unknown[] = Array.isArray(allOf) ? allOf : [];
  if (!isSchema(own) || !isSchema(own.properties) || !isSchema(example) || !isSchema(example.data)) return example;
  const { properties } = own;
  const data = Object.fromEntries(Object.entries(example.data).filter(([name]) => name in properties));
  return { ...example, data: { '…': 'as above', ...data } };
}

/** What an event adds to another, or all that it carries. */
function dataHtml(schema: JsonSchema): string {
  const [base, own]: unknown[] = Array.isArray(schema.allOf) ? schema.allOf : [];
  if (!isSchema(base) || !isSchema(own)) return schemaHtml(schema, 1);
  const type = String(base.$ref).split('/')[2] ?? '';
  const isMore = isSchema(own.properties) && Object.keys(own.properties).length > 0;
  const all = `<p>The same as <a href="#${type}"><code>${escapeHtml(type)}</code></a>${isMore ? ', and:' : '.'}</p>`;
  return isMore ? all + schemaHtml(own, 1) : all;
}
