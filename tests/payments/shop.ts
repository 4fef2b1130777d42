/**
 * A shop that pays through the real SDK at the sandbox's own rules in memory. Calls can be lost on the way there or on the way
 * back, and something else can happen just before one.
 */
import type { AuthorizeRequest } from '../../shared/contracts/payments/api.ts';
import { stripeProvider } from '../../workers/payments/providers/stripe.ts';
import { stripeClient } from '../../workers/payments/providers/stripe-client.ts';
import { isoUnits } from '../../workers/payments/providers/stripe-units.ts';
import { paymentsApi } from '../../workers/payments/service/api.ts';
import {
  decideSandbox,
  emptySandbox,
  evolveSandbox,
  type SandboxState,
  totalsOf,
} from '../../workers/sandbox/domain/decide.ts';
import { playStripe } from '../../workers/sandbox/service.ts';
import { MemoryBook } from './memory-book.ts';

/** `broken`: the provider fails before it has done anything. `in-use`: it is still busy with another request of the same key. */
type Fault = 'lost' | 'answer-lost' | 'broken' | 'in-use';

const answersOf: Readonly<Partial<Record<Fault, readonly [status: number, type: string]>>> = {
  broken: [503, 'api_error'],
  'in-use': [409, 'idempotency_error'],
};

/** The sandbox in memory, and a shop that reaches it through the SDK. `faults` names what happens to which path, once. */
export function shop() {
  let state: SandboxState = emptySandbox;
  let count = 0;
  const faults = new Map<string, Fault>();
  const before = new Map<string, () => Promise<unknown>>();
  const ledger: Parameters<typeof playStripe>[0] = {
    execute: async (command) => {
      const { events, answer } = decideSandbox(state, command);
      state = events.reduce(evolveSandbox, state);
      return answer;
    },
    deliverNow: async () => {},
  };
  const reach = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname: path, search } = new URL(request.url);
    const step = request.method === 'GET' ? `list ${path}` : stepOf(path);
    await before.get(step)?.();
    const fault = faults.get(step);
    faults.delete(step);
    if (fault === 'lost') throw new TypeError('the connection was refused');
    const [status, type] = (fault && answersOf[fault]) ?? [];
    if (status !== undefined) return new Response(JSON.stringify({ error: { type, message: fault } }), { status });
    count += 1;
    const reply = await playStripe(
      ledger,
      {
        method: request.method,
        path,
        form: request.method === 'GET' ? search : await request.text(),
        idempotencyKey: request.headers.get('idempotency-key'),
        now: 0,
        freshTail: `fresh${count}`,
      },
      'http://shop.test',
      async (ms) => {
        if (ms >= 6_000) throw new TypeError('nobody waits that long');
      },
    );
    if (fault === 'answer-lost') throw new TypeError('the connection was cut');
    return new Response(JSON.stringify(reply.body), { status: reply.status });
  };
  const book = new MemoryBook();
  const client = stripeClient({ secretKey: 'sk_test_1', host: 'sandbox.internal', fetch: reach });
  const provider = stripeProvider({ provider: 'sandbox', client, units: isoUnits, returnUrl: null }, book);
  return {
    provider,
    book,
    faults,
    before,
    totals: () => totalsOf(state.intents.values()).EUR,
    intents: () => [...state.intents.values()],
    money: paymentsApi(() => provider, book),
    /** The provider keeps its answers for a day only. */
    forgetAnswers: () => {
      state = { ...state, answers: new Map() };
    },
  };
}

function stepOf(path: string): string {
  return path === '/v1/payment_intents' ? 'create' : (path.split('/').at(-1) ?? '');
}

export const reference = { paymentKey: 'ord_1', provider: 'sandbox', now: 1 } as const;
export const request = (token: string | null): AuthorizeRequest => ({
  ...reference,
  token,
  amountMinor: 1999,
  currency: 'EUR',
  returnUrl: null,
});
export const capture = { ...reference, amountMinor: 1999, currency: 'EUR' } as const;
export const nothing = { authorizedOpen: 0, captured: 0, refunded: 0 };
