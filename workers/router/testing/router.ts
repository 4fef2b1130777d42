/**
 * A router on plain Node for tests: domain Workers are objects that remember what they were asked, the clock is set by hand,
 * and what the runtime adds to the fetch standard is put in place.
 */
import { timingSafeEqual } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Documents } from '../documents.ts';
import type { Origin, RouterEnv } from '../forwarding.ts';
import { createGateway, type Gateway } from '../gateway.ts';

export const adminKey = 'the-admin-key';

/** workerd has it, Node has it elsewhere. */
Object.assign(crypto.subtle, {
  timingSafeEqual: (left: ArrayBuffer, right: ArrayBuffer) =>
    timingSafeEqual(new Uint8Array(left), new Uint8Array(right)),
});

/** A domain Worker that keeps the requests it got. */
interface Neighbour extends Origin {
  readonly requests: Request[];
  /** The body of each request, read as the Worker would. */
  readonly bodies: string[];
  answer: (request: Request) => Response | Promise<Response>;
}

export function neighbour(answer: Neighbour['answer'] = () => Response.json({ ok: true })): Neighbour {
  const made: Neighbour = {
    requests: [],
    bodies: [],
    answer,
    async fetch(request) {
      made.requests.push(request);
      made.bodies.push(await request.clone().text());
      return made.answer(request);
    },
  };
  return made;
}

export interface TestRouter {
  readonly catalog: Neighbour;
  readonly cart: Neighbour;
  readonly orders: Neighbour;
  readonly sandbox: Neighbour;
  readonly clock: { now: number };
  readonly work: Promise<unknown>[];
  env: RouterEnv;
  fetch(path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
}

function packed(text: string): string {
  return gzipSync(text).toString('base64');
}

const testDocuments: Documents = {
  policy: "default-src 'none'",
  head: packed('<!doctype html>'),
  foot: packed('</html>'),
  texts: { '/openapi.json': packed('{"openapi":"3.1.1"}'), '/docs': packed('<p>Größe</p>') },
};

export const noDocuments: Documents = { policy: '', head: '', foot: '', texts: {} };

export function testRouter(settings: Partial<RouterEnv> = {}, origin = 'http://shop.test'): TestRouter {
  const clock = { now: Date.UTC(2026, 10, 20, 12) };
  const gateway: Gateway = createGateway(testDocuments, () => clock.now);
  const [catalog, cart, orders, sandbox] = [neighbour(), neighbour(), neighbour(), neighbour()];
  const work: Promise<unknown>[] = [];
  const router: TestRouter = {
    catalog,
    cart,
    orders,
    sandbox,
    clock,
    work,
    env: { CATALOG: catalog, CART: cart, ORDERS: orders, SANDBOX: sandbox, VITRINE_ADMIN_KEY: adminKey, ...settings },
    fetch: async (path, init) =>
      gateway.fetch(new Request(origin + path, init), router.env, { waitUntil: (promise) => void work.push(promise) }),
  };
  return router;
}

export const asAdmin = { authorization: `Bearer ${adminKey}` };

/** A body without a stated length, as with chunked encoding. */
export function chunked(
  totalBytes: number,
  chunkBytes = 65_536,
): { body: ReadableStream<Uint8Array>; readBytes: () => number; wasCanceled: () => boolean } {
  let sentBytes = 0;
  let isCanceled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const bytes = Math.min(chunkBytes, totalBytes - sentBytes);
      if (bytes <= 0) return controller.close();
      sentBytes += bytes;
      controller.enqueue(new Uint8Array(bytes).fill(120));
    },
    cancel() {
      isCanceled = true;
    },
  });
  return { body, readBytes: () => sentBytes, wasCanceled: () => isCanceled };
}
