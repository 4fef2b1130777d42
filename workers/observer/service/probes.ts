/** How the observer asks a Worker whether it answers, through the interface that the Worker has anyway. */
import type { InboxApi } from '../../../shared/contracts/inbox.ts';
import type { HealthPart } from '../../../shared/contracts/observer/http.ts';

/** A question to one part of the shop. It throws, or never answers, when that part is down. */
export interface Probe {
  readonly name: string;
  readonly reaches: HealthPart['reaches'];
  ask(): Promise<unknown>;
}

/** A subscriber is asked for an event that does not exist: to answer, it has to read its database. */
export function inboxProbe(name: string, inbox: InboxApi): Probe {
  return { name, reaches: 'database', ask: () => inbox.handledEvents(['health-probe']) };
}

/** A Worker without an inbox is asked for an address that it does not serve: every answer but a defect (5xx) is a good one. */
export function answering(name: string, worker: Pick<Fetcher, 'fetch'>): Probe {
  return {
    name,
    reaches: 'worker',
    ask: async () => {
      const response = await worker.fetch(new Request(`http://${name}/health-probe`));
      await response.arrayBuffer();
      if (response.status >= 500) throw new Error(`answered ${response.status}`);
    },
  };
}
