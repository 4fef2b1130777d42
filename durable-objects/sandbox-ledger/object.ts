/**
 * The one object of the sandbox provider. It holds all its intents and its append-only ledger, and delivers every webhook
 * at least once, by alarm. It never waits on purpose: holding an answer back is the Worker's part.
 */
import { DurableObject } from 'cloudflare:workers';
import { reportDefect } from '../../shared/messaging/report.ts';
import { accept, type Result, refuse } from '../../shared/values/result.ts';
import { dayMs, secondMs } from '../../shared/values/time.ts';
import {
  type Books,
  decideSandbox,
  evolveSandbox,
  type Intent,
  ledgerRowsOf,
  type SandboxAnswer,
  type SandboxCommand,
  type SandboxState,
} from '../../workers/sandbox/domain/decide.ts';
import {
  decideIncident,
  evolveIncident,
  type IncidentCommand,
  type IncidentRefusal,
  incidentRowsOf,
} from '../../workers/sandbox/domain/incidents.ts';
import type { IntentEvent } from '../../workers/sandbox/domain/intent.ts';
import { type StripeObject, writeIncidentWebhooks, writeWebhook } from '../../workers/sandbox/domain/stripe-objects.ts';
import { behaviourOf } from '../../workers/sandbox/domain/tokens.ts';
import { type Delivery, SandboxStorage } from './storage.ts';
import { backoffAfter, deliver, type WebhookDoor } from './webhooks.ts';

interface SandboxLedgerEnv {
  readonly ROUTER: WebhookDoor;
  readonly SANDBOX_WEBHOOK_SECRET: string;
  /** Where the shop is reached from outside, without a slash at its end. */
  readonly VITRINE_PUBLIC_URL: string;
}

/** Deliveries that one alarm makes at the same time. */
const deliveriesPerRun = 20;
/** As long as Stripe tries, and longer than anybody develops at one sitting. */
const deliveryRetentionMs = 3 * dayMs;
const answerRetentionMs = 7 * dayMs;
/** When the Worker delivers a webhook itself, the alarm only takes over if it did not. */
const workerDeliversWithinMs = 6 * secondMs;

export class SandboxLedger extends DurableObject<SandboxLedgerEnv> {
  readonly #storage: SandboxStorage;
  /** When the alarm is set for (milliseconds since 1970); null when it is not. */
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: SandboxLedgerEnv) {
    super(ctx, env);
    this.#storage = new SandboxStorage(ctx.storage.sql);
    ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      this.#arm(Date.now());
    });
  }

  /** Runs one command: state, ledger, remembered answer and webhooks in one commit. */
  execute(command: SandboxCommand): SandboxAnswer {
    const before = this.#storage.load(command.type === 'create' ? '' : command.intentId, command.idempotency);
    const { events, answer } = decideSandbox(before, command);
    const { now } = command;
    const dueAt = now + (answer.isWebhookFirst ? workerDeliversWithinMs : 0);
    let state = before;
    for (const event of events) {
      state = evolveSandbox(state, event);
      if (event.type === 'answered') {
        this.#storage.remember(event.key, event.keyed, now);
        continue;
      }
      const intent = intentOf(state, event);
      const facts = { id: freshEventId(), now, publicUrl: this.env.VITRINE_PUBLIC_URL };
      this.#storage.append(intent, ledgerRowsOf(event, intent), now);
      this.#announce(intent, writeWebhook(event, intent, facts), dueAt, now);
    }
    if (events.length > 0) this.#arm(now);
    return answer;
  }

  /** Makes something happen to a payment without the shop's doing: state, ledger and webhooks in one commit. */
  suffer(intentId: string, command: IncidentCommand): Result<Intent, IncidentRefusal> {
    const before = this.#storage.intent(intentId);
    if (before === null) return refuse({ code: 'incident-impossible', detail: 'There is no such payment.' });
    const incident = decideIncident(before, command);
    if (!incident.ok) return incident;
    const intent = evolveIncident(before, incident.value);
    const { now } = command;
    this.#storage.append(intent, incidentRowsOf(incident.value, intent), now);
    for (const webhook of writeIncidentWebhooks(incident.value, intent, { newId: freshEventId, now }))
      this.#announce(intent, webhook, now, now);
    this.#arm(now);
    return accept(intent);
  }

  intent(intentId: string): Intent | null {
    return this.#storage.intent(intentId);
  }

  /** Everything, or what belongs to one order. */
  books(orderId: string | null): Books {
    return this.#storage.books(orderId);
  }

  /** Tries to deliver the waiting webhooks of an intent now. The alarm tries again what fails. */
  async deliverNow(intentId: string): Promise<void> {
    await this.#deliver(this.#storage.deliveriesOf(intentId));
    this.#arm(Date.now());
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      const now = Date.now();
      this.#storage.forgetAnswers(now - answerRetentionMs);
      await this.#deliver(this.#storage.deliveriesDue(now, deliveriesPerRun));
    } catch (error) {
      reportDefect('the sandbox could not deliver its webhooks', error);
    }
    this.#arm(Date.now());
  }

  #announce(intent: Intent, webhook: StripeObject, dueAt: number, now: number): void {
    const body = JSON.stringify(webhook);
    const { webhookCopies } = behaviourOf(intent.paymentMethod);
    for (let copy = 0; copy < webhookCopies; copy += 1) this.#storage.enqueue(intent.id, body, dueAt, now);
  }

  async #deliver(deliveries: readonly Delivery[]): Promise<void> {
    const target = {
      door: this.env.ROUTER,
      url: `${this.env.VITRINE_PUBLIC_URL}/v1/webhooks/payments/sandbox`,
      secret: this.env.SANDBOX_WEBHOOK_SECRET,
    };
    const attempt = async (delivery: Delivery): Promise<void> => {
      const now = Date.now();
      const isDone = await deliver(delivery.body, target, now);
      if (isDone || now - delivery.createdAt > deliveryRetentionMs) this.#storage.close(delivery);
      else this.#storage.postpone(delivery, Date.now() + backoffAfter(delivery.attempts));
    };
    await Promise.all(deliveries.map(attempt));
  }

  /** Sets the alarm for the next webhook, unless it is set early enough. */
  #arm(now: number): void {
    const dueAt = this.#storage.nextDueAt();
    if (dueAt === null) return;
    const at = Math.max(dueAt, now);
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}

function freshEventId(): string {
  return `evt_${crypto.randomUUID().replaceAll('-', '')}`;
}

function intentOf(state: SandboxState, event: IntentEvent): Intent {
  const intent = state.intents.get(event.type === 'intent-created' ? event.intent.id : event.intentId);
  if (intent === undefined) throw new Error(`The event ${event.type} left no intent`);
  return intent;
}
