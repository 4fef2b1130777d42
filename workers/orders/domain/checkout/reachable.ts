/**
 * What an order needs of its shopper beside goods and money: where and to whom goods go that ship, what its taxes depend on, and
 * a way to reach the buyer. A checkout of a shopper and one of a merchant's draft need the same. Pointers lead into the cart, where it is
 * to be given.
 */
import type { CartLine, CartSnapshot } from '../../../../shared/contracts/cart/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import { type Address, missingFields, namesRecipient, tellField } from '../../../../shared/values/address.ts';
import type { OrderRefusal } from '../refusal.ts';

type Buying = Pick<CartSnapshot, 'email' | 'phone' | 'shippingAddress' | 'billingAddress'>;
type Lines = readonly Pick<CartLine, 'variant'>[];
/** Null while there is no price: then nobody has chosen to fetch the goods. */
type Priced = Pick<Quote, 'shippingOptions' | 'shippingOptionId' | 'taxNeeds'> | null;

interface Lack {
  readonly code: 'address-needed' | 'contact-needed';
  readonly pointer: string;
  readonly detail: string;
}

/** What is missing, as one refusal that names all of it; null when nothing is. */
export function whatIsMissing(cart: Buying, lines: Lines, quote: Priced): OrderRefusal | null {
  const isSent = hasGoodsThatShip(lines);
  const lacks = distinct([
    ...(isDelivered(lines, quote) ? lacksOfParcel(cart.shippingAddress) : []),
    ...lacksOf('shippingAddress', isPickedUp(quote) ? null : cart.shippingAddress),
    ...lacksOf('billingAddress', cart.billingAddress),
    ...lacksOfTaxes(cart, isSent, quote),
    ...lackOfContact(cart),
  ]);
  return refusalOf(lacks);
}

/** What another address of an order that was placed lacks, as one refusal; null where it lacks nothing. */
export function whatAddressLacks(
  name: 'shippingAddress' | 'billingAddress',
  address: Address | null | undefined,
  order: { readonly lines: Lines; readonly quote: Priced },
): OrderRefusal | null {
  const isForGoods = name === 'shippingAddress' && isDelivered(order.lines, order.quote);
  return refusalOf([...(isForGoods ? lackOfRecipient(address ?? null) : []), ...lacksOf(name, address ?? null)]);
}

/** Whether goods are brought to an address. */
export function isDelivered(lines: Lines, quote: Priced): boolean {
  return hasGoodsThatShip(lines) && !isPickedUp(quote);
}

function hasGoodsThatShip(lines: Lines): boolean {
  return lines.some(({ variant }) => variant.requiresShipping);
}

function isPickedUp(quote: Priced): boolean {
  return quote?.shippingOptions.find(({ id }) => id === quote.shippingOptionId)?.isPickup === true;
}

function refusalOf(lacks: readonly Lack[]): OrderRefusal | null {
  const [first] = lacks;
  if (first === undefined) return null;
  const errors = lacks.map(({ pointer, detail }) => ({ pointer, detail }));
  return { code: first.code, detail: first.detail, errors };
}

const noAddress: Lack = {
  code: 'address-needed',
  pointer: '/shippingAddress',
  detail: 'Give the address that the goods go to.',
};

/** What goods on their way need beside what every address of the country does. */
function lacksOfParcel(address: Address | null): readonly Lack[] {
  return address === null ? [noAddress] : lackOfRecipient(address);
}

/** One of several fields will do, so the one is pointed at that most people have. */
function lackOfRecipient(address: Address | null): readonly Lack[] {
  if (address === null || namesRecipient(address)) return [];
  return [{ code: 'address-needed', pointer: '/shippingAddress/lastName', detail: noRecipient }];
}

const noRecipient = 'Give the name of the person or company that the goods go to.';

/** Fields that the country of an address needs. */
function lacksOf(name: 'shippingAddress' | 'billingAddress', address: Address | null): readonly Lack[] {
  if (address === null) return [];
  return missingFields(address).map(({ field, detail }) => ({
    code: 'address-needed',
    pointer: `/${name}/${field}`,
    detail,
  }));
}

/** What taxes depend on is asked for in the address that they go by: that of the goods, or of the buyer where nothing is sent. */
function lacksOfTaxes(cart: Buying, isSent: boolean, quote: Priced): readonly Lack[] {
  const name = isSent || cart.shippingAddress !== null ? 'shippingAddress' : 'billingAddress';
  if (quote?.taxNeeds === undefined) return [];
  if (cart[name] === null) return [{ code: 'address-needed', pointer: `/${name}`, detail: taxesDepend }];
  return quote.taxNeeds.map((field) => ({
    code: 'address-needed',
    pointer: `/${name}/${field}`,
    detail: tellField(field, cart[name]?.country ?? null),
  }));
}

const taxesDepend = 'Give your address: the taxes depend on it.';

function lackOfContact({ email, phone, shippingAddress, billingAddress }: Buying): readonly Lack[] {
  const ways = [email, phone, shippingAddress?.phone, billingAddress?.phone];
  const isSaid = ways.some((way) => (way ?? '').trim() !== '');
  if (isSaid) return [];
  return [
    {
      code: 'contact-needed',
      pointer: '/email',
      detail: 'Give an e-mail address or a telephone number.',
    },
  ];
}

/** One place is named once, whatever it is needed for. */
function distinct(lacks: readonly Lack[]): readonly Lack[] {
  return lacks.filter(({ pointer }, index) => lacks.findIndex((other) => other.pointer === pointer) === index);
}
