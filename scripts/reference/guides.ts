/** The guides: Markdown in `docs/guides`, readable in the repository and as pages of the reference. */
import { Marked } from 'marked';
import { block, escapeHtml } from './text-html.ts';

export interface Guide {
  /** The last part of its address. */
  readonly slug: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly html: string;
}

/** Files are called `10-first-storefront.md`: the number is their place in the list and no part of the address. */
export function guideOf(file: string, markdown: string): Guide {
  const headings: string[] = [];
  const marked = new Marked({
    renderer: {
      code: ({ text, lang }) => block(text, lang ?? ''),
      heading({ depth, text, tokens }) {
        if (depth > 1) headings.push(text);
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
      },
      link({ href, tokens }) {
        const inside = /^(?:\d+-)?([\w-]+)\.md(#.*)?$/.exec(href);
        const target = inside === null ? href : `/docs/guides/${inside[1]}${inside[2] ?? ''}`;
        return `<a href="${escapeHtml(target)}">${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? '';
  return { slug: file.replace(/^\d+-/, '').replace(/\.md$/, ''), title, headings, html };
}

export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
