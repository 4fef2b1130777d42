/**
 * What all pages share: the head with their one style, the list of pages, and at the end their one script. Style and script
 * stand in the page and the policy names them by their hashes, so a browser runs nothing else, whatever a text contains.
 */
import { createHash } from 'node:crypto';
import type { Chapter } from './groups.ts';
import type { Guide } from './guides.ts';
import { escapeHtml } from './text-html.ts';

export interface Assets {
  readonly style: string;
  readonly script: string;
}

/** Before and after every page. */
export function frameOf({ style, script }: Assets): { readonly head: string; readonly foot: string } {
  return {
    head: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>${style}</style>
`,
    foot: `\n<script>${script}</script>\n</body>\n</html>\n`,
  };
}

/** The page may use its own style and script and call the shop that it came from. */
export function policyOf({ style, script }: Assets): string {
  return [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    "connect-src 'self'",
    'img-src data:',
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

export interface Contents {
  readonly chapters: readonly Chapter[];
  readonly guides: readonly Guide[];
}

/** A page without its frame. */
export function pageHtml(address: string, title: string, main: string, contents: Contents): string {
  return `<title>${escapeHtml(title)} · Vitrine</title>
</head>
<body>
<a class="skip" href="#top">To the text</a>
<header>
<a class="brand" href="/docs">Vitrine</a>
<div class="search" role="search"><input type="search" role="combobox" placeholder="Search  /" aria-label="Search the reference" aria-controls="found" aria-expanded="false" aria-autocomplete="list" autocomplete="off" spellcheck="false" hidden><ol id="found" role="listbox" aria-label="Found" hidden></ol></div>
<button type="button" class="menu" aria-controls="pages" aria-expanded="false" hidden>Menu</button>
</header>
<nav id="pages" aria-label="Pages">
${navigation(address, contents)}
</nav>
<main id="top" tabindex="-1">
${main}
</main>
`;
}

function navigation(address: string, { chapters, guides }: Contents): string {
  const item = (href: string, title: string, inside = ''): string =>
    `<li><a href="${href}"${href === address ? ' aria-current="page"' : ''}>${escapeHtml(title)}</a>${inside}</li>`;
  const list = (title: string, items: readonly string[]): string =>
    `<h2>${escapeHtml(title)}</h2><ul>${items.join('')}</ul>`;
  const sides = [...new Set(chapters.map(({ side }) => side))];
  return [
    list('Guides', [
      item('/docs', 'Overview'),
      ...guides.map(({ slug, title }) => item(`/docs/guides/${slug}`, title)),
      item('/docs/events', 'Events'),
    ]),
    ...sides.map((side) =>
      list(
        side,
        chapters
          .filter((chapter) => chapter.side === side)
          .map(({ slug, title, entries }) => {
            const href = `/docs/${slug}`;
            const own = entries.map(({ id, name }) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('');
            return item(href, title, href === address ? `<ul>${own}</ul>` : '');
          }),
      ),
    ),
    list('Data', [item('/docs/schemas', 'Schemas')]),
  ].join('\n');
}
