/**
 * Conditional requests: a version is a strong ETag, `If-Match` guards an edit and `If-None-Match` saves a transfer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13
 */
import { fnv1a } from '../values/hash.ts';

export function etagOf(version: number | string): string {
  return `"${version}"`;
}

/**
 * Names an answer whose version does not tell all of it, such as a cart whose prices change without a change of the cart:
 * the version, and a fast hash of the text.
 */
export function etagOfText(version: number, text: string): string {
  return etagOf(`${version}.${fnv1a(text).toString(36)}`);
}

/** True when the header is absent, is `*`, or names this version. Weak tags never match an edit. */
export function ifMatchAllows(header: string | undefined | null, version: number | string): boolean {
  if (header === undefined || header === null) return true;
  return listed(header, etagOf(version));
}

/** True when the client already has this version, so 304 is the answer. */
export function ifNoneMatchHits(header: string | undefined | null, etag: string): boolean {
  if (header === undefined || header === null) return false;
  return listed(header.replaceAll('W/', ''), etag);
}

/**
 * The one version a client compares with, read from `If-Match`; null when it sent none or `*`. A weak tag, a list or anything
 * else becomes a text that no version is, so that an edit which was meant to be guarded never passes unguarded.
 */
export function ifMatchVersion(header: string | undefined | null): string | null {
  const value = header?.trim() ?? '*';
  return value === '*' ? null : (/^"([^"]+)"$/.exec(value)?.[1] ?? 'none');
}

function listed(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim() === etag);
}
