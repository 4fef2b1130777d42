/**
 * The HTML of descriptions, cleaned on the way in: a storefront may put it on its page as it is. Tags and attributes that describe
 * goods stay; whatever runs, loads, frames, asks or restyles goes. A tag that is not listed goes and its text stays; scripts and
 * styles go with what is in them. Cleaning twice changes nothing.
 */
import xss from 'xss';

const plainTags = [
  ...['p', 'br', 'hr', 'div', 'span', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['strong', 'b', 'em', 'i', 'u', 's', 'del', 'ins', 'mark', 'small', 'sub', 'sup', 'abbr', 'cite', 'q', 'time'],
  ...['ul', 'li', 'dl', 'dt', 'dd', 'figure', 'figcaption', 'details', 'summary', 'section', 'article'],
  ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr'],
];

const ownAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'title', 'target', 'rel'],
  img: ['src', 'alt', 'title', 'width', 'height', 'loading'],
  ol: ['start', 'type', 'reversed'],
  td: ['colspan', 'rowspan', 'align'],
  th: ['colspan', 'rowspan', 'align', 'scope'],
  col: ['span'],
  colgroup: ['span'],
};

/** On every tag: a class styles nothing by itself. An id could be taken for one of the storefront's own. */
const commonAttributes = ['class', 'lang', 'dir'];

const allowed = Object.fromEntries(
  [...plainTags, ...Object.keys(ownAttributes)].map((tag) => [
    tag,
    [...commonAttributes, ...(ownAttributes[tag] ?? [])],
  ]),
);

const options = { allowList: allowed, stripIgnoreTag: true };

/** Elements that go with what is in them, up to their end or that of the text. What slips through loses its tags below. */
const withContent = /<(script|style|template|noscript|iframe|object)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;
/** A sign and no tag: `< 80 cm`, `I <3 wool`. */
const sign = /<(?![a-z/!])/gi;
const tag = /<(\/?)([a-z0-9]+)(?:[^"<>]|"[^"]*")*>/g;
const emptyElements = new Set(['br', 'hr', 'img', 'col']);

/** Addresses may be http, https, mailto, tel, or relative. Every element that begins also ends, and none ends that did not begin. */
export function cleanHtml(html: string): string {
  if (!html.includes('<')) return html;
  const marked = html.replace(withContent, '').replace(sign, '&lt;');
  const end = marked.lastIndexOf('>') + 1;
  const unfinished = marked.slice(end).replaceAll('<', '&lt;');
  return balanced(xss(marked.slice(0, end) + unfinished, options));
}

/** A storefront puts a description into an element of its own, which nothing in it may close. */
function balanced(html: string): string {
  const open: string[] = [];
  const kept = html.replace(tag, (whole: string, slash: string, name: string) => {
    if (emptyElements.has(name)) return slash === '' ? whole : '';
    if (slash === '') {
      if (!whole.endsWith('/>')) open.push(name);
      return whole;
    }
    const at = open.lastIndexOf(name);
    return at < 0 ? '' : endTags(open.splice(at));
  });
  return kept + endTags(open);
}

/** Ends these elements, the last first. */
function endTags(names: readonly string[]): string {
  return names
    .toReversed()
    .map((name) => `</${name}>`)
    .join('');
}
