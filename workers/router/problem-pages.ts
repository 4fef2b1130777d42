/**
 * What a problem code means, as data for programs and as pages for the person who follows the `type` of a problem document in
 * a browser, or looks a code up.
 */
import { type ProblemCode, problemDocument, problems } from '../../shared/http/problem.ts';
import { problemGuides } from './problem-guides.ts';

interface ProblemType {
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  /** A problem document as it may come. */
  readonly example: Readonly<Record<string, unknown>>;
}

export const problemsPrefix = '/problems/';

export function problemTypeOf(code: ProblemCode): ProblemType {
  const [status, title] = problems[code];
  const { cause, remedy, facts } = problemGuides[code];
  const type = problemsPrefix + code;
  const { body } = problemDocument(code, { ...facts, requestId: 'req_01m8qbx7h3e9v8d2k4c6t0w5za' });
  const example: ProblemType['example'] = JSON.parse(body);
  return { type, code, status, title, cause, remedy, example };
}

/** Whether a browser asks, which names HTML before anything else. */
export function isPageWanted(accept: string | null): boolean {
  return accept !== null && /^\s*text\/html\b/i.test(accept);
}

/** The pages need no script, and their style is their own: this is their whole content security policy. */
export const problemPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function problemPage({ code, status, title, cause, remedy, example }: ProblemType): string {
  return page(
    title,
    `<p><code>${code}</code>, status ${status}</p>
<h2>How it comes to that</h2><p>${prose(cause)}</p>
<h2>What to do</h2><p>${prose(remedy)}</p>
<h2>Example</h2><pre tabindex="0"><code>${escaped(JSON.stringify(example, null, 2))}</code></pre>`,
  );
}

/** All codes by their status, for the person who looks one up. */
export function problemListPage(types: readonly ProblemType[]): string {
  const statuses = [...new Set(types.map(({ status }) => status))].sort((left, right) => left - right);
  const lists = statuses.map((status) => {
    const own = types.filter((type) => type.status === status);
    const rows = own.map(
      ({ type, code, title }) => `<li><a href="${type}"><code>${code}</code></a> ${escaped(title)}</li>`,
    );
    return `<h2 id="${status}"><a href="#${status}">${status}</a></h2><ul>${rows.join('')}</ul>`;
  });
  return page(
    'Problems',
    `<p>Every refusal of the shop is a problem document (RFC 9457). Its <code>code</code> never changes; what each means:</p>
${lists.join('\n')}`,
  );
}

export function missingPage(detail: string): string {
  return page('There is nothing at this address', `<p>${prose(detail)}</p>`);
}

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escaped(title)} · Vitrine</title>
<style>${style}</style>
</head>
<body>
<header><nav aria-label="Pages"><a href="/docs">API reference</a> · <a href="/problems">All problems</a></nav></header>
<main>
<h1>${escaped(title)}</h1>
${main}
</main>
</body>
</html>
`;
}

/** The colours of the reference. */
const style = `:root{--ink:#1d2129;--line:#e2e6ec;--page:#fff;--code:#f3f5f8;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7ec;--line:#2c323b;--page:#14171c;--code:#1e232b;--link:#7ab7ff}}
body{font:16px/1.55 system-ui,sans-serif;max-width:44rem;margin:2rem auto 4rem;padding:0 1rem;color:var(--ink);background:var(--page)}
h1{margin:2rem 0 0;line-height:1.2}h2{margin:1.75rem 0 .4rem;font-size:1.25rem}h2 a{color:inherit;text-decoration:none}
a{color:var(--link);text-underline-offset:.2em}:focus-visible{outline:2px solid var(--link);outline-offset:1px}
ul{padding:0;list-style:none}li{padding:.3rem 0;border-top:1px solid var(--line)}
code{font:.9em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{padding:1rem;overflow:auto;background:var(--code);border:1px solid var(--line);border-radius:.5rem}pre code{overflow-wrap:normal}
@media print{header{display:none}pre{white-space:pre-wrap}}`;

/** What stands in back quotes is code. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
