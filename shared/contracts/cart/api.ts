/** What other Workers may ask of a cart: a checkout reads it, freezes it, and closes or thaws it in the end. */
import type { Address } from '../../values/address.ts';
import type { Customer } from '../../values/customer.ts';
import type { Currency } from '../../values/money.ts';
import type { Packed } from '../../values/packed.ts';
import type { Result } from '../../values/result.ts';
import type { VariantSnapshot } from '../catalog/api.ts';
import type { HandDiscount, HandPrice } from '../pricing/api.ts';

export interface CartLine {
  readonly lineId: string;
  readonly quantity: number;
  /** The variant as it was when the line was last priced. */
  readonly variant: VariantSnapshot;
  readonly attributes: Readonly<Record<string, string>>;
  /** A price that a merchant has made. Absent: that of the catalogue or a list. */
  readonly byHand?: ByHand;
}

/** Who has made something by hand, and why. */
interface HandMade {
  readonly reason: string;
  readonly actor: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A price by hand. */
export interface ByHand extends HandMade {
  readonly price: HandPrice;
}

/** A discount by hand on all goods of a cart or an order together. */
export interface DiscountByHand extends HandMade {
  readonly discount: HandDiscount;
}

/** A gift card that pays for a cart. Its code was checked when it was given, and is not kept. */
export interface CartGiftCard {
  readonly cardId: string;
  readonly last4: string;
  /** What was left on it when the shopper last gave it: the least that a checkout must find there, as far as it is needed. */
  readonly balanceMinor: number;
}

/** Why a code that a shopper gave is no card that can pay for the cart. */
export type CardRefusal = 'unknown' | 'disabled' | 'expired' | 'wrong-currency';

/** A gift card that was given and is not in the cart. Its code is not kept. */
export interface RejectedGiftCard {
  /** The last characters of what was typed. */
  readonly last4: string;
  readonly reason: CardRefusal;
}

/** Store credit that a shopper wants to pay with: of the customer whom the cart was of at that moment. */
export interface CartStoreCredit {
  readonly customerId: string;
  /** What was left of it then, as with a gift card. */
  readonly balanceMinor: number;
}

/** What a shopper may set beside the lines. */
export interface CartDetails {
  readonly email: string | null;
  /** How the buyer is reached beside or instead of the e-mail address. */
  readonly phone: string | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly shippingOptionId: string | null;
  readonly discountCodes: readonly string[];
  /** In the order in which they pay. */
  readonly giftCards: readonly CartGiftCard[];
  /** What was given with them and cannot pay. Absent: nothing. */
  readonly rejectedGiftCards?: readonly RejectedGiftCard[];
  /** Pays after the gift cards. */
  readonly storeCredit: CartStoreCredit | null;
  /** Why there is none, though it was asked for. Absent: it was not. */
  readonly rejectedStoreCredit?: 'customer-needed' | null;
  /** The shopper's VAT id, as it was given. */
  readonly vatId: string | null;
  readonly note: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A cart as a checkout needs it. */
export interface CartSnapshot extends CartDetails {
  readonly cartId: string;
  readonly version: number;
  readonly status: 'active' | 'frozen' | 'completed';
  /** The checkout that froze or completed it. */
  readonly checkoutId: string | null;
  readonly country: string;
  readonly currency: Currency;
  /** Whom the merchant's system knows the shopper as; null for a guest. */
  readonly customer: Customer | null;
  readonly lines: readonly CartLine[];
  /** Absent: a merchant has taken nothing off all of it. */
  readonly discountByHand?: DiscountByHand;
  /** The allowances of which nothing was left when the shopper last looked. */
  readonly usedUp: readonly string[];
  /**
   * When its shopper was last shown a total, by the answer to a change or by a refused checkout, in milliseconds since 1970.
   * A freeze and a thaw leave it as it is.
   */
  readonly seenAt: number;
  /** When anything was last recorded about it. */
  readonly updatedAt: number;
}

export interface FreezeRequest {
  readonly cartId: string;
  readonly checkoutId: string;
  /** The version that was priced; null freezes the cart as it is. */
  readonly version: number | null;
  /** Milliseconds since 1970: the freeze ends by itself then. */
  readonly until: number;
  readonly now: number;
}

export interface RepriceRequest {
  readonly cartId: string;
  /** As they are now. */
  readonly variants: readonly VariantSnapshot[];
  /** The allowances of which nothing is left for the cart. */
  readonly usedUp: readonly string[];
  readonly now: number;
}

export type FreezeRefusal =
  | { readonly code: 'not-found' }
  /** The cart exists by its id alone: nothing was ever put into it. */
  | { readonly code: 'cart-empty' }
  | { readonly code: 'cart-changed'; readonly version: number }
  | { readonly code: 'cart-frozen' | 'cart-completed'; readonly checkoutId: string };

export interface CartApi {
  /** Null when there is no such cart. */
  read(cartId: string, now: number): Promise<Packed<CartSnapshot | null>>;
  /** Bars every change while a checkout runs, and answers the cart as it is now frozen. Idempotent per checkout. */
  freeze(request: FreezeRequest): Promise<Packed<Result<CartSnapshot, FreezeRefusal>>>;
  /** Gives the cart back to the shopper. Idempotent. */
  thaw(request: Pick<FreezeRequest, 'cartId' | 'checkoutId' | 'now'>): Promise<void>;
  /** Records in an open cart the new prices that its shopper was shown, after a checkout found that the total has changed. */
  reprice(request: RepriceRequest): Promise<void>;
  /** Ends carts that have become orders. Idempotent; at most 100 per call. */
  complete(carts: readonly Pick<FreezeRequest, 'cartId' | 'checkoutId'>[], now: number): Promise<void>;
}

/** Carts that merchants have put together as drafts. */
export interface DraftCartsApi {
  /** Ends a cart with all that is in it; read by its id, it is empty. Refused while it is bought, and after. Idempotent. */
  discard(cartId: string, now: number): Promise<DiscardRefusal | null>;
}

export type DiscardRefusal = Extract<FreezeRefusal, { readonly code: 'cart-frozen' | 'cart-completed' }>;

/** A Worker that remembers what the merchant has set: the router tells it of every edit. */
export interface RemembersMerchant {
  /** Drops what is remembered, in the isolate that is called. */
  forget(): Promise<void>;
}
