/** All pages of the reference by their addresses, what they share, and the policy under which they are served. */
import { problems } from '../../shared/http/problem.ts';
import type { OpenApiDocument } from '../openapi/document.ts';
import { isSchema } from '../openapi/examples.ts';
import { eventsHtml, eventsOf } from './events-html.ts';
import { type Chapter, chaptersOf } from './groups.ts';
import { anchorOf, type Guide, guideOf } from './guides.ts';
import { addressHtml, fieldsOf, operationHtml } from './operation-html.ts';
import { type Assets, type Contents, frameOf, pageHtml, policyOf } from './page.ts';
import type { Found } from './ranking.ts';
import { schemaHtml } from './schema-html.ts';
import { block, escapeHtml, inline, sentence } from './text-html.ts';

export interface Site {
  readonly head: string;
  readonly foot: string;
  readonly policy: string;
  /** By address, without head and foot. The search list is JSON and stands alone. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface SiteSources extends Assets {
  readonly document: OpenApiDocument;
  /** Markdown by file name, in the order of the list. */
  readonly guides: ReadonlyMap<string, string>;
}

export function renderSite({ document, guides: files, ...assets }: SiteSources): Site {
  const chapters = chaptersOf(document);
  const guides = [...files].map(([file, markdown]) => guideOf(file, markdown));
  const contents: Contents = { chapters, guides };
  const pages: [address: string, title: string, main: string][] = [
    ['/docs', 'API reference', overviewHtml(document, contents)],
    ...guides.map(({ slug, title, html }): [string, string, string] => [
      `/docs/guides/${slug}`,
      title,
      `<div class="guide">${html}</div>`,
    ]),
    ['/docs/events', 'Events', eventsHtml(document)],
    ...chapters.map((chapter): [string, string, string] => [
      `/docs/${chapter.slug}`,
      `${chapter.title} · ${chapter.side}`,
      chapterHtml(chapter, document),
    ]),
    ['/docs/schemas', 'Schemas', schemasHtml(document)],
  ];
  return {
    ...frameOf(assets),
    policy: policyOf(assets),
    texts: {
      ...Object.fromEntries(pages.map(([address, title, main]) => [address, pageHtml(address, title, main, contents)])),
      '/docs/search.json': JSON.stringify(searchList(document, contents)),
    },
  };
}

function overviewHtml(document: OpenApiDocument, { chapters, guides }: Contents): string {
  const [lead = '', ...rules] = String(document.info.description)
    .split('\n')
    .filter((line) => line !== '');
  const sides = [...new Set(chapters.map(({ side }) => side))];
  return `<div class="guide"><h1>API reference</h1>
<p>${inline(lead)}</p>
<ul>${rules.map((rule) => `<li>${inline(rule.replace(/^- /, ''))}</li>`).join('')}</ul>
<p>In the calls on these pages, <code>SHOP</code> is the address of the shop and <code>ADMIN_KEY</code> its admin key, which it prints when it starts. Every operation can be tried from its page; what you type there stays in the memory of your browser.</p>
${block('export SHOP=http://127.0.0.1:8787 ADMIN_KEY=…')}
<p>The same as data: <a href="/openapi.json">/openapi.json</a> (OpenAPI ${document.openapi}). What each refusal means: <a href="/problems">/problems</a>.</p>
<h2>Guides</h2>
<ul class="cards">${guides.map(({ slug, title }) => `<li><a href="/docs/guides/${slug}">${escapeHtml(title)}</a></li>`).join('')}<li><a href="/docs/events">Events</a></li></ul></div>
${sides
  .map(
    (side) =>
      `<h2>${escapeHtml(side)}</h2>${chapters
        .filter((chapter) => chapter.side === side)
        .map(cardHtml)
        .join('')}`,
  )
  .join('\n')}`;
}

function cardHtml({ slug, title, entries }: Chapter): string {
  const rows = entries.map(
    (entry) =>
      `<li><a href="/docs/${slug}#${entry.id}">${escapeHtml(entry.name)}</a> <span class="address">${addressHtml(entry)}</span></li>`,
  );
  return `<section class="chapter"><h3><a href="/docs/${slug}">${escapeHtml(title)}</a></h3><ul class="names">${rows.join('')}</ul></section>`;
}

function chapterHtml({ title, side, entries }: Chapter, document: OpenApiDocument): string {
  return `<p class="side">${escapeHtml(side)}</p><h1>${escapeHtml(title)}</h1>
${entries.map((entry) => operationHtml(entry, document)).join('\n')}`;
}

function schemasHtml({ components: { schemas } }: OpenApiDocument): string {
  const parts = Object.keys(schemas)
    .sort()
    .map((name) => {
      const schema = schemas[name] ?? {};
      const text = typeof schema.description === 'string' ? `<p>${sentence(schema.description)}</p>` : '';
      return `<article id="${name}"><div class="text"><h2><a href="#${name}">${name}</a></h2>${text}${schemaHtml(schema)}</div></article>`;
    });
  return `<h1>Schemas</h1><p>What operations take and answer. A name that ends in <code>Input</code> is the form that is sent, where that differs.</p>${parts.join('\n')}`;
}

function searchList(document: OpenApiDocument, { chapters, guides }: Contents): readonly Found[] {
  return [
    ['page', 'Overview', 'Rules for all operations', '/docs', String(document.info.description)] as const,
    ...guides.flatMap(({ slug, title, sections }: Guide) =>
      sections.map(({ heading, words }): Found => {
        const page = `/docs/guides/${slug}`;
        return heading === null
          ? ['guide', title, '', page, words]
          : ['guide', heading.replaceAll('`', ''), title, `${page}#${anchorOf(heading)}`, words];
      }),
    ),
    ...chapters.map(({ slug, title, side }): Found => ['page', title, side, `/docs/${slug}`, '']),
    ...chapters.flatMap(({ slug, title, entries }) =>
      entries.map(
        ({ id, name, method, path, operation }): Found => [
          method,
          name,
          path,
          `/docs/${slug}#${id}`,
          `${id} ${title} ${String(operation.summary)} ${fieldsOf(operation, document)}`,
        ],
      ),
    ),
    ['page', 'Events', 'Every type with its data', '/docs/events', 'webhooks subscribe follow'],
    ...eventsOf(document).map(({ type, summary }): Found => ['event', type, summary, `/docs/events#${type}`, '']),
    ...Object.entries(problems).map(
      ([code, [status, title]]): Found => ['problem', code, title, `/problems/${code}`, String(status)],
    ),
    ...Object.entries(document.components.schemas).map(([name, schema]): Found => {
      const fields = isSchema(schema.properties) ? Object.keys(schema.properties).join(' ') : '';
      return ['schema', name, '', `/docs/schemas#${name}`, fields];
    }),
  ];
}
