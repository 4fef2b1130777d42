/**
 * What a correction changes about an order. Another address may change tax and shipping: where it does, the correction is
 * refused with the difference, and an edit that was previewed makes it.
 */
import { decidingAddress } from '../../../shared/quoting/priceable.ts';
import { money } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { whatAddressLacks } from '../domain/checkout/reachable.ts';
import { addressFault, changedBy, contactFault, isPricedAlike, type Particulars } from '../domain/order/corrections.ts';
import { outcomeOfEdit } from '../domain/order/edit-outcome.ts';
import type { Numbering } from '../domain/order/operation.ts';
import type { Corrections, Order } from '../domain/order/order.ts';
import type { PricedExchange } from '../domain/order/return-credit.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import type { Readable } from '../service/neighbors.ts';
import { type Editable, quoteEdit } from './edit-quotes.ts';

interface Correctable extends Editable {
  readonly particulars: Particulars;
  readonly numbering: Numbering;
}

/** What of the wanted corrections is new; null where everything is so already. */
export async function correctionsOf(
  wanted: Corrections,
  subject: Correctable,
  shop: Readable,
): Promise<Result<Corrections | null, OrderRefusal>> {
  const { order, particulars } = subject;
  const changed = changedBy(particulars, wanted);
  if (changed === null) return accept(null);
  const { shippingAddress, billingAddress } = changed;
  const unreachable = contactFault(subject.bought, order, changed);
  if (unreachable !== null) return refuse(unreachable);
  const lack =
    whatAddressLacks('shippingAddress', shippingAddress, order) ??
    whatAddressLacks('billingAddress', billingAddress, order);
  if (lack !== null) return refuse(lack);
  const fault =
    shippingAddress === undefined || shippingAddress === null
      ? null
      : addressFault(order, particulars.shippingAddress, shippingAddress);
  if (fault !== null) return refuse(fault);
  const { lines } = order;
  const deciding = decidingAddress({ ...particulars, ...changed, lines });
  // A bill that nobody has to pay any more may go anywhere.
  if (order.isCanceled || isPricedAlike(decidingAddress({ ...particulars, lines }), deciding)) return accept(changed);
  const addresses = {
    ...(shippingAddress === undefined || shippingAddress === null ? {} : { shippingAddress }),
    ...(billingAddress === undefined || billingAddress === null ? {} : { billingAddress }),
  };
  const priced = await quoteEdit(
    { ...subject, billingAddress: billingAddress === undefined ? subject.billingAddress : billingAddress },
    { lines: [], added: [], ...addresses },
    shop,
  );
  if (!priced.ok) return priced;
  const name = deciding === shippingAddress ? 'shippingAddress' : 'billingAddress';
  return isSamePrice(order.quote, priced.value.quote) ? accept(changed) : refuse(dearer(name, subject, priced.value));
}

function isSamePrice(before: Order['quote'], after: Order['quote']): boolean {
  const facts = ({ totalMinor, taxMinor, shippingMinor, taxLines }: Order['quote']) =>
    JSON.stringify([totalMinor, taxMinor, shippingMinor, taxLines.map(({ name, rate }) => [name, rate])]);
  return facts(before) === facts(after);
}

function dearer(
  name: 'shippingAddress' | 'billingAddress',
  { order, numbering }: Correctable,
  priced: PricedExchange,
): OrderRefusal {
  const { currency, totalMinor } = priced.quote;
  const { deltaMinor, refundMinor, outstandingMinor } = outcomeOfEdit(order, priced, numbering);
  const detail = `Tax or shipping differ at that address. Preview an edit with this ${name}, and confirm it.`;
  return {
    code: 'address-changes-total',
    detail,
    total: money(totalMinor, currency),
    delta: money(deltaMinor, currency),
    refund: money(refundMinor, currency),
    additionalPayment: money(outstandingMinor, currency),
    errors: [{ pointer: `/${name}`, detail }],
  };
}
