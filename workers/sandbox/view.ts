/** The sandbox's pages for people: the one on which a shopper pays or declines, and the ledger at a glance. */
import { html } from 'hono/html';
import type { SandboxLedgerView } from '../../shared/contracts/sandbox/http.ts';
import { formatDecimal } from '../../shared/values/money.ts';
import type { Intent } from './domain/decide.ts';
import { tokens } from './domain/tokens.ts';

type Html = ReturnType<typeof html>;

export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
} as const;

function page(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · Sandbox</title>
<style>
:root { --ink: #1c1c1c; --line: #ccc; --page: #fff; --link: #0b5cad }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ec; --line: #3a414c; --page: #14171c; --link: #7ab7ff } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--page) }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); font-size: .9rem; vertical-align: top }
.wide { overflow-x: auto }
.rows th, .rows td { white-space: nowrap }
button { font: inherit; padding: .6rem 1.4rem; margin-right: .5rem; border: 1px solid currentColor; border-radius: .4rem; background: var(--page); color: inherit }
button.first { background: #14532d; border-color: #14532d; color: #fff }
form { display: inline }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`;
}

function amountText(amountMinor: number, currency: string): string {
  return `${formatDecimal(amountMinor, currency)} ${currency}`;
}

/** Asks the shopper; shows the outcome when the matter is settled. */
export function paymentPage(intent: Intent): Html {
  const order = html`<p>Order ${intent.orderId ?? 'without an id'}: <strong>${amountText(intent.amountMinor, intent.currency)}</strong></p>`;
  if (intent.status !== 'requires_action') return page('Payment', html`${order}<p>${outcomes[intent.status]}</p>`);
  return page(
    'Confirm your payment',
    html`${order}
<p>This is the sandbox: no money moves.</p>
<form method="post"><input type="hidden" name="choice" value="pay"><button class="first">Pay</button></form>
<form method="post"><input type="hidden" name="choice" value="decline"><button>Decline</button></form>`,
  );
}

const outcomes = {
  requires_payment_method: 'The payment was declined.',
  requires_capture: 'The payment is authorized.',
  succeeded: 'The payment is complete.',
  canceled: 'The payment was canceled.',
} as const;

export function missingPage(): Html {
  return page('Not found', html`<p>The sandbox knows no such payment.</p>`);
}

export function ledgerPage({ intents, totals }: SandboxLedgerView): Html {
  const shown = intents.slice(-ledgerRowsShown).reverse();
  return page(
    'Sandbox ledger',
    html`<p>A payment provider for development. The same as JSON: <a href="/sandbox/ledger">/sandbox/ledger</a>.</p>
<div class="wide" tabindex="0"><table><tr><th>Currency</th><th>Authorized and open</th><th>Captured</th><th>Refunded</th></tr>
${Object.entries(totals).map(
  ([currency, total]) =>
    html`<tr><td>${currency}</td><td>${amountText(total.authorizedOpen, currency)}</td><td>${amountText(total.captured, currency)}</td><td>${amountText(total.refunded, currency)}</td></tr>`,
)}</table></div>
<h2>Payments: the newest ${shown.length} of ${intents.length}</h2>
<div class="wide rows" tabindex="0"><table><tr><th>Order</th><th>Intent</th><th>Status</th><th>Amount</th><th>Captured</th><th>Refunded</th><th>Disputed</th><th>Token</th><th>Created</th></tr>
${shown.map(
  (intent) =>
    html`<tr><td>${intent.orderId ?? ''}</td><td>${intent.id}</td><td>${intent.status}</td><td>${amountText(intent.amount, intent.currency)}</td><td>${amountText(intent.amountCaptured, intent.currency)}</td><td>${amountText(intent.amountRefunded, intent.currency)}</td><td>${amountText(intent.amountDisputed, intent.currency)}</td><td>${intent.paymentMethod ?? ''}</td><td>${intent.createdAt}</td></tr>`,
)}</table></div>
<h2>Tokens</h2>
<div class="wide" tabindex="0"><table><tr><th>Token</th><th>What it does</th></tr>
${Object.entries(tokens).map(([token, { summary }]) => html`<tr><td><code>${token}</code></td><td>${summary}</td></tr>`)}</table></div>`,
  );
}

/** A page is for looking; all rows are in the JSON. */
const ledgerRowsShown = 200;
