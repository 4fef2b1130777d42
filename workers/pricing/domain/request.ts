/** What the reckoning is asked: a cart, who buys it, and what is known of its balances and allowances. */
import type { ProviderName } from '../../../shared/contracts/payments/api.ts';
import type { Buyer, CartQuestion, PriceableCart } from '../../../shared/contracts/pricing/api.ts';
import type { UniqueCode } from './codes.ts';

export interface QuoteCustomer extends Pick<Buyer, 'groups' | 'vatId' | 'isTaxExempt'> {
  /** The customer's id, or for a guest a hash of the e-mail address; null while neither is known. */
  readonly id: string | null;
  /**
   * The hash of the e-mail address, beside an id. What one customer may use or begin but once counts for both, so that nobody
   * gets it twice by being a guest for a while.
   */
  readonly guestId?: string;
  readonly isFirstOrder: boolean;
}

export interface QuoteRequest
  extends Pick<PriceableCart, 'country' | 'currency' | 'lines' | 'shippingOptionId' | 'handDiscount' | 'given'>,
    Pick<CartQuestion, 'isForCheckout' | 'needsGoodsTaxes' | 'needsGiftOffers' | 'needsPaymentMethods'> {
  /** Prices with the settings as they were then (milliseconds since 1970) instead of now. Costs a read of the database. */
  readonly asOf?: number;
  /** Which promotions and price lists run, in milliseconds since 1970. Absent: `asOf`, or else the present. */
  readonly now?: number;
  /** Where in the country the cart goes. */
  readonly address?: NonNullable<PriceableCart['address']>;
  readonly codes?: readonly string[];
  /** Those of the codes that are unique ones of promotions. */
  readonly uniqueCodes?: readonly UniqueCode[];
  /** Gift cards and then store credit, by the names of their balances, in the order in which they pay. */
  readonly giftCards?: readonly { readonly key: string; readonly balanceMinor: number }[];
  readonly customer?: QuoteCustomer;
  /** The payment providers that this deployment has. Absent: all. */
  readonly providers?: readonly ProviderName[];
  /** Allowances of which nothing is left, as far as that is known: promotions that need one do not act. */
  readonly usedUp?: readonly string[];
}
