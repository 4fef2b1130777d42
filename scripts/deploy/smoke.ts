/**
 * Asks a shop from outside whether it works, as a shopper and as the merchant would: through the router into every Worker and
 * database, a cart, and with the sandbox a purchase. New versions need a moment to be everywhere, so a failure is tried again.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';

export interface SmokeInput {
  readonly url: string;
  /** Null when the key is not known to this run: what needs it is left out, and said. */
  readonly adminKey: string | null;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  readonly say: (line: string) => void;
}

interface Check {
  readonly name: string;
  run(): Promise<void>;
}

/** Together a minute of waiting: how long a new version and a new address may take to be everywhere. */
const attemptsMax = 30;
const pauseMs = 2_000;
const answerTimeoutMs = 15_000;

const Health = z.object({
  parts: z.array(z.object({ name: z.string(), status: z.string(), error: z.string().optional() })),
});
const Cart = z.object({ id: z.string() });

/** Answers why the shop does not work, or null when it does. */
export async function smoke(input: SmokeInput): Promise<string | null> {
  const failure = await passed(checksOf(input), input);
  if (failure === null && input.adminKey === null)
    input.say('left out: the health of every part, because VITRINE_ADMIN_KEY is not given');
  return failure;
}

/** Buys with a test payment, in a shop that does not sell for real. */
export function smokePurchase(input: SmokeInput, sku: string): Promise<string | null> {
  return passed([{ name: 'a purchase succeeds', run: () => buy(input, sku) }], input);
}

async function passed(checks: readonly Check[], input: SmokeInput): Promise<string | null> {
  for (const { name, run } of checks) {
    const failure = await tried(run, input.sleep);
    if (failure !== null) return `${name}: ${failure}`;
    input.say(`ok ${name}`);
  }
  return null;
}

async function tried(run: Check['run'], sleep: SmokeInput['sleep']): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run();
      return null;
    } catch (error) {
      if (attempt === attemptsMax) return error instanceof Error ? error.message : String(error);
      await sleep(pauseMs);
    }
  }
}

function checksOf(input: SmokeInput): readonly Check[] {
  const { adminKey } = input;
  return [
    { name: 'the router answers', run: async () => void (await ask(input, 'GET', '/healthz', z.unknown())) },
    {
      name: 'the catalog answers',
      run: async () =>
        void (await ask(input, 'GET', '/v1/products?limit=1', z.object({ items: z.array(z.unknown()) }))),
    },
    ...(adminKey === null ? [] : [{ name: 'every part is well', run: () => askHealth(input, adminKey) }]),
    {
      name: 'a cart is kept',
      run: async () => {
        const { id } = await ask(input, 'POST', '/v1/carts', Cart, { body: {} });
        const found = await ask(input, 'GET', `/v1/carts/${id}`, Cart);
        if (found.id !== id) throw new Error('another cart came back');
      },
    },
  ];
}

async function askHealth(input: SmokeInput, adminKey: string): Promise<void> {
  const { parts } = await ask(input, 'GET', '/admin/v1/health', Health, { authorization: `Bearer ${adminKey}` });
  const failed = parts.filter(({ status }) => status !== 'ok');
  if (failed.length > 0) throw new Error(failed.map(({ name, error }) => `${name} ${error ?? 'failed'}`).join('; '));
}

const buyer = {
  email: 'check@example.com',
  shippingAddress: {
    ...{ firstName: 'Deployment', lastName: 'Check', address1: 'Lindenweg 1' },
    ...{ postalCode: '10115', city: 'Berlin', country: 'DE' },
  },
};

async function buy(input: SmokeInput, sku: string): Promise<void> {
  const cart = await ask(input, 'POST', '/v1/carts', Cart, {
    body: { country: 'DE', lines: [{ sku, quantity: 1 }] },
  });
  await ask(input, 'PATCH', `/v1/carts/${cart.id}`, Cart, { body: buyer });
  const { status } = await ask(input, 'POST', '/v1/checkouts', z.object({ status: z.string() }), {
    body: { cartId: cart.id, payment: { provider: 'sandbox', token: 'ok' } },
    'idempotency-key': randomUUID(),
  });
  if (status !== 'completed') throw new Error(`the checkout is ${status}`);
}

async function ask<Schema extends z.ZodType>(
  { url, fetch }: SmokeInput,
  method: string,
  path: string,
  schema: Schema,
  { body, ...headers }: { readonly body?: unknown; readonly [header: string]: unknown } = {},
): Promise<z.infer<Schema>> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text.slice(0, 200)}`);
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${method} ${path} answered something else than a shop does: ${text.slice(0, 200)}`);
  }
}
