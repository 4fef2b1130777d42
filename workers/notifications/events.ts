/**
 * The inbox that receives every event of the shop, whatever its type. A batch costs one statement; only when that fails is
 * each event tried alone, so that a bad one ends with the dead letters by itself.
 */
import { Envelope } from '../../shared/events/envelope.ts';
import type { Delivery } from '../../shared/messaging/inbox.ts';

/** UTF-8 takes at most three bytes per UTF-16 unit, and D1 takes values of up to 2 MB. */
const commitLengthMax = 600_000;
const retryDelaySecondsMax = 60;

interface Arrival {
  readonly event: Envelope;
  readonly delivery: Delivery;
}

type Append = (envelopes: readonly Envelope[]) => Promise<void>;
type Report = (message: string, error: unknown) => void;

/** Every delivery ends acknowledged after its event is in the log, or is asked for again. */
export async function receiveEvents(deliveries: readonly Delivery[], append: Append, report: Report): Promise<void> {
  const arrivals: Arrival[] = [];
  for (const delivery of deliveries) {
    const parsed = Envelope.safeParse(delivery.body);
    if (parsed.success) {
      arrivals.push({ event: parsed.data, delivery });
      continue;
    }
    report('an event has no valid envelope', parsed.error);
    again(delivery);
  }
  for (const commit of commits(arrivals)) await record(commit, append, report);
}

async function record(arrivals: readonly Arrival[], append: Append, report: Report): Promise<void> {
  try {
    await append(arrivals.map(({ event }) => event));
    for (const { delivery } of arrivals) delivery.ack();
  } catch (error) {
    report(`${arrivals.length} events could not be logged, the first is ${arrivals[0]?.event.id}`, error);
    const [only, ...others] = arrivals;
    if (only !== undefined && others.length === 0) again(only.delivery);
    else for (const arrival of arrivals) await record([arrival], append, report);
  }
}

function* commits(arrivals: readonly Arrival[]): Generator<Arrival[]> {
  let commit: Arrival[] = [];
  let length = 0;
  for (const arrival of arrivals) {
    const size = JSON.stringify(arrival.event).length;
    if (commit.length > 0 && length + size > commitLengthMax) {
      yield commit;
      commit = [];
      length = 0;
    }
    commit.push(arrival);
    length += size;
  }
  if (commit.length > 0) yield commit;
}

function again(delivery: Delivery): void {
  delivery.retry({ delaySeconds: Math.min(2 ** delivery.attempts, retryDelaySecondsMax) });
}
