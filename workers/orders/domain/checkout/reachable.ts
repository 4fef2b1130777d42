/**
 * What an order needs of its shopper beside goods and money: where goods go that ship, and a way to reach the buyer. A
 * checkout of a shopper and one of a merchant's draft need the same. Pointers lead into the cart, where it is to be given.
 */
import type { CartLine, CartSnapshot } from '../../../../shared/contracts/cart/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import type { OrderRefusal } from '../refusal.ts';

type Buying = Pick<CartSnapshot, 'email' | 'shippingAddress' | 'billingAddress'>;

interface Lack {
  readonly code: 'address-needed' | 'contact-needed';
  readonly pointer: string;
  readonly detail: string;
}

/**
 * What is missing, as one refusal that names all of it; null when nothing is.
 * @param quote null while there is no price: then nobody has chosen to fetch the goods
 */
export function whatIsMissing(
  cart: Buying,
  lines: readonly Pick<CartLine, 'variant'>[],
  quote: Pick<Quote, 'shippingOptions' | 'shippingOptionId'> | null,
): OrderRefusal | null {
  const lacks = [...lackOfAddress(cart, lines, quote), ...lackOfContact(cart)];
  const [first] = lacks;
  if (first === undefined) return null;
  const errors = lacks.map(({ pointer, detail }) => ({ pointer, detail }));
  return { code: first.code, detail: first.detail, errors };
}

function lackOfAddress(
  { shippingAddress }: Buying,
  lines: readonly Pick<CartLine, 'variant'>[],
  quote: Pick<Quote, 'shippingOptions' | 'shippingOptionId'> | null,
): readonly Lack[] {
  const isFetched = quote?.shippingOptions.find(({ id }) => id === quote.shippingOptionId)?.isPickup === true;
  const mustShip = !isFetched && lines.some(({ variant }) => variant.requiresShipping);
  if (!mustShip || shippingAddress !== null) return [];
  return [{ code: 'address-needed', pointer: '/shippingAddress', detail: 'Give the address that the goods go to.' }];
}

function lackOfContact({ email, shippingAddress, billingAddress }: Buying): readonly Lack[] {
  const isSaid = [email, shippingAddress?.phone, billingAddress?.phone].some((way) => (way ?? '').trim() !== '');
  if (isSaid) return [];
  return [
    {
      code: 'contact-needed',
      pointer: '/email',
      detail: 'Give an e-mail address, or a telephone number with the shipping or billing address.',
    },
  ];
}
