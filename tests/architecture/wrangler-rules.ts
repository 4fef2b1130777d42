/**
 * What the wrangler files must agree on, with each other and with the table of subscriptions. TOML cannot inherit, so these
 * rules keep ten files alike. Each rule carries a change to the real files that it must catch.
 */
import { developmentOnly, type WorkerConfig, type Wrangler } from '../../scripts/configs.ts';

export interface Wiring {
  readonly workers: readonly Pick<WorkerConfig, 'name' | 'wrangler'>[];
  /** Who receives an event type, whose name begins with its publisher. */
  readonly subscriptions: Readonly<Record<string, readonly string[]>>;
}

export interface WranglerRule {
  readonly name: string;
  /** The faults, one sentence each. */
  readonly faults: (wiring: Wiring) => readonly string[];
  /** Breaks wiring that is right. */
  readonly plant: (wiring: Wiring) => Wiring;
}

const inboxOf = (worker: string): string => `vitrine-${worker}-inbox`;
const isDeadQueue = (queue: string): boolean => queue.endsWith('-dead');

/** Replaces the wrangler file of one Worker. */
function change(
  { workers, subscriptions }: Wiring,
  name: string,
  edit: (wrangler: Wrangler) => Partial<Wrangler>,
): Wiring {
  const edited = workers.map((worker) =>
    worker.name === name ? { ...worker, wrangler: { ...worker.wrangler, ...edit(worker.wrangler) } } : worker,
  );
  return { subscriptions, workers: edited };
}

function publishedBy({ subscriptions }: Wiring, worker: string): ReadonlySet<string> {
  const own = Object.entries(subscriptions).filter(([type]) => type.slice(0, type.indexOf('.')) === worker);
  return new Set(own.flatMap(([, subscribers]) => subscribers));
}

