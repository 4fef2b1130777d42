/**
 * One request as the router sees it, and the headers that every answer to it carries: its names for finding it again, the
 * security headers, and for storefronts in browsers the CORS headers. Storefront answers are open to any origin, because they
 * depend on no cookie; admin answers to none.
 */
import type { Client } from './client.ts';
import type { Quota, RateDecision } from './rate-limits.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import { childTraceparent, makeRequestId } from './trace.ts';

export interface Visit {
  readonly request: Request;
  /** The address of the client, null where nobody says it. */
  readonly address: string | null;
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly search: string;
  /** GET for a HEAD request. */
  readonly method: string;
  readonly isHead: boolean;
  readonly isAdminPath: boolean;
  readonly requestId: string;
  readonly traceparent: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Ready to send; a later step may add to it. */
  readonly headers: Record<string, string>;
}

/** What a storefront in a browser may send. */
export const corsRequestHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent, tracestate';

export function beginVisit(request: Request, now: number, { address, isSecure }: Client): Visit {
  const url = request.url;
  const pathStart = url.indexOf('/', url.indexOf('//') + 2);
  const hash = url.indexOf('#', pathStart);
  const end = hash < 0 ? url.length : hash;
  const question = url.indexOf('?', pathStart);
  const pathEnd = question < 0 || question > end ? end : question;
  const path = url.slice(pathStart, pathEnd);
  const isHead = request.method === 'HEAD';
  const isAdminPath = path.startsWith('/admin/') || path === '/admin';
  const requestId = makeRequestId(now);
  const traceparent = childTraceparent(request.headers.get('traceparent'));
  const headers: Record<string, string> = {
    'x-request-id': requestId,
    traceparent,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  if (!isAdminPath) {
    headers['access-control-allow-origin'] = '*';
    // Every header: ETag, Link, RateLimit, Idempotency-Replayed and whatever comes. It may be short, as no cookie is involved.
    headers['access-control-expose-headers'] = '*';
  }
  if (isSecure) headers['strict-transport-security'] = 'max-age=31536000; includeSubDomains';
  return {
    request,
    address,
    path,
    search: url.slice(pathEnd, end),
    method: isHead ? 'GET' : request.method,
    isHead,
    isAdminPath,
    requestId,
    traceparent,
    now,
    headers,
  };
}

export function addRateLimit(visit: Visit, name: string, quota: Quota, decision: RateDecision): void {
  Object.assign(visit.headers, rateLimitHeaders(name, quota, decision));
}
