/**
 * The receiving end of events. Queues deliver at least once and in any order, so an event's id is recorded in the same
 * commit as its effect, and an id that is known is only acknowledged. One bad event never takes its batch with it.
 */
import { Envelope } from '../events/envelope.ts';

/** One message as a queue hands it over. */
export interface Delivery {
  readonly body: unknown;
  readonly attempts: number;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** Where a subscriber keeps the effects of events and the ids of those it has handled. */
export interface InboxPort<Effect> {
  handledAmong(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Applies the effects and records the ids, in one commit. */
  apply(effects: readonly Effect[], eventIds: readonly string[]): Promise<void>;
  report(message: string, error: unknown): void;
}

/**
 * What each type of event does here: it answers effects for the port to apply. A handler that acts on another object
 * instead must be repeatable, because a crash before the id is recorded delivers the event again.
 */
export type Handlers<Effect> = Readonly<
  Record<string, (event: Envelope) => readonly Effect[] | Promise<readonly Effect[]>>
>;

const retryDelaySecondsMax = 60;

/** Handles a batch. Every delivery ends acknowledged, or is asked for again until its queue gives it to the dead letters. */
export async function receive<Effect>(
  deliveries: readonly Delivery[],
  handlers: Handlers<Effect>,
  port: InboxPort<Effect>,
): Promise<void> {
  const byId = new Map<string, { readonly event: Envelope; readonly deliveries: Delivery[] }>();
  for (const delivery of deliveries) {
    const parsed = Envelope.safeParse(delivery.body);
    if (!parsed.success) {
      port.report('an event has no valid envelope', parsed.error);
      again(delivery);
      continue;
    }
    const known = byId.get(parsed.data.id);
    if (known === undefined) byId.set(parsed.data.id, { event: parsed.data, deliveries: [delivery] });
    else known.deliveries.push(delivery);
  }
  if (byId.size === 0) return;

  const handled = await port.handledAmong([...byId.keys()]);
  const prepared: { readonly id: string; readonly deliveries: Delivery[]; readonly effects: readonly Effect[] }[] = [];
  for (const [id, { event, deliveries: copies }] of byId) {
    if (handled.has(id)) {
      for (const copy of copies) copy.ack();
      continue;
    }
    try {
      const effects = (await handlers[event.type]?.(event)) ?? [];
      prepared.push({ id, deliveries: copies, effects });
    } catch (error) {
      port.report(`cannot handle ${event.type} ${id}`, error);
      for (const copy of copies) again(copy);
    }
  }
  await applyAll(prepared, port);
}

/** One commit for the whole batch; when that fails, one per event, so that only the bad ones come again. */
async function applyAll<Effect>(
  prepared: readonly {
    readonly id: string;
    readonly deliveries: readonly Delivery[];
    readonly effects: readonly Effect[];
  }[],
  port: InboxPort<Effect>,
): Promise<void> {
  if (prepared.length === 0) return;
  try {
    await port.apply(
      prepared.flatMap((one) => one.effects),
      prepared.map((one) => one.id),
    );
    for (const one of prepared) for (const copy of one.deliveries) copy.ack();
    return;
  } catch (error) {
    port.report('a batch of events could not be applied at once', error);
  }
  for (const one of prepared) {
    try {
      await port.apply(one.effects, [one.id]);
      for (const copy of one.deliveries) copy.ack();
    } catch (error) {
      port.report(`cannot apply event ${one.id}`, error);
      for (const copy of one.deliveries) again(copy);
    }
  }
}

function again(delivery: Delivery): void {
  delivery.retry({ delaySeconds: Math.min(2 ** delivery.attempts, retryDelaySecondsMax) });
}
