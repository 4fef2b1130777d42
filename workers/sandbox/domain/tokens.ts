/**
 * The means of payment that the sandbox knows, each with the behaviour it exists to show. It is data: the operations read it,
 * and the pages and error messages list it.
 */

/** What the confirmation of an intent with this token does. */
interface TokenBehaviour {
  readonly confirm: 'authorize' | 'decline' | 'require-action' | 'break';
  /** How long the Worker waits before it answers the confirmation, in milliseconds. The effect happens at once. */
  readonly holdMs: number;
  readonly capture: 'succeed' | 'decline';
  /** What becomes of a refund: it is paid out at once, waits for an incident, or comes back at once. */
  readonly refund: 'succeeded' | 'pending' | 'failed';
  readonly webhookCopies: 1 | 2;
  /** Whether the webhooks of the confirmation are delivered before it is answered. */
  readonly isWebhookFirst: boolean;
  readonly summary: string;
}

/** Two seconds more than the shop waits for an answer of its provider. */
const beyondTheTimeoutMs = 8_000;

const plain = {
  confirm: 'authorize',
  holdMs: 0,
  capture: 'succeed',
  refund: 'succeeded',
  webhookCopies: 1,
  isWebhookFirst: false,
} as const;

/** The tokens that show something in a checkout. */
const checkoutTokens = {
  ok: { ...plain, summary: 'Authorizes and captures.' },
  decline: { ...plain, confirm: 'decline', summary: 'The card is declined.' },
  requires_action: {
    ...plain,
    confirm: 'require-action',
    summary: 'Sends the shopper to a page with Pay and Decline.',
  },
  timeout_before_authorize: {
    ...plain,
    confirm: 'break',
    holdMs: beyondTheTimeoutMs,
    summary: 'Authorizes nothing and answers too late, with an error.',
  },
  timeout_after_authorize: { ...plain, holdMs: beyondTheTimeoutMs, summary: 'Authorizes, and answers too late.' },
  capture_fail: {
    ...plain,
    capture: 'decline',
    summary: 'Authorizes; the capture is declined and the intent canceled.',
  },
  slow_5s: { ...plain, holdMs: 5_000, summary: 'Authorizes, and answers after five seconds.' },
  duplicate_webhook: { ...plain, webhookCopies: 2, summary: 'Authorizes; every webhook is delivered twice.' },
  webhook_first: { ...plain, isWebhookFirst: true, summary: 'Authorizes; the webhook is delivered before the answer.' },
} as const satisfies Record<string, TokenBehaviour>;

/** The tokens that show something afterwards. */
const refundTokens = {
  refund_pending: {
    ...plain,
    refund: 'pending',
    summary: 'Authorizes and captures; a refund waits until an incident pays it out or fails it.',
  },
  refund_fail: { ...plain, refund: 'failed', summary: 'Authorizes and captures; every refund comes back.' },
} as const satisfies Record<string, TokenBehaviour>;

export const tokens = { ...checkoutTokens, ...refundTokens } as const;

export type SandboxToken = keyof typeof checkoutTokens;

export function isSandboxToken(token: string): token is keyof typeof tokens {
  return Object.hasOwn(tokens, token);
}

/** Every token, as error messages list them. */
export const tokenList: string = Object.keys(tokens).join(', ');

/** How this means of payment behaves; the plain way for an intent that has none yet. */
export function behaviourOf(token: string | null): TokenBehaviour {
  return token !== null && isSandboxToken(token) ? tokens[token] : tokens.ok;
}
