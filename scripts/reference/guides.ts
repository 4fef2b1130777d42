/** The guides: Markdown in `docs/guides`, readable in the repository and as pages of the reference. */
import { Marked, Renderer } from 'marked';
import { block, escapeHtml } from './text-html.ts';

export interface Guide {
  /** The last part of its address. */
  readonly slug: string;
  readonly title: string;
  readonly sections: readonly Section[];
  readonly html: string;
}

export interface Section {
  /** Null is what stands before the first heading. */
  readonly heading: string | null;
  readonly words: string;
}

/** Files are called `10-first-storefront.md`: the number is their place in the list and no part of the address. */
export function guideOf(file: string, markdown: string): Guide {
  const marked = new Marked({
    renderer: {
      code: ({ text, lang }) => block(text, lang ?? ''),
      heading({ depth, text, tokens }) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
      },
      table(token) {
        return `<div class="wide" tabindex="0">${Renderer.prototype.table.call(this, token)}</div>`;
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
  return { slug: file.replace(/^\d+-/, '').replace(/\.md$/, ''), title, sections: sectionsOf(markdown), html };
}

/** What the search finds a guide by: each section's own words, without its code. */
function sectionsOf(markdown: string): readonly Section[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').replace(/^# .+$/m, '');
  const [lead = '', ...others] = prose.split(/^## /m);
  return [
    { heading: null, words: distinctWords(lead) },
    ...others.map((part) => {
      const [heading = '', ...rest] = part.split('\n');
      return { heading, words: distinctWords(rest.join(' ')) };
    }),
  ];
}

function distinctWords(text: string): string {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu))].join(' ');
}

export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
