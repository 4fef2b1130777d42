/**
 * Stands for everybody around payments and sandbox: the router that brings webhooks in, and the two Workers that receive
 * events. It remembers what it saw, so that a test can ask.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { actorHeader } from '../../shared/http/actor.ts';

interface NeighboursEnv {
  readonly PAYMENTS: { fetch(request: Request): Promise<Response> };
  readonly SANDBOX: { fetch(request: Request): Promise<Response> };
}

const actor = JSON.stringify({
  kind: 'guest',
  id: 'guest',
  scopes: [],
  region: 'weur',
  country: null,
  requestId: 'req_test',
  traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
});

interface Seen {
  readonly webhooks: { readonly at: number; readonly body: unknown; readonly status: number }[];
  readonly events: { readonly id: string; readonly subject: string; readonly data: unknown }[];
}
const seen: Seen = { webhooks: [], events: [] };
let isDown = false;

export default class Neighbours extends WorkerEntrypoint<NeighboursEnv> {
  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/seen') return Response.json(seen);
    if (pathname === '/down' || pathname === '/up') {
      isDown = pathname === '/down';
      return new Response(null, { status: 204 });
    }
    const headers = new Headers(request.headers);
    headers.set(actorHeader, actor);
    const body = await request.text();
    if (isDown) return new Response(null, { status: 503 });
    const forwarded = new Request(request.url, {
      method: request.method,
      headers,
      redirect: 'manual',
      ...(body === '' ? {} : { body }),
    });
    const answer = await (pathname.startsWith('/sandbox') ? this.env.SANDBOX : this.env.PAYMENTS).fetch(forwarded);
    if (pathname.startsWith('/v1/webhooks/')) {
      seen.webhooks.push({
        at: Date.now(),
        body: body.startsWith('{') ? JSON.parse(body) : body,
        status: answer.status,
      });
    }
    return answer;
  }

  override async queue(batch: MessageBatch<Seen['events'][number]>): Promise<void> {
    for (const { body } of batch.messages) seen.events.push(body);
  }

  async handledEvents(eventIds: readonly string[]): Promise<string[]> {
    const handled = new Set(seen.events.map(({ id }) => id));
    return eventIds.filter((id) => handled.has(id));
  }
}
