/**
 * What each problem code means to the person who reads it at `/problems/{code}`: how it came to that, what to do, and which
 * facts its document brings beside the usual ones.
 */
import type { ProblemCode } from '../../shared/http/problem.ts';

interface Guide {
  readonly cause: string;
  readonly remedy: string;
  /** Members of the example beside `type`, `code`, `title`, `status` and `requestId`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const guide = (cause: string, remedy: string, facts: Guide['facts'] = {}): Guide => ({ cause, remedy, facts });

const anyTime = 'Repeat the request later, with the same Idempotency-Key when it had one; `Retry-After` says when.';
const readAgain = 'Read the order again, and ask for what its present state allows.';
const fewerUnits =
  'Read the order: its lines say how many units are left, shipped and to ship. Ask for that many or fewer.';
const ownKey =
  'Use a new Idempotency-Key for each intended effect, and the same one only to repeat the very same request.';
const euros = (amount: number) => ({ amount, currency: 'EUR' });

export const problemGuides: Readonly<Record<ProblemCode, Guide>> = {
  'malformed-json': guide(
    'The body could not be read as JSON: it is cut off, not UTF-8, nested too deeply, or no JSON at all.',
    'Send UTF-8 text that a JSON serializer made.',
    {
      detail: 'The body cannot be parsed as JSON.',
      errors: [{ pointer: '', detail: 'The body cannot be parsed as JSON.' }],
    },
  ),
  'malformed-csv': guide(
    'The file could not be read as CSV: a quote is never closed, the first row lacks a column that is needed, or it is not UTF-8.',
    'Save the file as CSV with commas and UTF-8, with the column names in its first row.',
    {
      detail: 'Line 1: The column "Title" is missing. Columns are separated by commas.',
      line: 1,
      errors: [{ pointer: '/1/Title', detail: 'The column "Title" is missing. Columns are separated by commas.' }],
    },
  ),
  'body-incomplete': guide(
    'The connection ended before the body did.',
    'Repeat the request; with the same Idempotency-Key nothing happens twice.',
  ),
  'body-timeout': guide(
    'The body did not arrive within 30 seconds; a file must bring at least 16 KB in each 30 seconds.',
    'Repeat the request over a better connection.',
    { detail: 'Send the body within 30 seconds.' },
  ),
  'invalid-input': guide(
    'A field of the body, the query or the path is missing, is not known, or has another form than the documented one.',
    'Mend the fields that `errors` points at. A pointer that begins with /query or /path is no field of the body.',
    {
      detail: 'Give the street and number.',
      errors: [{ pointer: '/shippingAddress/address1', detail: 'Give the street and number.' }],
    },
  ),
  'invalid-cursor': guide(
    'The cursor is not one that this list gave for the same filters and order.',
    'Begin again without a cursor, and pass on `next` as it is.',
    { errors: [{ pointer: '/query/cursor', detail: 'Not a cursor of this list.' }] },
  ),
  'idempotency-key-missing': guide(
    'The operation may move money, and would do so twice if it were repeated without a key.',
    'Send a UUID of your own as `Idempotency-Key`, and repeat the request with the same one when no answer came.',
  ),
  'idempotency-key-invalid': guide(
    'The key is empty, longer than 255 characters, or has characters that a header may not have.',
    'Send a UUID.',
  ),
  'invalid-webhook': guide(
    'The signature is missing, wrong, or from another time than now.',
    'Compare the signing secret here with the one at the provider, and the clocks of both.',
  ),
  'not-authenticated': guide(
    'The request brought no key, or not the right one.',
    'Send the key as `Authorization: Bearer …` or `X-Api-Key: …`.',
  ),
  'insufficient-scope': guide(
    'The key is valid, and not for this operation.',
    'Use a key with the scope that `detail` names.',
    { detail: 'It needs the scope orders:write.' },
  ),
  'payment-declined': guide(
    "The payer's bank, or the payer, refused.",
    'Ask the shopper for another card or way to pay, and complete the same checkout with it. Nothing was taken. `reason` is the word of the provider, for your logs: show shoppers the `detail`.',
    {
      detail: 'The account of the card has too little money for this payment.',
      reason: 'insufficient_funds',
      checkoutId: 'chk_01kd5p2q6v7mkrc9wyb3xz4e5fw00abcdefghjkmn',
      attemptsLeft: 4,
    },
  ),
  'payment-failed': guide(
    'The payment could not be brought to its end at the provider.',
    'Let the shopper try again. Nothing was taken, or it is given back.',
    { detail: 'The payment provider did not take the payment. Nothing was charged.' },
  ),
  'payment-left': guide(
    'The payment waited to be confirmed by its payer, who chose another way to pay meanwhile.',
    'Read the checkout: it tells of the other payment. Of this one nothing was taken.',
    { detail: 'The payment was not confirmed, and was called off for another way to pay.' },
  ),
  'not-found': guide(
    'Nothing is at this address, or nothing that the caller may see.',
    'Check the id, and whose key is used.',
  ),
  'method-not-allowed': guide('The address exists and does not take this method.', 'Use one of those in `Allow`.'),
  'insufficient-stock': guide(
    'Fewer units can be had than were asked for; others may hold them in checkouts.',
    'Offer the shopper `available`. What others hold comes back when their checkouts end.',
    { sku: 'HAT-1', requested: 3, available: 1 },
  ),
  'price-changed': guide(
    'The total is another one than the shopper has seen: a price, a promotion, a tax or the shipping changed meanwhile.',
    'Show the new total, and check out again when the shopper agrees.',
    { detail: 'Look at the new total and check out again.', expectedTotal: euros(2990), total: euros(3190) },
  ),
  'cart-changed': guide(
    'The cart was changed after the version that the request is about.',
    'Read the cart again, show it, and repeat.',
    { version: 4 },
  ),
  'cart-frozen': guide(
    'The cart is in a checkout, and cannot be changed under it.',
    'Complete or cancel the checkout first.',
  ),
  'cart-completed': guide('The cart has become an order.', 'Begin a new cart.'),
  'cart-empty': guide('There is nothing to buy in the cart.', 'Add a line first.'),
  'checkout-state': guide(
    'The checkout has gone on, or has ended, and this is no next step of it.',
    'Read the checkout: its status says what it waits for.',
  ),
  'checkout-expired': guide(
    'The checkout was not completed in time, and what it held went back.',
    'Start a new checkout with the same cart. Nothing was taken.',
    { detail: 'The time to pay was over.' },
  ),
  'variant-unavailable': guide(
    'The variant was deleted, is not published, or has no price in this country.',
    'Remove the line, or offer another variant.',
    { sku: 'HAT-1' },
  ),
  'handle-taken': guide('Another product or collection has the handle.', 'Choose another one, or leave it out.', {
    errors: [{ pointer: '/handle', detail: 'The handle "hat" is in use.' }],
  }),
  'location-taken': guide('A location with this id exists.', 'Choose another id, or edit the one that is there.'),
  'variant-in-bundle': guide(
    'A bundle takes units of this variant.',
    'Take the variant out of the bundle first, or delete the bundle.',
    { errors: [{ pointer: '/variants', detail: '"HAT-1" is part of the bundle "SET-1". Change the bundle first.' }] },
  ),
  'sku-taken': guide('Another variant has the SKU.', 'Choose another one, or edit the variant that has it.', {
    sku: 'HAT-1',
    errors: [{ pointer: '/variants/0/sku', detail: 'The SKU "HAT-1" is in use.' }],
  }),
  'stock-conflict': guide(
    'The stock changed after the number that the request compares with.',
    'Read the level again, count, and repeat with what you found.',
    { onHand: 7 },
  ),
  'not-committed': guide(
    'More was to be shipped or released than orders were promised there.',
    'Read the stock unit: it says what is committed.',
    { requested: 3, committed: 2 },
  ),
  'movement-closed': guide('The movement of stock was taken back before.', 'Record a new one.'),
  'movement-key-conflict': guide('The key was used for another movement.', ownKey),
  'transfer-conflict': guide(
    'The number does not fit what was sent, or has arrived before.',
    'Read the transfer again; receipts name the whole number that has arrived so far.',
    { sent: 10, received: 6 },
  ),
  'transfer-state': guide(
    'The transfer has ended, or has not begun.',
    'Read the transfer: its status says what is next.',
  ),
  'location-in-use': guide('Stock lies there, or is on its way.', 'Move the stock first.', { locationId: 'loc_attic' }),
  'wrong-state': guide('The order is not in a state that allows this.', readAgain),
  'operation-in-progress': guide(
    'Another operation changes the order just now.',
    'Wait for its end, a second as a rule, read the order, and repeat.',
    { detail: 'Another operation on this order has not come to its end yet.' },
  ),
  'capture-too-large': guide('Less is authorized than was to be taken.', readAgain, { capturable: euros(1000) }),
  'refund-too-large': guide('Less was paid, or is left of it, than was to be given back.', readAgain, {
    refundable: euros(1000),
  }),
  'payment-too-large': guide('Less is owed than was recorded.', readAgain, { outstanding: euros(1000) }),
  'payment-outstanding': guide(
    'The payer owes money that is neither paid nor authorized, so the goods of the order are held.',
    'Record the money once it is there, ship this parcel with `"shipUnpaid": true`, or let the way to pay ship unpaid.',
    { outstanding: euros(500) },
  ),
  'refund-declined': guide(
    'The provider did not pay the refund out.',
    'Look at the provider for the cause, and refund another way. The refund counts as not made.',
  ),
  'more-than-ordered': guide('Fewer units of the line are left than were named.', fewerUnits),
  'more-than-unshipped': guide('Fewer units of the line are still to ship than were named.', fewerUnits),
  'units-to-ship': guide('Units were to be refunded that are still to ship, and kept to ship.', fewerUnits),
  'more-than-shipped': guide('Fewer units of the line can come back than were named.', fewerUnits),
  'line-shipped': guide('Units of the line have shipped, so it cannot go.', fewerUnits),
  'fulfillment-settled': guide(
    'Units of the shipment were refunded or are coming back, or it is more than sixty days old: it has left.',
    'Let the goods come back as a return instead.',
  ),
  'address-fixed': guide(
    'The goods, or those of them whose tax the change would touch, have left for their address.',
    'Take back a shipment that never left, or ask the carrier to redirect it.',
  ),
  'address-changes-total': guide(
    'Tax or shipping come to something else at that address.',
    'Preview an edit with this `shippingAddress`, and confirm it by its token.',
  ),
  'not-offered': guide(
    "The merchant's policy does not let shoppers do this by themselves, or not with this order any more.",
    'Read `GET /v1/orders/{orderId}/options`: it says what may be done, until when, and why not.',
  ),
  'link-spent': guide(
    'The token was used before, is older than half an hour, or never opened an order.',
    'Ask for another link: `POST /v1/orders/lookup`.',
  ),
  'edit-empties-order': guide('The edit would leave nothing on the order.', 'Cancel the order instead.'),
  'edit-changed': guide(
    'Prices, stock or the order changed after the preview.',
    'Preview the edit again, and send the token of that preview.',
  ),
  'request-in-progress': guide('A request with the same Idempotency-Key still runs.', anyTime),
  'code-used-up': guide('Others have used the promotion as often as it may be used.', 'Remove the code.'),
  'gift-card-insufficient': guide(
    'The card holds less than it was to pay.',
    'Show the new amount that is due, and check out again when the shopper agrees.',
    { requested: 2500, available: 1000 },
  ),
  'gift-card-unusable': guide(
    'The card was blocked, or has expired, while the order was being placed.',
    'Show the cart again: it names the card in `rejectedGiftCards`, and what is due without it.',
  ),
  'gift-card-spent': guide(
    'The units are gift cards, and less is left on them than would be paid back.',
    'Refund at most `max` for the line (`lines[].amount`): the rest of the card is taken back with it. An order is canceled with `"refund": false`, and what is left refunded before.',
  ),
  'gift-card-code-taken': guide('Another gift card has that code.', 'Choose another one, or leave it out.'),
  'store-credit-insufficient': guide(
    'The customer has less credit than was to be paid with it.',
    'Show the new amount that is due, and check out again when the shopper agrees.',
    { requested: 2500, available: 1000 },
  ),
  'hold-closed': guide('What was held went back, or was sold.', 'Hold it again.'),
  'hold-key-conflict': guide('The key was used for another hold.', ownKey),
  'import-running': guide('A file is imported just now.', 'Wait for its end: the import says how far it is.'),
  'incident-impossible': guide('The payment is in no state in which that can happen.', 'Read the payment first.'),
  'already-replayed': guide('The dead letter was replayed before.', 'Send `force=true` to replay it once more.'),
  'unknown-inbox': guide('The dead letter came from a queue that no Worker reads any more.', 'Delete it.'),
  'country-taken': guide('A country belongs to one market.', 'Take it out of the other market first.', {
    country: 'NO',
  }),
  'default-market-needed': guide(
    'One market must be that of all countries that no market names.',
    'Make another market the default first.',
  ),
  'code-taken': guide('Another promotion has that code.', 'Choose another one.'),
  'precondition-failed': guide(
    'Somebody changed it after the version in `If-Match`.',
    'Read it again, decide on what is there now, and send its ETag.',
    { version: 8 },
  ),
  'precondition-required': guide(
    'The list of variants leaves some out, which would take them away, and names no version that it was made from.',
    'Send the ETag of the product in `If-Match` to take them away, or change one variant at `…/variants/{variant}`.',
    {
      errors: [
        {
          pointer: '/variants',
          detail:
            'This list would take away "HAT-1". Send If-Match with the ETag that you have seen to do so, or change one variant at …/variants/{variant}.',
        },
      ],
    },
  ),
  'content-too-large': guide('The body is larger than the operation takes.', 'Send at most `maxBytes`.', {
    maxBytes: 65536,
  }),
  'unsupported-media-type': guide(
    'The body is of another type than the operation takes, or is compressed.',
    'Send `application/json`, or `text/csv` for files, without a Content-Encoding.',
    { detail: 'Send the body as application/json.' },
  ),
  'idempotency-key-reused': guide('The key was used with another body, or for another operation.', ownKey),
  'unknown-variant': guide('No variant has that id or SKU.', 'Read the product again.'),
  'unknown-market': guide(
    'Nothing is sold to that country, or in that currency.',
    'Ask for the markets of the shop, and offer their countries.',
  ),
  'currency-not-in-market': guide(
    'The market of the country sells in other currencies.',
    'Leave the currency out, or send one of the market.',
  ),
  'currency-not-sold': guide('A line has no price in that currency.', 'Remove the line, or keep the currency.', {
    detail: 'HAT-1 has no price in USD.',
    sku: 'HAT-1',
    currency: 'USD',
  }),
  'exchange-open': guide('What comes back is settled by an exchange.', 'Settle the return as the exchange it is.', {
    detail:
      'The exchange of this return settles what comes back. To pay it back instead, settle the return by a refund.',
  }),
  'unknown-line': guide('The order has no such line.', 'Read the order again.', {
    detail: 'The order has no line lin_9.',
    lineId: 'lin_9',
  }),
  'location-needed': guide('The goods lie at several locations.', 'Name the location that they ship from.'),
  'unknown-location': guide('There is no location with that id.', 'List the locations.', { locationId: 'loc_attic' }),
  'unknown-stock-unit': guide('No stock is kept under that id or SKU.', 'Read the variant: it names its stock units.', {
    sku: 'HAT-1',
  }),
  'unknown-provider': guide('The shop has no such payment provider.', 'Use one that the shop is set up for.'),
  'payment-method-not-offered': guide(
    'The merchant does not offer this way to pay for this cart: for its market, country, amount or customer, or at all.',
    'Choose one of `paymentMethods`, which `GET /v1/carts/{id}/payment-methods` shows beforehand.',
    {
      errors: [{ pointer: '/payment/provider', detail: 'A payment by "manual" is not offered for this cart.' }],
      paymentMethods: [{ id: 'card', provider: 'stripe', name: 'Card' }],
    },
  ),
  'unknown-shipping-option': guide(
    'The cart, at its address, has no such shipping option.',
    'Read the shipping options of the cart again.',
  ),
  'address-needed': guide(
    'Something in the cart has to be sent, or taxed where it goes, and the address for that is not there, not whole, or names nobody.',
    'Ask for the fields that `errors` points at. Whom goods go to is said by a first name, a last name or a company.',
    { errors: [{ pointer: '/shippingAddress', detail: 'Give the address that the goods go to.' }] },
  ),
  'contact-needed': guide(
    'Nobody could tell the buyer about the order.',
    'Set an e-mail address or a phone number on the cart.',
    { errors: [{ pointer: '/email', detail: 'Give an e-mail address or a phone number.' }] },
  ),
  'no-shipping-rate': guide('Nothing is sent to that address.', 'Ask for another address.', { country: 'IS' }),
  'below-order-minimum': guide('The order comes to less than is taken in this market.', 'Show how much is missing.'),
  'above-order-maximum': guide('An order holds no more units of that variant.', 'Lower the quantity of the line.', {
    quantity: 5,
    quantityMax: 3,
  }),
  'settings-full': guide(
    'All settings of prices together are larger than they may be.',
    'Delete promotions, rates or lists that are over.',
    { max: 1500000 },
  ),
  'wrong-currency': guide(
    'The balance is kept in another currency.',
    'Send an amount in the currency of the balance.',
    { currency: 'EUR' },
  ),
  'balance-too-large': guide('The balance would be larger than amounts may be.', 'Use a smaller amount.'),
  'unknown-product': guide('No product has that id or handle.', 'Read the list of products again.'),
  'too-many-lines': guide('A cart holds no more lines.', 'Check out what is there first.'),
  'total-too-large': guide('The cart would cost more than amounts may be.', 'Lower a quantity.'),
  'quantity-too-large': guide(
    'A line holds no more units, or its price was made by hand for fewer.',
    'Lower the quantity, or add more as a line of their own.',
  ),
  'invalid-options': guide(
    'The variants do not fit the options: a value is missing or not listed, or two variants have the same values.',
    'Give each variant one value per option, each combination once.',
    { errors: [{ pointer: '/variants/1/options', detail: 'The variant chooses no value for "Size".' }] },
  ),
  'too-many-payments': guide(
    'Five payments of the checkout were declined, or very many came to nothing, and it was closed; or ten payments of the cart were declined within an hour, in whatever checkouts.',
    'Start a new checkout with the same cart. Where the answer has `Retry-After`, the cart takes payments by card again after that time; an invoice or cash may be chosen at once. Nothing was taken, and the goods went back.',
  ),
  'rate-limited': guide('More requests came from this address than are taken in a minute.', anyTime),
  defect: guide(
    'A fault of the shop, and not of the request.',
    'Repeat the request once. When it stays, tell the operator of the shop the `requestId`.',
    { detail: 'The request id finds the cause in our logs.' },
  ),
  unavailable: guide('A part of the shop did not answer, moves to another machine, or is out of disk.', anyTime),
};
