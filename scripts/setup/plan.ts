/**
 * From answers and a shop as it is to the requests that make it so: a pure function. Answers that the shop fits already give no
 * request at all, so a set-up can be broken off and repeated.
 */
import type { FieldFault } from '../../shared/http/problem.ts';
import type { Answers, ShippingAnswer } from './answers.ts';
import { type Matched, matchMarkets, planMarkets } from './plan-markets.ts';
import { ratesOf, type ShopState } from './state.ts';
import { changesBetween, contentsOf, differing, type Write } from './writes.ts';

export interface Plan {
  /** In the order in which they can be done. */
  readonly writes: readonly Write[];
  /** Why the answers cannot be had in this shop. */
  readonly faults: readonly FieldFault[];
}

export function planOf(state: ShopState, answers: Answers): Plan {
  const matched = matchMarkets(state, answers.markets ?? []);
  const { writes, faults } = planMarkets(state, matched);
  const shipping = matched.flatMap((one) => planShipping(state, one));
  const closed = answers.otherMarkets === 'close' ? planClosing(state, matched) : [];
  return {
    writes: [
      ...planProfile(state, answers),
      ...writes,
      ...planTaxes(state, answers),
      ...shipping,
      ...closed,
      ...planPayment(state, answers),
    ],
    faults,
  };
}

function planProfile({ profile }: ShopState, { shop = {}, mail = {} }: Answers): Write[] {
  const wanted = { ...shop, mailFrom: mail.from, mailReplyTo: mail.replyTo };
  const body = differing(profile, wanted);
  if (Object.keys(body).length === 0) return [];
  const changes = changesBetween(profile, body);
  const what = 'say who the shop is';
  return [{ what, changes, method: 'PATCH', path: '/admin/v1/shop', body, version: profile.version }];
}

/** Amounts and zones are compared whatever their order. */
const shippingSets = ['prices', 'freeFrom', 'zones', 'profiles'];

function planShipping(state: ShopState, { answer, market }: Matched): Write[] {
  if (answer.shipping === undefined) return [];
  const left = market === null ? [] : [...ratesOf(state, market.id)];
  const saved = answer.shipping.flatMap((wanted): Write[] => {
    const at = left.findIndex(({ name }) => name === wanted.name);
    const [present] = at < 0 ? [] : left.splice(at, 1);
    if (present === undefined) return [newRate(wanted, answer.name, market?.id)];
    const body = differing(present, wanted, shippingSets);
    if (Object.keys(body).length === 0) return [];
    const what = `change the shipping rate ${wanted.name} of ${answer.name}`;
    const path = `/admin/v1/shipping-rates/${present.id}`;
    return [{ what, changes: changesBetween(present, body), method: 'PATCH', path, body, version: present.version }];
  });
  return [...saved, ...left.map((rate) => removalOf(rate, answer.name))];
}

function newRate(wanted: ShippingAnswer, marketName: string, marketId: string | undefined): Write {
  const request = { method: 'POST', path: '/admin/v1/shipping-rates', version: null } as const;
  const what = `add the shipping rate ${wanted.name} to ${marketName}`;
  const changes = contentsOf(wanted);
  if (marketId !== undefined) return { what, changes, ...request, body: { ...wanted, marketId } };
  return { what, changes, ...request, body: { ...wanted }, market: { madeBy: marketName } };
}

function removalOf(
  { id, name, version }: { readonly id: string; readonly name: string; readonly version: number },
  marketName: string,
): Write {
  const what = `remove the shipping rate ${name} of ${marketName}`;
  return { what, changes: [], method: 'DELETE', path: `/admin/v1/shipping-rates/${id}`, version };
}

/** A market is never removed, because orders name it; nothing is sent to one without a shipping rate. */
function planClosing(state: ShopState, matched: readonly Matched[]): Write[] {
  const listed = new Set(matched.map(({ market }) => market?.id));
  return state.markets
    .filter(({ id }) => !listed.has(id))
    .flatMap(({ id, name }) => ratesOf(state, id).map((rate) => removalOf(rate, name)));
}

function planTaxes({ taxRates }: ShopState, { taxes }: Answers): Write[] {
  if (taxes === undefined) return [];
  const left = [...taxRates];
  const saved = taxes.flatMap((wanted): Write[] => {
    const isIt = (rate: (typeof left)[number]): boolean =>
      rate.name === wanted.name &&
      rate.taxClass === wanted.taxClass &&
      Object.keys(differing({ zone: rate.zone }, { zone: wanted.zone })).length === 0;
    const at = left.findIndex(isIt);
    const [present] = at < 0 ? [] : left.splice(at, 1);
    const of = `${wanted.name} (${wanted.zone.country}, ${wanted.taxClass})`;
    if (present === undefined) {
      const request = { method: 'POST', path: '/admin/v1/tax-rates', body: { ...wanted }, version: null } as const;
      return [{ what: `add the tax rate ${of}`, changes: contentsOf(wanted), ...request }];
    }
    const body = differing(present, wanted);
    if (Object.keys(body).length === 0) return [];
    const path = `/admin/v1/tax-rates/${present.id}`;
    const changes = changesBetween(present, body);
    return [{ what: `change the tax rate ${of}`, changes, method: 'PATCH', path, body, version: present.version }];
  });
  const removed = left.map(({ id, name, zone, taxClass, version }): Write => {
    const what = `remove the tax rate ${name} (${zone.country}, ${taxClass})`;
    return { what, changes: [], method: 'DELETE', path: `/admin/v1/tax-rates/${id}`, version };
  });
  return [...saved, ...removed];
}

const paymentSets = ['marketIds', 'countries', 'minAmounts', 'maxAmounts', 'customerGroups'];

function planPayment({ payment }: ShopState, { payment: wanted = [] }: Answers): Write[] {
  const changes: string[] = [];
  const methods = wanted.flatMap((method) => {
    const present = payment.methods.find(({ id }) => id === method.id);
    const difference = differing(present ?? {}, method, paymentSets);
    if (Object.keys(difference).length === 0) return [];
    const lines = present === undefined ? contentsOf(method) : changesBetween(present, difference);
    changes.push(...lines.map((line) => `${method.id}, ${line}`));
    return [{ ...difference, id: method.id }];
  });
  if (methods.length === 0) return [];
  const path = '/admin/v1/payment-methods';
  const what = 'change the ways to pay';
  return [{ what, changes, method: 'PATCH', path, body: { methods }, version: payment.version }];
}
