/** How to ask a Worker whether it is there, with nothing but the door it has anyway. */
import type { InboxApi } from '../../../shared/contracts/inbox.ts';
import type { HealthPart } from '../../../shared/contracts/observer/http.ts';

/** A question to one part of the shop. It throws, or never answers, when that part is not there. */
export interface Probe {
  readonly name: string;
  readonly reaches: HealthPart['reaches'];
  ask(): Promise<unknown>;
}

/** A subscriber looks an event up in its database. No event has this id. */
export function inboxProbe(name: string, inbox: InboxApi): Probe {
  return { name, reaches: 'database', ask: () => inbox.handledEvents(['health-probe']) };
}

/** A Worker without an inbox answers an address it does not have. Any answer but a defect will do. */
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
