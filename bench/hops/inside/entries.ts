/**
 * Puts meters into the classes that a Worker exports. The real class stays what it is: a subclass of it gets an environment
 * with meters, and an object's methods run behind a gate.
 */
import { meterEnvironment, type Shape } from './bindings.ts';
import { Gate } from './gate.ts';
import { answerMeter, count, meterPath, nameWorker, type Reading } from './meter.ts';
import { meterStorage } from './storage.ts';

export interface Description {
  readonly worker: string;
  readonly shape: Shape;
  /** Bindings of the Workers whose meters this one reads out too; only the router has some. */
  readonly siblings: readonly string[];
}

type Anything = Record<PropertyKey, unknown>;
type Class = new (context: unknown, env: unknown) => object;

/** A WorkerEntrypoint class, or the plain object of handlers that the router exports. */
export function meterEntrypoint(entry: unknown, description: Description): unknown {
  nameWorker(description.worker);
  return isClass(entry) ? meterClass(entry, description) : meterHandlers(entry, description);
}

function meterClass(Real: Class, description: Description): object {
  return class extends Real {
    readonly #env: Anything;

    constructor(context: unknown, env: Anything) {
      super(context, meterEnvironment(env, description.shape));
      this.#env = env;
    }

    async fetch(request: Request): Promise<unknown> {
      return answer(request, this.#env, description, () => call(Real, 'fetch', this, [request]));
    }

    async queue(batch: { readonly messages: readonly unknown[] }): Promise<unknown> {
      countConsumer(batch);
      return call(Real, 'queue', this, [batch]);
    }
  };
}

function meterHandlers(handlers: unknown, description: Description): object {
  if (!isRecord(handlers)) throw new Error(`${description.worker} exports no handlers`);
  const fetch = handlers.fetch;
  if (typeof fetch !== 'function') throw new Error(`${description.worker} answers no requests`);
  return {
    ...handlers,
    fetch: (request: Request, env: Anything, context: unknown) =>
      answer(request, env, description, () => fetch(request, meterEnvironment(env, description.shape), context)),
  };
}

/** A Durable Object class. */
export function meterObject(Real: Class, description: Description): object {
  const gates = new WeakMap<object, Gate>();
  const Metered = class extends Real {
    constructor(context: { readonly storage: DurableObjectStorage }, env: Anything) {
      const gate = new Gate();
      meterStorage(context.storage, gate);
      super(context, meterEnvironment(env, description.shape));
      // Only now, because what a constructor calls must not become asynchronous.
      gates.set(this, gate);
    }
  };
  for (const name of methodsOf(Real)) {
    const method = Real.prototype[name];
    Object.defineProperty(Metered.prototype, name, {
      configurable: true,
      value: function (this: object, ...given: unknown[]): unknown {
        const gate = gates.get(this);
        const run = () => Reflect.apply(method, this, given);
        if (gate === undefined || gate.isCurrent()) return run();
        if (name === 'alarm') count('alarms');
        return gate.run(run);
      },
    });
  }
  return Metered;
}

/** What a class and its bases have, up to the platform's own base. */
function methodsOf(Real: Class): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at: object = Real.prototype; ; at = Object.getPrototypeOf(at)) {
    // The platform's base is the last before Object.
    if (Object.getPrototypeOf(at) === Object.prototype || Object.getPrototypeOf(at) === null) return names;
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (name !== 'constructor' && typeof value === 'function') names.add(name);
  }
}

/** Answers a request for the meter itself, and leaves every other one to the Worker. */
async function answer(request: Request, env: Anything, description: Description, run: () => unknown): Promise<unknown> {
  if (new URL(request.url).pathname !== meterPath) return run();
  const body = request.method === 'POST' ? await request.text() : null;
  const copy = () => new Request(request.url, { method: request.method, body });
  const readings: Record<string, Reading> = { [description.worker]: await answerMeter(copy()) };
  await Promise.all(
    description.siblings.map(async (binding) => {
      const sibling = env[binding];
      if (!isFetcher(sibling)) throw new Error(`${binding} is no Worker`);
      Object.assign(readings, await (await sibling.fetch(copy())).json());
    }),
  );
  return Response.json(readings);
}

function countConsumer({ messages }: { readonly messages: readonly unknown[] }): void {
  count('queue deliveries');
  count('queue messages delivered', messages.length);
}

function call(Real: Class, name: string, target: object, given: readonly unknown[]): unknown {
  return Reflect.apply(Real.prototype[name], target, given);
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function';
}

function isRecord(value: unknown): value is Anything {
  return typeof value === 'object' && value !== null;
}

function isFetcher(value: unknown): value is { fetch(request: Request): Promise<Response> } {
  return isRecord(value) && typeof value.fetch === 'function';
}
