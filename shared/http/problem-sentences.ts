/**
 * What a problem says to a person where its refusal says nothing itself: a sentence with the facts that it carries. So no
 * problem document leaves without a `detail`. A refusal that knows more, such as a name, brings a `detail` of its own.
 */

type Facts = Readonly<Record<string, unknown>>;

/** A fact as a word of a sentence; null where it is not there. */
function wordOf(facts: Facts, name: string): string | null {
  const value = facts[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** The sentence, once every fact that it needs is there. */
function told(facts: Facts, names: readonly string[], sentence: (...words: string[]) => string): string | null {
  const words = names.flatMap((name) => wordOf(facts, name) ?? []);
  return words.length === names.length ? sentence(...words) : null;
}

/** The facts that a sentence needs, and the sentence. The first whose facts are all there is said. */
type Telling = readonly [names: readonly string[], sentence: (...words: string[]) => string];

const short: readonly Telling[] = [
  [['requested', 'available'], (requested, available) => `${requested} are needed, and ${available} are there.`],
];
const amounts: readonly Telling[] = [
  [
    ['requested', 'available'],
    (requested, available) =>
      `It holds ${available} in the smallest unit of its currency, and ${requested} are asked of it.`,
  ],
];
const changedSince: readonly Telling[] = [
  [['version'], (version) => `It is at version ${version} now. Look at it again, and name that version.`],
];

/** By code. */
const tellings: Readonly<Record<string, readonly Telling[]>> = {
  'above-order-maximum': [
    [
      ['quantity', 'quantityMax'],
      (quantity, max) => `An order holds at most ${max} of this variant, and the cart has ${quantity}.`,
    ],
  ],
  'already-replayed': [[['replayedAt'], (at) => `It was replayed at ${at}. Say \`force\` to do so once more.`]],
  'body-incomplete': [[[], () => 'The body ended before all of it had arrived. Send it again.']],
  'balance-too-large': [[[], () => 'With that the balance would be larger than amounts may be. Use a smaller amount.']],
  'cart-changed': [
    [['version'], (version) => `The cart is at version ${version} now. Look at it, and check out again.`],
  ],
  'cart-completed': [
    [['checkoutId'], (id) => `The cart became an order by checkout ${id}. Start another cart.`],
    [[], () => 'The cart became an order. Start another cart.'],
  ],
  'cart-empty': [[[], () => 'Put something into the cart first.']],
  'cart-frozen': [
    [
      ['checkoutId'],
      (id) => `The cart is being bought by checkout ${id}. Pay that one, cancel it, or wait until it ends.`,
    ],
    [[], () => 'The cart is in a checkout. Pay that one, cancel it, or wait until it ends.'],
  ],
  'code-taken': [
    [['discountCode'], (code) => `Another promotion has the code ${code}. Choose another one.`],
    [[], () => 'Another promotion has one of these codes. Choose others.'],
  ],
  'content-too-large': [[[], () => 'The body is larger than it may be here.']],
  'country-taken': [
    [['country'], (country) => `Another market sells to ${country} already. Take it away there first.`],
  ],
  'gift-card-code-taken': [
    [[], () => 'Another gift card has that code. Choose another one, or let the shop make one.'],
  ],
  'gift-card-insufficient': amounts,
  'store-credit-insufficient': amounts,
  'hold-closed': [[['state'], (state) => `The hold is ${state}. Hold anew under another key.`]],
  'hold-key-conflict': [[[], () => 'The key holds something else already. Use another key.']],
  'idempotency-key-reused': [
    [[], () => 'This Idempotency-Key came with another request before. Send a new request with a key of its own.'],
  ],
  'insufficient-scope': [[[], () => 'The key that was sent does not allow this operation. Use one that does.']],
  'insufficient-stock': short,
  'location-in-use': [
    [['locationId'], (id) => `The location ${id} is the main one, or has stock. Move its stock first.`],
  ],
  'method-not-allowed': [
    [[], () => 'This address does not take that method. The header `Allow` names those that it takes.'],
  ],
  'movement-closed': [[['state'], (state) => `The movement of stock is ${state}. Make a new one under another key.`]],
  'movement-key-conflict': [[[], () => 'The key has moved something else already. Use another key.']],
  'no-shipping-rate': [
    [
      ['postalCode', 'region', 'country'],
      (code, region, country) => `Nothing is sent to ${code}, ${region}, ${country}.`,
    ],
    [['postalCode', 'country'], (code, country) => `Nothing is sent to ${code}, ${country}.`],
    [['region', 'country'], (region, country) => `Nothing is sent to ${region}, ${country}.`],
    [['country'], (country) => `These goods are not sent to ${country}.`],
  ],
  'not-authenticated': [[[], () => 'Send a valid key as `Authorization: Bearer …`.']],
  'not-committed': [
    [['requested', 'committed'], (requested, committed) => `${committed} are promised, and ${requested} were named.`],
  ],
  'not-found': [
    [[], () => 'There is nothing at this address. Look how it is spelled, and what the documents say of it.'],
  ],
  'precondition-failed': changedSince,
  'quantity-too-large': [
    [
      ['quantity', 'max'],
      (quantity, max) => `A line holds at most ${max} of one variant, and this would make ${quantity}.`,
    ],
  ],
  'rate-limited': [
    [[], () => 'Too many requests came from this address. The header `Retry-After` says when to go on.'],
  ],
  'request-in-progress': [
    [[], () => 'The first request with this Idempotency-Key still runs. Send it again in a moment.'],
  ],
  'settings-full': [[['max'], (max) => `At most ${max} fit. Delete what is over first.`]],
  'stock-conflict': [[['onHand'], (onHand) => `There are ${onHand} on hand. Count again, and name that number.`]],
  'too-many-lines': [[['max'], (max) => `A cart holds at most ${max} lines.`]],
  'total-too-large': [[[], () => 'The cart would cost more than amounts may be. Take fewer units.']],
  'transfer-conflict': [[['sent', 'received'], (sent, received) => `${sent} were sent, and ${received} have arrived.`]],
  'transfer-state': [[['state'], (state) => `The transfer is ${state}, which does not allow this.`]],
  unavailable: [[[], () => 'This part of the shop does not answer at the moment. Send the same request again.']],
  'unknown-inbox': [[['queue'], (queue) => `The messages of the queue ${queue} have no inbox to go back to.`]],
  'unknown-location': [[['locationId'], (id) => `There is no location ${id}.`]],
  'unknown-shipping-option': [
    [['shippingOptionId'], (id) => `The cart, at its address, has no shipping option ${id}.`],
  ],
  'unknown-stock-unit': [
    [['sku'], (sku) => `There is no stock of ${sku}.`],
    [['stockUnitId'], (id) => `There is no stock unit ${id}.`],
  ],
  'variant-unavailable': [[['sku'], (sku) => `${sku} is not sold any more.`]],
  'wrong-currency': [[['currency'], (currency) => `It is kept in ${currency}. Send an amount in that currency.`]],
};

/** What of these facts is said: their own detail, their first fault, the sentence of their code, or at least its title. */
export function sentenceOf(code: string, title: string, facts: Facts): string {
  const { detail, errors } = facts;
  if (isSaid(detail)) return detail;
  const [fault]: readonly unknown[] = Array.isArray(errors) ? errors : [];
  if (typeof fault === 'object' && fault !== null && 'detail' in fault && isSaid(fault.detail)) return fault.detail;
  for (const [names, sentence] of tellings[code] ?? []) {
    const said = told(facts, names, sentence);
    if (said !== null) return said;
  }
  return `${title}.`;
}

function isSaid(detail: unknown): detail is string {
  return typeof detail === 'string' && detail !== '';
}
