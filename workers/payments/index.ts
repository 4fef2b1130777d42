/**
 * The payments Worker: it pays through providers on behalf of the orders Worker, mirrors what they know in an append-only
 * ledger, and publishes what they report by themselves. It receives no events, so it has no events file.
 */

import { WorkerEntrypoint } from 'cloudflare:workers';
import { OutboxRelayBase } from '../../durable-objects/outbox-relay/object.ts';
import type {
  AuthorizeRequest,
  CaptureRequest,
  PaymentBalances,
  PaymentOutcome,
  PaymentReference,
  PaymentsApi,
  RefundOutcome,
  RefundRequest,
  RefundsApi,
  ReleaseOutcome,
} from '../../shared/contracts/payments/api.ts';
import { reachesOf } from '../../shared/messaging/reach.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { contextOf, type PaymentsEnv } from './context.ts';
import { app } from './routes.ts';
import { reconcileStep } from './service/reconciliation.ts';

/** An invocation may make a thousand calls, and a step makes up to a hundred. */
const stepsPerSchedule = 8;

export default class PaymentsService extends WorkerEntrypoint<PaymentsEnv> implements PaymentsApi, RefundsApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  /** Compares the ledger with the providers, as far as one invocation reaches. */
  override async scheduled(): Promise<void> {
    const context = contextOf(this.env);
    for (let steps = 0; steps < stepsPerSchedule; steps += 1) if (await reconcileStep(context)) return;
  }

  authorize(request: AuthorizeRequest): Promise<PaymentOutcome> {
    return contextOf(this.env).api.authorize(request);
  }

  lookup(reference: PaymentReference): Promise<PaymentOutcome> {
    return contextOf(this.env).api.lookup(reference);
  }

  capture(request: CaptureRequest): Promise<PaymentOutcome> {
    return contextOf(this.env).api.capture(request);
  }

  void(reference: PaymentReference): Promise<PaymentOutcome> {
    return contextOf(this.env).api.void(reference);
  }

  letGo(reference: PaymentReference): Promise<ReleaseOutcome> {
    return contextOf(this.env).api.letGo(reference);
  }

  refund(request: RefundRequest): Promise<RefundOutcome> {
    return contextOf(this.env).api.refund(request);
  }

  balances(paymentKey: string): Promise<PaymentBalances | null> {
    return contextOf(this.env).api.balances(paymentKey);
  }
}

export class OutboxRelay extends OutboxRelayBase<PaymentsEnv> {
  protected override reaches(): Reaches {
    return reachesOf('payments', this.env);
  }
}
