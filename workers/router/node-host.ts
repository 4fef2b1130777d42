/**
 * What the router and the process around a single node tell each other. The process alone knows whether the shop has started and
 * whether it is about to stop, and the router asks it through a binding that only the single-node edition has. Without the
 * binding the shop is always ready and never stops.
 *
 * Stopping cuts nobody. workerd closes every connection on which it has read nothing, and while clients go on asking there are
 * always some whose next request waits in the socket. So for a moment before the end the answers are held back: a client that waits
 * for one sends no new request. What was sent is read, workerd is told to end, and then the answers go out.
 */
import { problem } from '../../shared/http/problem.ts';
import type { Visit } from './visit.ts';

export interface NodeHostEnv {
  readonly NODE_HOST?: { fetch(request: Request): Promise<Response> };
}

export const readinessPath = '/readyz';

/** Those by which the process looks whether everything was read are not held back. */
const unheldPaths: ReadonlySet<string> = new Set([readinessPath, '/healthz']);

/** `open` takes requests; `held` keeps answers until the port is closed. Anything else, such as `starting`, is not ready. */
type Phase = 'open' | 'held' | 'unready';

export class NodeHost {
  #phase: Phase = 'open';

  /** Asks the process each time, so a caller can make the router ask again, and cannot change what it is told. */
  async readiness({ headers, isHead, requestId }: Visit, env: NodeHostEnv): Promise<Response> {
    this.#phase = await phaseOf(env);
    if (this.#phase === 'open') {
      const body = isHead ? null : '{"status":"ready"}';
      const own = { 'content-type': 'application/json', 'cache-control': 'no-store' };
      return new Response(body, { headers: { ...headers, ...own } });
    }
    const detail = 'The shop is starting or about to stop.';
    const refusal = problem('unavailable', { detail, requestId, headers: { ...headers, 'retry-after': '5' } });
    return isHead ? new Response(null, refusal) : refusal;
  }

  /** Gives an answer out: at once, or in the moment in which the shop stops once its port is closed. */
  release(
    answer: Response | Promise<Response>,
    { path }: Visit,
    { NODE_HOST: host }: NodeHostEnv,
  ): Response | Promise<Response> {
    if (host === undefined || unheldPaths.has(path)) return answer;
    if (answer instanceof Response && this.#phase !== 'held') return answer;
    return Promise.resolve(answer).then(async (finished) => {
      if (this.#phase === 'held') await host.fetch(new Request('http://host/closed')).catch(() => undefined);
      return finished;
    });
  }
}

async function phaseOf({ NODE_HOST: host }: NodeHostEnv): Promise<Phase> {
  if (host === undefined) return 'open';
  const answer = await host.fetch(new Request('http://host/phase')).catch(() => undefined);
  const phase = await answer?.text();
  return phase === 'open' || phase === 'held' ? phase : 'unready';
}