export const wranglerRules: readonly WranglerRule[] = [
  {
    name: 'all have the compatibility date and flags of the router',
    faults: ({ workers }) => {
      const agreed = workers[0]?.wrangler;
      return workers
        .filter(
          ({ wrangler }) =>
            wrangler.compatibility_date !== agreed?.compatibility_date ||
            wrangler.compatibility_flags.join() !== agreed.compatibility_flags.join(),
        )
        .map(({ name, wrangler }) => `${name} has ${wrangler.compatibility_date} [${wrangler.compatibility_flags}]`);
    },
    plant: (wiring) => change(wiring, 'cart', () => ({ compatibility_date: '2026-10-01' })),
  },
  {
    name: 'a Worker is named after its folder',
    faults: ({ workers }) =>
      workers.filter(({ name, wrangler }) => wrangler.name !== `vitrine-${name}`).map(({ wrangler }) => wrangler.name),
    plant: (wiring) => change(wiring, 'cart', () => ({ name: 'cart' })),
  },
  {
    name: 'only the router has a public address',
    faults: ({ workers }) =>
      workers
        .filter(({ name, wrangler }) => name !== 'router' && wrangler.workers_dev !== false)
        .map(({ name }) => name),
    plant: (wiring) => change(wiring, 'observer', () => ({ workers_dev: true })),
  },
  {
    name: 'a service binding names a Worker of the list',
    faults: ({ workers }) => {
      const known = new Set(workers.map(({ wrangler }) => wrangler.name));
      return workers.flatMap(({ name, wrangler }) =>
        wrangler.services.filter(({ service }) => !known.has(service)).map(({ service }) => `${name}: ${service}`),
      );
    },
    plant: (wiring) =>
      change(wiring, 'cart', () => ({ services: [{ binding: 'CATALOGUE', service: 'vitrine-catalogue' }] })),
  },
  {
    name: 'only the router and payments know a Worker of development',
    faults: ({ workers }) => {
      const hidden = new Set([...developmentOnly].map((name) => `vitrine-${name}`));
      return workers
        .filter(
          ({ name, wrangler }) =>
            !['router', 'payments', ...developmentOnly].includes(name) &&
            wrangler.services.some(({ service }) => hidden.has(service)),
        )
        .map(({ name }) => name);
    },
    plant: (wiring) =>
      change(wiring, 'orders', () => ({ services: [{ binding: 'SANDBOX', service: 'vitrine-sandbox' }] })),
  },
  {
    name: 'a database belongs to one Worker and is named after it',
    faults: ({ workers }) =>
      workers.flatMap(({ name, wrangler }) =>
        wrangler.d1_databases
          .filter(
            (database) =>
              database.database_name !== `vitrine-${name}` ||
              database.database_id !== database.database_name ||
              database.migrations_dir !== `../../migrations/${name}`,
          )
          .map((database) => `${name}: ${database.database_name} in ${database.migrations_dir}`),
      ),
    plant: (wiring) => {
      const stolen = wiring.workers.find(({ name }) => name === 'orders')?.wrangler.d1_databases ?? [];
      return change(wiring, 'cart', () => ({ d1_databases: stolen }));
    },
  },
  {
    name: 'every inbox has a dead-letter queue named after it',
    faults: ({ workers }) =>
      workers.flatMap(({ name, wrangler }) =>
        wrangler.queues.consumers
          .filter(({ queue, dead_letter_queue }) => !isDeadQueue(queue) && dead_letter_queue !== `${queue}-dead`)
          .map(({ queue }) => `${name}: ${queue}`),
      ),
    plant: (wiring) =>
      change(wiring, 'orders', ({ queues }) => ({ queues: { ...queues, consumers: [{ queue: inboxOf('orders') }] } })),
  },
  {
    name: 'a queue has one consumer',
    faults: ({ workers }) => {
      const queues = workers.flatMap(({ wrangler }) => wrangler.queues.consumers.map(({ queue }) => queue));
      return queues.filter((queue, index) => queues.indexOf(queue) !== index);
    },
    plant: (wiring) =>
      change(wiring, 'pricing', ({ queues }) => ({
        queues: {
          ...queues,
          consumers: [{ queue: inboxOf('orders'), dead_letter_queue: `${inboxOf('orders')}-dead` }],
        },
      })),
  },
  {
    name: 'observer keeps every dead letter and can send it again',
    faults: ({ workers }) => {
      const observer = workers.find(({ name }) => name === 'observer')?.wrangler.queues;
      const consumed = new Set(observer?.consumers.map(({ queue }) => queue));
      const produced = new Set(observer?.producers.map(({ queue }) => queue));
      const inboxes = workers
        .flatMap(({ wrangler }) => wrangler.queues.consumers.map(({ queue }) => queue))
        .filter((queue) => !isDeadQueue(queue));
      return inboxes.filter((inbox) => !consumed.has(`${inbox}-dead`) || !produced.has(inbox));
    },
    plant: (wiring) =>
      change(wiring, 'observer', ({ queues }) => ({ queues: { ...queues, consumers: queues.consumers.slice(1) } })),
  },
  {
    name: 'a subscriber consumes its inbox, and nobody else has one',
    faults: ({ workers, subscriptions }) => {
      const subscribers = new Set(Object.values(subscriptions).flat());
      return workers
        .filter(
          ({ name, wrangler }) =>
            wrangler.queues.consumers.some(({ queue }) => queue === inboxOf(name)) !== subscribers.has(name),
        )
        .map(({ name }) => name);
    },
    plant: (wiring) => ({
      ...wiring,
      subscriptions: { ...wiring.subscriptions, 'orders.order-placed.v1': ['cart'] },
    }),
  },
  {
    name: 'a publisher binds exactly the inboxes of its subscribers',
    faults: (wiring) =>
      wiring.workers
        .filter(({ name }) => name !== 'observer')
        .flatMap(({ name, wrangler }) => {
          const needed = [...publishedBy(wiring, name)]
            .map((subscriber) => `${subscriber.toUpperCase()}_INBOX=${inboxOf(subscriber)}`)
            .sort()
            .join();
          const bound = wrangler.queues.producers
            .map(({ binding, queue }) => `${binding}=${queue}`)
            .sort()
            .join();
          return needed === bound ? [] : [`${name} publishes to [${needed}] and binds [${bound}]`];
        }),
    plant: (wiring) => ({
      ...wiring,
      subscriptions: { ...wiring.subscriptions, 'orders.order-paid.v1': ['inventory'] },
    }),
  },
  {
    name: 'a publisher can ask its subscribers for proof of handling',
    faults: (wiring) =>
      wiring.workers.flatMap(({ name, wrangler }) => {
        const bound = new Set(wrangler.services.map(({ binding, service }) => `${binding}=${service}`));
        return [...publishedBy(wiring, name)]
          .filter((own) => own !== name && !bound.has(`${own.toUpperCase()}=vitrine-${own}`))
          .map((subscriber) => `${name}: ${subscriber}`);
      }),
    plant: (wiring) => change(wiring, 'catalog', () => ({ services: [] })),
  },
  {
    name: 'a publisher is a Worker of the list',
    faults: ({ workers, subscriptions }) => {
      const known = new Set<string>(workers.map(({ name }) => name));
      return Object.keys(subscriptions).filter((type) => !known.has(type.slice(0, type.indexOf('.'))));
    },
    plant: (wiring) => ({
      ...wiring,
      subscriptions: { ...wiring.subscriptions, 'warehouse.box-packed.v1': ['orders'] },
    }),
  },
  {
    name: 'every object that is bound is declared with SQLite storage',
    faults: ({ workers }) =>
      workers.flatMap(({ name, wrangler }) => {
        const declared = new Set(wrangler.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes));
        return wrangler.durable_objects.bindings
          .filter(({ class_name }) => !declared.has(class_name))
          .map(({ class_name }) => `${name}: ${class_name}`);
      }),
    plant: (wiring) => change(wiring, 'cart', () => ({ migrations: [] })),
  },
];
