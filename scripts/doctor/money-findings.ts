/** What is missing before money and messages find their way: ways to pay, mail. Pure functions of facts. */
import type { Facts } from './facts.ts';
import { type Finding, findingsOf } from './finding.ts';
import { namesOf, triedOf } from './tried-markets.ts';

export function paymentFindings(facts: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('payment');
  const { methods } = facts.state.payment;
  const findings: Finding[] = [];
  if (facts.isSandboxOpen || methods.some(({ provider, isConfigured }) => provider === 'sandbox' && isConfigured))
    findings.push(
      fail(
        'The sandbox is on.',
        'Everybody can pay with made-up cards: orders count as paid and no money comes.',
        'Start the shop in production (npm start -- --production), or deploy it.',
      ),
    );
  else findings.push(ok('The sandbox is off.'));
  findings.push(...stripeFindings(facts));
  const served = triedOf(facts).filter(({ isServed }) => isServed);
  const quoted = served.filter(({ sale }) => sale.kind === 'quoted');
  const isReal = (provider: string): boolean => provider !== 'sandbox';
  const unpaid = quoted.filter(({ sale }) => sale.kind === 'quoted' && !sale.providers.some(isReal));
  if (unpaid.length > 0)
    findings.push(
      fail(
        `Nobody can pay in ${namesOf(unpaid)}.`,
        'A real cart there is offered no way to pay but the sandbox, if any.',
        'Turn on invoices, transfers or cards: npm run setup.',
      ),
    );
  const paid = quoted.filter((one) => !unpaid.includes(one));
  if (paid.length > 0) findings.push(ok(`A real cart can be paid in ${paid.length} markets: ${namesOf(paid)}.`));
  if (quoted.length < served.length)
    findings.push(skipped('Not every market was tried.', 'There is nothing in stock to fill a cart with.'));
  if (facts.reconciliation !== null && facts.reconciliation.findings.length > 0)
    findings.push(
      warn(
        `${facts.reconciliation.findings.length} payments differ from what their provider says.`,
        'Money may be missing, or be there for nothing.',
        'GET /admin/v1/payments/reconciliation names them; docs/operations.md says what each means.',
      ),
    );
  return findings;
}

function stripeFindings({ state, secrets, takesWebhooks }: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('payment');
  const cards = state.payment.methods.filter(({ provider }) => provider === 'stripe');
  if (!cards.some(({ isConfigured }) => isConfigured))
    return [
      warn(
        'Cards are not taken.',
        'Stripe has no key in this shop.',
        'Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, if you want cards.',
      ),
    ];
  const findings: Finding[] = [];
  if (!cards.some(({ isEnabled }) => isEnabled))
    findings.push(
      warn(
        'Cards are turned off.',
        'The shop has a key of Stripe that it does not use.',
        'npm run setup turns them on.',
      ),
    );
  const key = secrets.STRIPE_SECRET_KEY;
  if (key === null)
    findings.push(
      skipped(
        'Whether the key of Stripe is a live one is not known.',
        'A shop never shows its keys.',
        'Give the doctor STRIPE_SECRET_KEY too.',
      ),
    );
  else if (/^[sr]k_live_/.test(key)) findings.push(ok('The key of Stripe is a live one.'));
  else if (/^[sr]k_test_/.test(key))
    findings.push(
      fail(
        'The key of Stripe is a test key.',
        'Test cards pay, and no money comes.',
        'Use the live key of your account.',
      ),
    );
  else
    findings.push(
      fail(
        'STRIPE_SECRET_KEY is no secret key of Stripe.',
        'Cards will be refused.',
        'It begins with sk_live_ or rk_live_.',
      ),
    );
  if (!takesWebhooks)
    findings.push(
      fail(
        'Webhooks of Stripe are not taken.',
        'Payments that shoppers confirm later, refunds and disputes would be noticed late.',
        'Set STRIPE_WEBHOOK_SECRET, and have Stripe call /v1/webhooks/payments/stripe.',
      ),
    );
  else if (secrets.STRIPE_WEBHOOK_SECRET !== null && !secrets.STRIPE_WEBHOOK_SECRET.startsWith('whsec_'))
    findings.push(
      fail('STRIPE_WEBHOOK_SECRET is no signing secret.', 'No webhook will be believed.', 'It begins with whsec_.'),
    );
  else findings.push(ok('Webhooks of Stripe are checked with a secret.'));
  return findings;
}

export function mailFindings({ state: { profile }, policy }: Facts): Finding[] {
  const { ok, warn, fail, skipped } = findingsOf('mail');
  const findings: Finding[] = [];
  if (profile.name === null)
    findings.push(fail('The shop has no name.', 'Messages and storefronts show it.', 'npm run setup asks for it.'));
  if (profile.mailFrom === null)
    findings.push(
      fail(
        'No sender of e-mails is set.',
        'Gift cards and links to orders go out by e-mail.',
        'npm run setup asks for it.',
      ),
    );
  else findings.push(ok(`E-mails come from ${profile.mailFrom.address}.`));
  if (profile.contactEmail === null)
    findings.push(
      warn(
        'Shoppers are told no e-mail address.',
        'They cannot ask, and the law usually wants one.',
        'npm run setup asks for it.',
      ),
    );
  if (profile.legalName === null || profile.address === null)
    findings.push(
      warn(
        'The business behind the shop is not named.',
        'Invoices and the imprint need its name and address.',
        'npm run setup asks for it.',
      ),
    );
  if (policy.orderPageUrl === null)
    findings.push(
      warn(
        'No page opens an order.',
        'Shoppers who ask for their order get a code instead of a link.',
        'PATCH /admin/v1/order-policy {"orderPageUrl": …}.',
      ),
    );
  findings.push(
    skipped(
      'Whether messages are sent is not known.',
      'A mail system of yours reads GET /admin/v1/messages and sends them; the shop does not see that.',
      'Order something, ask for a link to the order, and look whether it arrives.',
    ),
  );
  return findings;
}
