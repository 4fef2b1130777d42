/**
 * What a problem code means, as data for programs and as a page for the person who follows the `type` of a problem document in
 * a browser.
 */
import { type ProblemCode, problems } from '../../shared/http/problem.ts';
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
  const example = { type, code, title, status, ...facts, requestId: 'req_01m8qbx7h3e9v8d2k4c6t0w5za' };
  return { type, code, status, title, cause, remedy, example };
}

/** Whether a browser asks, which names HTML before anything else. */
export function isPageWanted(accept: string | null): boolean {
  return accept !== null && /^\s*text\/html\b/i.test(accept);
}

/** The page needs no script, and its style is its own: this is its whole content security policy. */
export const problemPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function problemPage({ code, status, title, cause, remedy, example }: ProblemType): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${code}</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}
h1{margin-bottom:0}code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{padding:1rem;overflow:auto;border:1px solid
color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem}</style>
<p><a href="/docs">Documentation</a> · <a href="/problems">all problems</a></p>
<h1>${title}</h1><p><code>${code}</code>, status ${status}</p>
<h2>How it comes to that</h2><p>${prose(cause)}</p>
<h2>What to do</h2><p>${prose(remedy)}</p>
<h2>Example</h2><pre>${escaped(JSON.stringify(example, null, 2))}</pre></html>`;
}

/** What stands in back quotes is code. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
