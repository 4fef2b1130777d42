/** Checkouts over HTTP: parse, call, answer. */

import type * as z from 'zod';
import * as operations from '../../../shared/contracts/orders/checkouts-http.ts';
import { configuredProviders } from '../../../shared/contracts/payments/configured.ts';
import { secretsOf } from '../../../shared/digest/shop-secrets.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf } from '../../../shared/http/conditional.ts';
import { problem } from '../../../shared/http/problem.ts';
import { noSuch } from '../../../shared/values/result.ts';
import type { OrdersEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import type { PaymentChoice } from '../domain/checkout/payments.ts';
import { checkoutOf, newCheckout } from '../service/orders.ts';
import { sealed } from '../service/payment-token.ts';
import { callFacts, privateHeaders, respond } from './answers.ts';

export function serveCheckouts(app: App<OrdersEnv>): void {
  serve(app, operations.startCheckout, async ({ body, actor, idempotency, env }) => {
    const barred = providerProblem(env, body.payment?.provider, actor);
    if (barred !== null) return barred;
    const found = await newCheckout(env, body.cartId, idempotency.key);
    if (found === null) return refused(noSuch('cart'), actor);
    const { checkoutId, stub } = found;
    const payment = body.payment === undefined ? null : await choiceOf(body.payment, checkoutId, env);
    const { cartId, expectedTotal = null, expectedDue = null } = body;
    const wish = { cartId, checkoutId, payment, expectedTotal, expectedDue };
    return respond(await stub.start({ ...wish, ...callFacts(actor, idempotency) }));
  });

  serve(app, operations.completeCheckout, async ({ params, body, actor, idempotency, env }) => {
    const barred = providerProblem(env, body.payment?.provider, actor);
    if (barred !== null) return barred;
    const found = checkoutOf(env, params.checkoutId);
    if (found === null) return refused(noSuch('checkout'), actor);
    const { checkoutId, stub } = found;
    const payment = body.payment === undefined ? null : await choiceOf(body.payment, checkoutId, env);
    return respond(await stub.complete({ checkoutId, payment, ...callFacts(actor, idempotency) }));
  });

  serve(app, operations.cancelCheckout, async ({ params, actor, idempotency, env }) => {
    const found = checkoutOf(env, params.checkoutId);
    if (found === null) return refused(noSuch('checkout'), actor);
    const { checkoutId, stub } = found;
    return respond(await stub.cancel({ checkoutId, ...callFacts(actor, idempotency) }));
  });

  serve(app, operations.getCheckout, async ({ params, actor, env }) => {
    const found = checkoutOf(env, params.checkoutId);
    const view = found === null ? null : await found.stub.checkout(found.checkoutId);
    if (view === null) return refused(noSuch('checkout'), actor);
    return json(view, 200, { ...privateHeaders, etag: etagOf(view.version) });
  });
}

/** From here on the token is sealed: see `payment-token.ts`. */
function choiceOf(
  payment: z.infer<typeof operations.PaymentInput>,
  checkoutId: string,
  env: OrdersEnv,
): Promise<PaymentChoice> {
  return sealed({ ...payment, methodId: payment.method }, orderIdOf(checkoutId), secretsOf(env));
}

/** Providers that this deployment does not have are refused before anything is held. */
function providerProblem(
  env: OrdersEnv,
  provider: PaymentChoice['provider'] | undefined,
  actor: Actor,
): Response | null {
  if (provider === undefined || configuredProviders(env).includes(provider)) return null;
  const detail = `The payment provider "${provider}" is not set up here.`;
  const errors = [{ pointer: '/payment/provider', detail }];
  return problem('unknown-provider', { detail, errors, requestId: actor.requestId });
}
