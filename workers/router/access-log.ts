/**
 * One JSON line for each request that was answered, for a single node: on Cloudflare the platform keeps such a log. The address
 * is written as its route (`/v1/carts/:cartId`), because ids of carts and checkouts are secrets, and so are queries.
 */
import type { FindRoute } from './routing.ts';
import type { Visit } from './visit.ts';

export interface AccessLogEnv {
  /** `on` writes the log. */
  readonly VITRINE_ACCESS_LOG?: string;
}

/** Writes the line when the answer is there; its body may still be on its way. */
export function logged(
  answer: Response | Promise<Response>,
  visit: Visit,
  findRoute: FindRoute,
  now: () => number,
): Response | Promise<Response> {
  if (answer instanceof Response) return written(answer, visit, findRoute, now());
  return answer.then((finished) => written(finished, visit, findRoute, now()));
}

function written(answer: Response, visit: Visit, findRoute: FindRoute, endedAt: number): Response {
  const { isHead, method, path, requestId } = visit;
  const length = answer.headers.get('content-length');
  console.log(
    JSON.stringify({
      time: new Date(visit.now).toISOString(),
      kind: 'access',
      method: isHead ? 'HEAD' : method,
      path: routeOf(path, method, findRoute),
      status: answer.status,
      durationMs: endedAt - visit.now,
      requestId,
      ...(length === null ? {} : { bytes: Number(length) }),
    }),
  );
  return answer;
}

/** Null for an address that the shop does not have: it may hold anything. */
function routeOf(path: string, method: string, findRoute: FindRoute): string | null {
  const route = findRoute(path);
  const door = route?.byMethod.get(method) ?? route?.byMethod.values().next().value;
  return door?.path ?? null;
}
