/**
 * The sandbox's doors: `/v1/…` plays Stripe for the payments Worker, `/sandbox/…` is for people and tests. Outside of
 * development every door is shut.
 */
import { causeSandboxIncident, readSandboxLedger, readSandboxMail } from '../../shared/contracts/sandbox/http.ts';
import { type App, createApp, json, refused, requestIdOf, serve } from '../../shared/http/app.ts';
import { problem } from '../../shared/http/problem.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { contextOf, type SandboxEnv } from './context.ts';
import { cause, playStripe, readBooks, returnAddressOf } from './service.ts';
import { ledgerPage, missingPage, pageHeaders, paymentPage } from './view.ts';

export const app: App<SandboxEnv> = createApp();

app.use(async (c, next) => {
  if (c.env.VITRINE_ENV === 'development') return next();
  await c.req.raw.arrayBuffer();
  return problem('not-found', {
    detail: 'Only a shop in development has a sandbox.',
    requestId: requestIdOf(c.req.raw.headers),
  });
});
serveStripe(app);
servePages(app);

serve(app, readSandboxLedger, async ({ query, env }) =>
  json(await readBooks(contextOf(env).ledger, query.orderId ?? null)),
);

serve(app, causeSandboxIncident, async ({ body, env, actor }) => {
  const caused = await cause(contextOf(env).ledger, body, { now: Date.now(), freshTail: freshTail() });
  return caused.ok ? json(caused.value) : refused(caused.refusal, actor);
});

serve(app, readSandboxMail, async ({ env }) => {
  const messages = await env.NOTIFICATIONS.lastMessages();
  return json({ items: messages.map(({ createdAt, ...shown }) => ({ ...shown, at: toTimestamp(createdAt) })) });
});

function freshTail(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

function serveStripe(app: App<SandboxEnv>): void {
  app.all('/v1/*', async (c) => {
    const { method, path, url } = c.req;
    const body = await c.req.text();
    if (c.req.header('authorization') !== `Bearer ${c.env.SANDBOX_SECRET_KEY}`) {
      return json({ error: { type: 'invalid_request_error', message: 'Invalid API Key provided.' } }, 401);
    }
    const request = {
      method,
      path,
      form: method === 'GET' ? new URL(url).search : body,
      idempotencyKey: c.req.header('idempotency-key') ?? null,
      now: Date.now(),
      freshTail: freshTail(),
    };
    const reply = await playStripe(contextOf(c.env).ledger, request, c.env.VITRINE_PUBLIC_URL, (ms) =>
      scheduler.wait(ms),
    );
    return json(reply.body, reply.status, { 'request-id': `req_${request.freshTail}` });
  });
}

function servePages(app: App<SandboxEnv>): void {
  app.on('GET', ['/sandbox', '/sandbox/'], async (c) => {
    const books = await readBooks(contextOf(c.env).ledger, null);
    return c.req.header('accept')?.includes('text/html') === true
      ? c.html(ledgerPage(books), 200, pageHeaders)
      : json(books);
  });
  app.get('/sandbox/pay/:intentId', async (c) => {
    const intent = await contextOf(c.env).ledger.intent(c.req.param('intentId'));
    return intent === null ? c.html(missingPage(), 404, pageHeaders) : c.html(paymentPage(intent), 200, pageHeaders);
  });
  app.post('/sandbox/pay/:intentId', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const choice = form.get('choice');
    if (choice !== 'pay' && choice !== 'decline') {
      return problem('invalid-input', {
        detail: 'Choose pay or decline.',
        errors: [{ pointer: '/choice', detail: 'pay or decline' }],
      });
    }
    const intentId = c.req.param('intentId');
    const answer = await contextOf(c.env).ledger.execute({
      type: 'answer-page',
      intentId,
      choice,
      idempotency: null,
      now: Date.now(),
    });
    if (answer.intent === null) return c.html(missingPage(), 404, pageHeaders);
    const address = returnAddressOf(answer.intent);
    return address === null ? c.html(paymentPage(answer.intent), 200, pageHeaders) : c.redirect(address, 303);
  });
}
