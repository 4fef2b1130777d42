/** What wakes the Workers: consumers of queues, crons, addresses. The platform keeps these outside of versions. */
import { isDeepStrictEqual } from 'node:util';
import type { PlanInput } from './plan-input.ts';
import type { Step } from './steps.ts';
import type { WorldQueue } from './world.ts';

type RemoteConsumer = WorldQueue['consumers'][number];

function workerOf({ script, script_name, service }: RemoteConsumer): string | undefined {
  return script ?? script_name ?? service;
}

/** A Worker that consumes nothing any more has no handler, and is refused while a queue is still attached to it. */
export function planGoing(input: PlanInput): readonly Step[] {
  return surplusConsumers(input).filter((step) => !input.wanted.consumers.some(({ worker }) => worker === step.worker));
}

export function planTriggers(input: PlanInput): readonly Step[] {
  const { wanted, world } = input;
  const early = new Set(planGoing(input));
  return [
    ...wanted.workers.flatMap(({ name, observability }): Step[] => {
      const found = world.workers.get(name);
      const isRight = found === undefined || isWithin(observability ?? {}, found.observability);
      return isRight ? [] : [{ kind: 'observe', worker: name, observability }];
    }),
    ...surplusConsumers(input).filter((step) => ![...early].some((other) => isDeepStrictEqual(other, step))),
    ...wanted.consumers.flatMap((consumer): Step[] => {
      const attached = world.queues.get(consumer.queue)?.consumers.find((other) => workerOf(other) === consumer.worker);
      const isRight =
        attached !== undefined &&
        (attached.dead_letter_queue || null) === consumer.deadLetterQueue &&
        isWithin(consumer.settings, attached.settings);
      return isRight ? [] : [{ kind: 'attach', consumer }];
    }),
    ...wanted.workers.flatMap(({ name, crons }): Step[] => {
      const isRight = isDeepStrictEqual([...(world.workers.get(name)?.crons ?? [])].sort(), [...crons].sort());
      return isRight ? [] : [{ kind: 'crons', worker: name, crons }];
    }),
    ...wanted.workers.flatMap(({ name, isPublic }): Step[] => {
      const found = world.workers.get(name);
      const isRight = found !== undefined && found.isPublic === isPublic && !found.hasPreviews;
      return isRight ? [] : [{ kind: 'publish', worker: name, isPublic }];
    }),
    ...routeSteps(input),
  ];
}

/** Of queues that are ours: what is attached to a Worker that should not consume it. One queue has one consumer at most. */
function surplusConsumers({ wanted, world }: PlanInput): readonly Extract<Step, { kind: 'detach' }>[] {
  const ours = new Set(wanted.workers.map(({ name }) => name));
  return [...world.queues.values()].flatMap(({ name: queue, consumers }) =>
    consumers.flatMap((consumer) => {
      const worker = workerOf(consumer) ?? '';
      const isOurs = ours.has(worker) || wanted.queues.includes(queue);
      const isWanted = wanted.consumers.some((other) => other.queue === queue && other.worker === worker);
      return isOurs && !isWanted ? [{ kind: 'detach' as const, queue, worker, consumerId: consumer.consumer_id }] : [];
    }),
  );
}

function routeSteps({ world, address, router }: PlanInput): readonly Step[] {
  const isWanted = (kind: 'domain' | 'route', pattern: string): boolean =>
    address !== null && address.kind === kind && address.pattern === pattern;
  const added: Step[] = [];
  const isThere = world.routes.some((route) =>
    isWanted(route.kind, route.kind === 'domain' ? route.hostname : route.pattern),
  );
  if (address !== null && !isThere) {
    added.push(
      address.kind === 'domain'
        ? { kind: 'add-domain', worker: router, hostname: address.pattern }
        : { kind: 'add-route', worker: router, pattern: address.pattern },
    );
  }
  const dropped = world.routes.flatMap((route): Step[] => {
    if (isWanted(route.kind, route.kind === 'domain' ? route.hostname : route.pattern)) return [];
    return route.kind === 'domain'
      ? [{ kind: 'drop-domain', hostname: route.hostname, id: route.id }]
      : [{ kind: 'drop-route', pattern: route.pattern, zone: route.zone, id: route.id }];
  });
  return [...added, ...dropped];
}

/** The platform adds defaults to what it was told; only what we said must be there. */
function isWithin(wanted: Readonly<Record<string, unknown>>, found: unknown): boolean {
  if (typeof found !== 'object' || found === null) return Object.keys(wanted).length === 0;
  const entries = new Map(Object.entries(found));
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(entries.get(name), value));
}
