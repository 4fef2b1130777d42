/**
 * How the buyer of an order is reached, where its goods and its bill go, and what merchants file it under: as it was bought, with
 * what was corrected since. The address of the goods stays once they have left for it.
 */
import type { Address } from '../../../../shared/values/address.ts';
import type { Metafield } from '../../../../shared/values/metafields.ts';
import type { OrderRefusal } from '../refusal.ts';
import { type Corrections, type Order, unshippedOf } from './order.ts';

export interface Bought {
  readonly email: string | null;
  readonly phone: string | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly note: string | null;
}

export interface Particulars extends Bought {
  readonly tags: readonly string[];
  readonly metafields: readonly Metafield[];
}

export function particularsOf(bought: Bought, { corrections }: Pick<Order, 'corrections'>): Particulars {
  const { email, shippingAddress, billingAddress, note } = { ...bought, ...corrections };
  const phones = [bought.phone, shippingAddress?.phone, billingAddress?.phone];
  // A field that was left empty says nothing, also where it was kept.
  const phone = phones.find((one) => (one ?? '').trim() !== '') ?? null;
  const added = { tags: [], metafields: [], ...definedOf(corrections) };
  return { email, shippingAddress, billingAddress, note, phone, ...added };
}

function definedOf(corrections: Corrections): Partial<Pick<Particulars, 'phone' | 'tags' | 'metafields'>> {
  const { phone, tags, metafields } = corrections;
  return {
    ...(phone === undefined ? {} : { phone }),
    ...(tags === undefined ? {} : { tags }),
    ...(metafields === undefined ? {} : { metafields }),
  };
}

/** The people and companies of an order, each once, whom the goods go to first. */
export function namesOf({
  shippingAddress,
  billingAddress,
}: Pick<Bought, 'shippingAddress' | 'billingAddress'>): string[] {
  const names = [shippingAddress, billingAddress].flatMap((address) => {
    const person = [address?.firstName, address?.lastName]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
    return [person, address?.company ?? ''];
  });
  return [...new Set(names.filter((name) => name.trim() !== ''))];
}

/** Why a change would leave no way to reach the buyer, by the field that takes the last one away; null where there is one, or was none. */
export function contactFault(
  bought: Bought,
  order: Pick<Order, 'corrections'>,
  wanted: Corrections,
): OrderRefusal | null {
  const isReached = ({ email, phone }: Bought) => [email, phone].some((way) => (way ?? '').trim() !== '');
  const after = particularsOf(bought, { corrections: { ...order.corrections, ...wanted } });
  if (isReached(after) || !isReached(particularsOf(bought, order))) return null;
  const detail = 'Give an e-mail address first: without a telephone number the buyer could not be reached.';
  const address = (['shippingAddress', 'billingAddress'] as const).find((name) => wanted[name] !== undefined);
  const pointer = wanted.phone !== undefined || address === undefined ? '/phone' : `/${address}/phone`;
  return { code: 'contact-needed', detail, errors: [{ pointer, detail }] };
}

/** Whether tax and shipping may differ between two addresses. */
export function isPricedAlike(before: Address | null, after: Address | null): boolean {
  return (
    before?.country === after?.country && before?.region === after?.region && before?.postalCode === after?.postalCode
  );
}

/** Why goods cannot be sent elsewhere any more; null where they can. */
export function addressFault(order: Order, before: Address | null, after: Address): OrderRefusal | null {
  const isLeft = order.fulfillments.length > 0;
  const isAllGone = order.isCanceled || order.lines.every((line) => unshippedOf(order, line) === 0);
  if (!isAllGone && (!isLeft || isPricedAlike(before, after))) return null;
  const detail = isAllGone
    ? 'Nothing of this order is still to ship, so its address stays. A shipment that never left can be taken back first.'
    : 'Some goods have left and were taxed for their address, so country, region and postal code stay.';
  return { code: 'address-fixed', detail, errors: [{ pointer: '/shippingAddress', detail }] };
}

/** What a correction leaves different from before; null where it says nothing new. */
export function changedBy(before: Particulars, wanted: Corrections): Corrections | null {
  const changed = Object.entries(wanted).filter(([name, value]) => {
    const known = Object.entries(before).find(([one]) => one === name)?.[1];
    return value !== undefined && JSON.stringify(sorted(known)) !== JSON.stringify(sorted(value));
  });
  return changed.length === 0 ? null : Object.fromEntries(changed);
}

/** Two spellings of one address are one address. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
