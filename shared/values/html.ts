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

const options = {
  allowList: allowed,
  stripIgnoreTag: true,
  stripIgnoreTagBody: ['script', 'style', 'template', 'noscript', 'iframe', 'object'],
};

/** Addresses may be http, https, mailto, tel, or relative. */
export function cleanHtml(html: string): string {
  return html.includes('<') ? xss(html, options) : html;
}
