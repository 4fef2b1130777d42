/**
 * Every error that leaves a Worker is an RFC 9457 problem document with a stable `type` and `code`. This table is the one
 * place where a code meets its status; codes are never renamed, because clients switch on them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
import type { Refusal } from '../values/result.ts';
import { sentenceOf } from './problem-sentences.ts';

export const problems = {
  // What was sent cannot be read.
  'malformed-json': [400, 'The body is not JSON'],
  'malformed-csv': [400, 'The body is not a CSV file'],
  'body-incomplete': [400, 'The body ended too early'],
  'invalid-input': [400, 'The input does not have the documented form'],
  'invalid-cursor': [400, 'The cursor is not one of this list'],
  'idempotency-key-missing': [400, 'This request needs an Idempotency-Key'],
  'idempotency-key-invalid': [400, 'The Idempotency-Key cannot be read'],
  'invalid-webhook': [400, 'The webhook is not signed as agreed'],
  // Who asks.
  'not-authenticated': [401, 'A valid key is needed'],
  'insufficient-scope': [403, 'The key does not allow this'],
  // Money refused by the payer's side.
  'payment-declined': [402, 'The payment was declined'],
  'payment-failed': [402, 'The payment could not be completed'],
  'payment-left': [402, 'The payment was not confirmed'],
  // Things that do not exist for the caller.
  'not-found': [404, 'There is nothing at this address'],
  'method-not-allowed': [405, 'This address does not take that method'],
  'body-timeout': [408, 'The body did not arrive in time'],
  // Conflicts with the present state.
  'insufficient-stock': [409, 'There is not enough stock'],
  'price-changed': [409, 'The total has changed'],
  'cart-changed': [409, 'The cart has changed'],
  'cart-frozen': [409, 'The cart is in a checkout'],
  'cart-completed': [409, 'The cart has become an order'],
  'cart-empty': [409, 'The cart is empty'],
  'checkout-state': [409, 'The checkout is not in a state that allows this'],
  'checkout-expired': [409, 'The checkout has expired'],
  'variant-unavailable': [409, 'The variant is not sold any more'],
  'handle-taken': [409, 'The handle is in use'],
  'location-taken': [409, 'The location is there already'],
  'variant-in-bundle': [409, 'The variant is part of a bundle'],
  'sku-taken': [409, 'The SKU is in use'],
  'stock-conflict': [409, 'The stock is not what you compared it with'],
  'not-committed': [409, 'Less is promised than that'],
  'movement-closed': [409, 'The movement of stock was taken back'],
  'movement-key-conflict': [409, 'The key of the movement was used for something else'],
  'transfer-conflict': [409, 'More or less than that was sent or has arrived'],
  'transfer-state': [409, 'The transfer is not in a state that allows this'],
  'location-in-use': [409, 'The location has stock'],
  'wrong-state': [409, 'The state of things does not allow this'],
  'operation-in-progress': [409, 'Another operation on the order is under way'],
  'capture-too-large': [409, 'Less can be captured'],
  'refund-too-large': [409, 'Less can be refunded'],
  'payment-too-large': [409, 'Less is owed'],
  'payment-outstanding': [409, 'Money is still owed for the order'],
  'refund-declined': [409, 'The refund was declined'],
  'more-than-ordered': [409, 'Fewer units of the line are left'],
  'more-than-unshipped': [409, 'Fewer units of the line are still to ship'],
  'units-to-ship': [409, 'Units that are refunded do not ship'],
  'more-than-shipped': [409, 'Fewer units of the line can come back'],
  'line-shipped': [409, 'Units of the line have shipped'],
  'fulfillment-settled': [409, 'The shipment cannot be taken back any more'],
  'address-fixed': [409, 'The goods have left for their address'],
  'address-changes-total': [409, 'Tax or shipping differ at that address'],
  'not-offered': [409, 'The shop does not offer this for the order'],
  'link-spent': [404, 'The link opens nothing any more'],
  'edit-empties-order': [409, 'The edit would leave nothing on the order'],
  'edit-changed': [409, 'The edit is not what was previewed'],
  'request-in-progress': [409, 'The same request is still running'],
  'code-used-up': [409, 'The promotion has been used up'],
  'gift-card-insufficient': [409, 'There is not enough on the gift card'],
  'gift-card-unusable': [409, 'The gift card cannot be used'],
  'gift-card-spent': [409, 'The gift card was spent'],
  'gift-card-code-taken': [409, 'Another gift card has that code'],
  'store-credit-insufficient': [409, 'There is not enough store credit'],
  'hold-closed': [409, 'The hold has ended'],
  'hold-key-conflict': [409, 'The hold key was used for something else'],
  'import-running': [409, 'An import is running'],
  'incident-impossible': [409, 'That cannot happen to this payment'],
  'already-replayed': [409, 'The dead letter was replayed before'],
  'unknown-inbox': [409, 'The dead letter has no inbox to go back to'],
  'country-taken': [409, 'Another market sells to that country'],
  'default-market-needed': [409, 'One market must be the default'],
  'code-taken': [409, 'Another promotion has that code'],
  'precondition-failed': [412, 'The version is not the current one'],
  'precondition-required': [428, 'The request has to name the version that it changes'],
  'content-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body has a type that is not taken here'],
  // Understood, but it cannot be done.
  'idempotency-key-reused': [422, 'The Idempotency-Key was used for another request'],
  'unknown-variant': [422, 'There is no such variant'],
  'unknown-market': [422, 'Nothing is sold to that country or in that currency'],
  'currency-not-in-market': [422, 'The market of that country does not sell in that currency'],
  'currency-not-sold': [422, 'A line has no price in that currency'],
  'exchange-open': [422, 'An exchange settles what comes back'],
  'unknown-line': [422, 'The order has no such line'],
  'location-needed': [422, 'A location must be named'],
  'unknown-location': [422, 'There is no such location'],
  'unknown-stock-unit': [422, 'There is no such stock unit'],
  'unknown-provider': [422, 'There is no such payment provider'],
  'payment-method-not-offered': [422, 'The cart cannot be paid in that way'],
  'unknown-shipping-option': [422, 'There is no such shipping option for this cart'],
  'address-needed': [422, 'An address is needed'],
  'contact-needed': [422, 'A way to reach the buyer is needed'],
  'no-shipping-rate': [422, 'Nothing is sent to that address'],
  'below-order-minimum': [422, 'The order comes to less than is taken there'],
  'above-order-maximum': [422, 'An order holds no more of that variant'],
  'settings-full': [422, 'The settings hold no more'],
  'wrong-currency': [422, 'It is kept in another currency'],
  'balance-too-large': [422, 'The balance would be larger than amounts may be'],
  'unknown-product': [422, 'There is no such product'],
  'too-many-lines': [422, 'A cart holds no more lines'],
  'total-too-large': [422, 'The cart would cost more than amounts may be'],
  'quantity-too-large': [422, 'A line holds no more of one variant'],
  'invalid-options': [422, 'The variants do not fit the options'],
  'rate-limited': [429, 'Too many requests'],
  'too-many-payments': [429, 'Too many payments came to nothing'],
  defect: [500, 'Something is wrong on our side'],
  unavailable: [503, 'This part of the shop does not answer'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

/** One fault of the input: where it is (RFC 6901) and what is wrong with it. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

/** A name as a part of a pointer. @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1').toWellFormed();
}

export interface ProblemFacts {
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  readonly requestId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly [fact: string]: unknown;
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

/** A problem document as text, for an answer that is kept. It always has a `detail`: a sentence of what is the matter. */
export function problemDocument(
  code: ProblemCode,
  facts: Readonly<Record<string, unknown>>,
): { readonly status: number; readonly body: string } {
  const [status, title] = problems[code];
  const detail = sentenceOf(code, title, facts);
  return { status, body: JSON.stringify({ type: `/problems/${code}`, code, title, status, ...facts, detail }) };
}

/** What a refusal says in its problem document. */
export function sentenceOn(refusal: Refusal): string {
  const code = problemCodeOf(refusal);
  return sentenceOf(code, problems[code][1], { ...refusal });
}

/** The problem document of a code as an answer. `headers` are sent, every other fact becomes an extension member. */
export function problem(code: ProblemCode, { headers, ...facts }: ProblemFacts = {}): Response {
  const { status, body } = problemDocument(code, facts);
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

/** The code of a refusal. A refusal without a problem document is a defect of ours. */
export function problemCodeOf({ code }: Refusal): ProblemCode {
  if (!isProblemCode(code)) throw new Error(`The refusal "${code}" has no problem document`);
  return code;
}

/** Answers a refusal: its code decides the status, its facts travel along. */
export function problemOf(refusal: Refusal, requestId?: string): Response {
  const { code, ...facts } = refusal;
  return problem(problemCodeOf({ code }), { ...facts, ...(requestId === undefined ? {} : { requestId }) });
}
