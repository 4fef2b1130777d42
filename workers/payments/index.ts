/**
 * The payments Worker: it pays through providers on behalf of the orders Worker, mirrors what they know in an append-only
 * ledger, and tells of what they report by themselves. It receives no events, so it has no events file.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { OutboxRelayBase } from '../../durable-objects/outbox-relay/object.ts';
import type {
  AuthorizeRequest,
  PaymentOutcome,
  PaymentReference,
  PaymentsApi,
} from '../../shared/contracts/payments.ts';
import type { Reaches } from '../../shared/messaging/d1.ts';
import type { Currency } from '../../shared/values/money.ts';
import { type PaymentsEnv, paymentsOf } from './environment.ts';
import { paymentsApp } from './routes.ts';

const app = paymentsApp();

export default class PaymentsService extends WorkerEntrypoint<PaymentsEnv> implements PaymentsApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  authorize(request: AuthorizeRequest): Promise<PaymentOutcome> {
    return paymentsOf(this.env).api.authorize(request);
  }

  lookup(reference: PaymentReference): Promise<PaymentOutcome> {
    return paymentsOf(this.env).api.lookup(reference);
  }

  capture(
    request: PaymentReference & { readonly amountMinor: number; readonly currency: Currency },
  ): Promise<PaymentOutcome> {
    return paymentsOf(this.env).api.capture(request);
  }

  void(reference: PaymentReference): Promise<PaymentOutcome> {
    return paymentsOf(this.env).api.void(reference);
  }
}

export class OutboxRelay extends OutboxRelayBase<PaymentsEnv> {
  protected override reaches(): Reaches {
    return {
      orders: { inbox: this.env.ORDERS_INBOX, api: this.env.ORDERS },
      notifications: { inbox: this.env.NOTIFICATIONS_INBOX, api: this.env.NOTIFICATIONS },
    };
  }
}
