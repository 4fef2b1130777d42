/**
 * Stands for everybody around payments and sandbox: the router that brings webhooks in, and the two Workers that receive
 * events. It remembers what it saw, so that a test can ask, and calls payments as the orders Worker does.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { PaymentsApi, RefundsApi } from '../../shared/contracts/payments/api.ts';
import { actorHeader } from '../../shared/http/actor.ts';

interface NeighboursEnv {
  /** The database of payments, to look behind its doors. */
  readonly DB: D1Database;
  readonly PAYMENTS: PaymentsApi & RefundsApi & { fetch(request: Request): Promise<Response> };
  readonly SANDBOX: { fetch(request: Request): Promise<Response> };
}

const actor = JSON.stringify({
  kind: 'key',
  id: 'admin',
  scopes: ['*'],
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
    if (pathname === '/outbox')
      return Response.json((await this.env.DB.prepare('select event_id from outbox').all()).results);
    if (pathname === '/down' || pathname === '/up') {
      isDown = pathname === '/down';
      return new Response(null, { status: 204 });
    }
    if (pathname.startsWith('/rpc/'))
      return Response.json(await this.#call(pathname.slice('/rpc/'.length), await request.json()));
    const headers = new Headers(request.headers);
    headers.set(actorHeader, actor);
    const body = await request.text();
    if (isDown && pathname.startsWith('/v1/webhooks/')) return new Response(null, { status: 503 });
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

  /** A test hands in what the contract asks for; it is checked there by the compiler. */
  #call(method: string, argument: unknown): Promise<unknown> {
    const payments: Readonly<Record<string, (argument: never) => Promise<unknown>>> = {
      authorize: (request) => this.env.PAYMENTS.authorize(request),
      lookup: (reference) => this.env.PAYMENTS.lookup(reference),
      capture: (request) => this.env.PAYMENTS.capture(request),
      void: (reference) => this.env.PAYMENTS.void(reference),
      letGo: (reference) => this.env.PAYMENTS.letGo(reference),
      refund: (request) => this.env.PAYMENTS.refund(request),
      balances: (paymentKey) => this.env.PAYMENTS.balances(paymentKey),
    };
    const call = payments[method];
    if (call === undefined) throw new Error(`Payments has no method ${method}`);
    return call(argument as never);
  }

  override async queue(batch: MessageBatch<Seen['events'][number]>): Promise<void> {
    for (const { body } of batch.messages) seen.events.push(body);
  }

  async handledEvents(eventIds: readonly string[]): Promise<string[]> {
    const handled = new Set(seen.events.map(({ id }) => id));
    return eventIds.filter((id) => handled.has(id));
  }
}
