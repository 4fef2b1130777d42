/**
 * The payment provider of a run: the sandbox's own rules over memory, spoken to through a client of the shape of the Stripe
 * SDK that raises the SDK's own errors. Its webhooks come before or after the answer, twice, late, or never.
 */
import Stripe from 'stripe';
import { providerTimeoutMs } from '../../workers/payments/providers/stripe-client.ts';
import {
  decideSandbox,
  emptySandbox,
  evolveSandbox,
  type Intent,
  type SandboxAnswer,
  type SandboxCommand,
  type SandboxState,
} from '../../workers/sandbox/domain/decide.ts';
import { decideIncident, evolveIncident, type IncidentKind } from '../../workers/sandbox/domain/incidents.ts';
import { writeIncidentWebhooks, writeWebhook } from '../../workers/sandbox/domain/stripe-objects.ts';
import { behaviourOf } from '../../workers/sandbox/domain/tokens.ts';
import { type Ledger, playStripe } from '../../workers/sandbox/service.ts';
import { Life, type Scheduler } from './scheduler.ts';

/** One movement at the provider, in the order in which it happened. */
export interface BankMovement {
  readonly kind:
    | 'authorized'
    | 'captured'
    | 'canceled'
    | 'refunded'
    | 'declined'
    | 'action-required'
    | 'intent-created';
  readonly orderId: string;
  readonly intentId: string;
  readonly amountMinor: number;
}

interface BankPorts {
  /** Delivers a webhook to the shop; rejects when the shop did not acknowledge it. */
  deliver(from: Life, body: string): Promise<void>;
  onMovement(movement: BankMovement): void;
}

const publicUrl = 'https://shop.test';
const webhookTriesMax = 12;
const webhookRetryMs = 500;
const webhookRetryMsMax = 30_000;

export class Bank implements Pick<Ledger, 'execute' | 'deliverNow'> {
  readonly #scheduler: Scheduler;
  readonly #ports: BankPorts;
  readonly #life = new Life('bank');
  readonly #waiting = new Map<string, Set<() => Promise<void>>>();
  state: SandboxState = emptySandbox;
  #number = 0;

  constructor(scheduler: Scheduler, ports: BankPorts) {
    this.#scheduler = scheduler;
    this.#ports = ports;
  }

  async execute(command: SandboxCommand): Promise<SandboxAnswer> {
    const { events, answer } = decideSandbox(this.state, command);
    for (const event of events) {
      this.state = evolveSandbox(this.state, event);
      if (event.type === 'answered') continue;
      const intentId = event.type === 'intent-created' ? event.intent.id : event.intentId;
      const intent = this.state.intents.get(intentId);
      if (intent === undefined) throw new Error('An event has an intent');
      const amountMinor =
        event.type === 'refunded' ? event.refund.amountMinor : 'amountMinor' in event ? event.amountMinor : 0;
      this.#ports.onMovement({ kind: event.type, orderId: intent.orderId ?? '', intentId, amountMinor });
      const webhook = writeWebhook(event, intent, { id: this.#newEventId(), now: command.now, publicUrl });
      this.#announce(intent, JSON.stringify(webhook), answer.isWebhookFirst);
      if (event.type === 'refunded' && event.refund.status === 'pending') this.#payOutLater(intentId);
      if (event.type === 'captured') this.#disputeLater(intentId);
    }
    return answer;
  }

  /** A refund that waits is paid out in the end, or comes back. */
  #payOutLater(intentId: string): void {
    const { random } = this.#scheduler;
    this.#sufferLater(intentId, random.chance(0.5) ? 'refund-failed' : 'refund-paid', random.between(100, 90_000));
  }

  /** Now and then a payer disputes what was taken, and one side wins. */
  #disputeLater(intentId: string): void {
    const { random, rates } = this.#scheduler;
    if (!random.chance(rates.dispute)) return;
    const beginsMs = random.between(10, 20_000);
    this.#sufferLater(intentId, 'dispute', beginsMs);
    const end = random.weighted({ won: 6, lost: 3, open: 1 });
    if (end !== 'open') this.#sufferLater(intentId, `dispute-${end}`, beginsMs + random.between(1, 40_000));
  }

  /** Something happens to a payment that the shop did not ask for, if it still can. */
  #sufferLater(intentId: string, kind: IncidentKind, delayMs: number): void {
    this.#scheduler.after(delayMs, null, kind, () => {
      const before = this.state.intents.get(intentId);
      if (before === undefined) throw new Error('An intent is never forgotten');
      const { now } = this.#scheduler;
      const incident = decideIncident(before, { kind, amountMinor: null, disputeId: `dp_${this.#number}`, now });
      if (!incident.ok) return;
      const intent = evolveIncident(before, incident.value);
      this.state = { ...this.state, intents: new Map(this.state.intents).set(intentId, intent) };
      for (const webhook of writeIncidentWebhooks(incident.value, intent, { newId: () => this.#newEventId(), now }))
        this.#announce(intent, JSON.stringify(webhook), false);
    });
  }

