/** Puts a meter on everything that a Worker reaches through its environment. */
import { currentGate } from './gate.ts';
import { count, type HopKind, measured } from './meter.ts';

/** Which binding is what; bindings that are not named are plain values. */
export type Shape = Readonly<Record<string, HopKind>>;

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** Bindings live as long as the isolate, and code under test compares them by identity. */
const metered = new WeakMap<object, object>();

export function meterEnvironment<Env extends object>(env: Env, shape: Shape): Env {
  return new Proxy(env, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      const kind = typeof name === 'string' ? shape[name] : undefined;
      if (kind === undefined || typeof name !== 'string' || typeof value !== 'object' || value === null) return value;
      const known = metered.get(value);
      if (known !== undefined) return known;
      const made = meterBinding(kind, name, value);
      metered.set(value, made);
      return made;
    },
  });
}

function meterBinding(kind: HopKind, name: string, binding: object): object {
  if (kind === 'd1') return meterDatabase(binding);
  if (kind === 'object') return meterNamespace(name, binding);
  return meterMethods(kind, name, binding);
}

/** Every method is a hop, as of a service, a stub or a queue. */
function meterMethods(kind: HopKind, name: string, target: object): object {
  return new Proxy(target, {
    get(_, method) {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof method !== 'string' || typeof value !== 'function' || method === 'then') return value;
      return (...given: unknown[]) => leave(kind, name, method, () => Reflect.apply(value, target, given), given);
    },
  });
}

function meterNamespace(name: string, namespace: object): object {
  return new Proxy(namespace, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const made: unknown = Reflect.apply(value, target, given);
        const isStub = (method === 'getByName' || method === 'get') && typeof made === 'object' && made !== null;
        return isStub ? meterMethods('object', name, made) : made;
      };
    },
  });
}

/** Nothing leaves an object before what it has written is on disk. */
async function leave(kind: HopKind, name: string, method: string, call: () => unknown, given: readonly unknown[]) {
  await currentGate()?.opened();
  if (kind === 'queue') countMessages(method, given);
  return measured(kind, name, method, call);
}

/** A message is written, read and deleted, each in units of 64,000 bytes. */
const bytesPerOperation = 64_000;
const operationsPerDelivery = 3;
/** What the platform adds to a message of its own. */
const metadataBytes = 100;

function countMessages(method: string, [given]: readonly unknown[]): void {
  const bodies = method === 'sendBatch' && Array.isArray(given) ? given.map(({ body }) => body) : [given];
  for (const body of bodies) {
    const bytes = JSON.stringify(body).length + metadataBytes;
    count('queue messages');
    count('queue operations', operationsPerDelivery * Math.ceil(bytes / bytesPerOperation));
  }
}

interface Statistics {
  readonly meta?: { readonly rows_read?: number; readonly rows_written?: number };
}

let isDatabaseMetered = false;

/** All ways to ask D1 end in one method of its sessions, and only there every answer says how many rows it took. */
function meterDatabase(database: object): object {
  if (isDatabaseMetered) return database;
  isDatabaseMetered = true;
  const session: object = Reflect.apply(Reflect.get(database, 'withSession'), database, []);
  const methods: Record<string, Method | undefined> = Object.getPrototypeOf(session);
  const send = methods._send;
  if (send === undefined) throw new Error('The sessions of D1 have changed: bench/hops must count them in another way');
  methods._send = async function (...given) {
    await currentGate()?.opened();
    const answer = await measured('d1', 'D1', kindOf(given[1]), () => Reflect.apply(send, this, given));
    const results: Statistics[] = Array.isArray(answer) ? answer : [answer];
    let written = 0;
    for (const { meta } of results) {
      count('D1 rows read', meta?.rows_read ?? 0);
      written += meta?.rows_written ?? 0;
    }
    count('D1 rows written', written);
    if (written > 0) count('D1 commits');
    return answer;
  };
  return database;
}

/** For the trace: what the statement does, and how many there are. */
function kindOf(query: unknown): string {
  const statements: readonly unknown[] = Array.isArray(query) ? query : [query];
  const [first] = statements;
  const verb = /^\s*(\w+)/.exec(typeof first === 'string' ? first : '')?.[1]?.toLowerCase() ?? 'query';
  return statements.length === 1 ? verb : `batch(${statements.length})`;
}