  #newEventId(): string {
    this.#number += 1;
    return `evt_${this.#number}`;
  }

  async deliverNow(intentId: string): Promise<void> {
    await Promise.all([...(this.#waiting.get(intentId) ?? [])].map((deliver) => deliver()));
  }

  /** The shopper's press of a button on the payment page. */
  press(intentId: string, choice: 'pay' | 'decline'): Promise<SandboxAnswer> {
    return this.execute({ type: 'answer-page', intentId, choice, idempotency: null, now: this.#scheduler.now });
  }

  #announce(intent: Intent, body: string, isFirst: boolean): void {
    const { random, rates } = this.#scheduler;
    if (random.chance(rates['webhook-lost'])) return;
    const copies = behaviourOf(intent.paymentMethod).webhookCopies;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = random.chance(rates['webhook-late']) ? random.between(500, 40_000) : random.between(1, 50);
      const waiting = this.#waiting.get(intent.id) ?? new Set();
      this.#waiting.set(intent.id, waiting);
      let isDone = false;
      const deliver = async (): Promise<void> => {
        if (isDone) return;
        await this.#ports.deliver(this.#life, body);
        isDone = true;
        waiting.delete(now);
      };
      const now = () => deliver().catch(() => undefined);
      waiting.add(now);
      this.#try(deliver, isFirst ? providerTimeoutMs : lateMs, 0);
    }
  }

  #try(deliver: () => Promise<void>, delayMs: number, tries: number): void {
    this.#scheduler.after(delayMs, null, 'webhook', () => {
      deliver().catch(() => {
        const again = Math.min(webhookRetryMs * 2 ** tries, webhookRetryMsMax);
        if (tries < webhookTriesMax) this.#try(deliver, again, tries + 1);
      });
    });
  }

  /** A client for one process of the shop. It gives up waiting as the SDK does. */
  clientOf(life: Life): Stripe {
    const ask = (method: string, path: string, params: object = {}, options: { idempotencyKey?: string } = {}) =>
      this.#ask(life, method, path, formOf(params), options.idempotencyKey ?? null);
    const intents = '/v1/payment_intents';
    const client = {
      paymentIntents: {
        create: (params: object, options: object) => ask('POST', intents, params, options),
        retrieve: (id: string, params: object) => ask('GET', `${intents}/${id}`, params),
        confirm: (id: string, params: object, options: object) =>
          ask('POST', `${intents}/${id}/confirm`, params, options),
        capture: (id: string, params: object, options: object) =>
          ask('POST', `${intents}/${id}/capture`, params, options),
        cancel: (id: string) => ask('POST', `${intents}/${id}/cancel`),
      },
      refunds: {
        create: (params: object, options: object) => ask('POST', '/v1/refunds', params, options),
        list: (params: object) => ask('GET', '/v1/refunds', params),
      },
      disputes: { list: (params: object) => ask('GET', '/v1/disputes', params) },
      webhooks: { constructEventAsync: async (body: Uint8Array) => JSON.parse(new TextDecoder().decode(body)) },
    };
    return client as unknown as Stripe;
  }

  async #ask(life: Life, method: string, path: string, form: string, idempotencyKey: string | null): Promise<unknown> {
    const scheduler = this.#scheduler;
    const freshTail = scheduler.random.text(16);
    const answered = scheduler.call(
      life,
      `bank ${method} ${path.slice(path.lastIndexOf('/') + 1)}`,
      () => new Life('bank worker'),
      (worker) => {
        const request = { method, path, form, idempotencyKey, now: scheduler.now, freshTail };
        return playStripe(this, request, publicUrl, (milliseconds) => scheduler.sleep(worker, milliseconds));
      },
    );
    const timedOut = scheduler.sleep(life, providerTimeoutMs).then(() => null);
    const reply = await Promise.race([answered.catch(() => null), timedOut]);
    if (reply === null) throw new Stripe.errors.StripeConnectionError({ message: 'no answer', type: 'api_error' });
    if (reply.status < 400) return reply.body;
    throw raised(reply.body.error, reply.status);
  }
}

/** The error that the SDK makes of an answer. */
function raised(error: unknown, statusCode: number): Error {
  const { StripeError } = Stripe.errors;
  return StripeError.generate({ ...(error as Parameters<typeof StripeError.generate>[0]), statusCode });
}

/** Writes parameters as the SDK does: nested names in brackets. */
function formOf(params: object): string {
  const fields: string[] = [];
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(name === '' ? key : `${name}[${key}]`, inner);
    else fields.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  };
  add('', params);
  return fields.join('&');
}
