/**
 * An operation on an order: an intent that is recorded before anything happens elsewhere, with all that it needs to be
 * carried out and recorded. Its effects run in their order, each under a key of its own, so repeating one is safe. What
 * cannot be undone comes after everything that may be refused.
 */
import type { CartLine, DiscountByHand } from '../../../../shared/contracts/cart/api.ts';
import type { StockNeed } from '../../../../shared/contracts/catalog/api.ts';
import type { LocatedQuantity } from '../../../../shared/contracts/inventory/api.ts';
import type { VoidedUnits } from '../../../../shared/contracts/pricing/allowances.ts';
import type { GivenDiscount, Quote, QuotedLine, TaxLine } from '../../../../shared/contracts/pricing/api.ts';
import type { Address } from '../../../../shared/values/address.ts';

/** Where in a request its lines stand, those that it adds too, and the amount that it names: JSON pointers. */
export interface RequestPlaces {
  readonly lines: Readonly<Record<string, string>>;
  /** Absent: it names none. */
  readonly amount?: string;
}

/** The request that an operation answers. A refusal is told with it, also by an alarm that finds it after a crash. */
export interface AskedUnderKey {
  readonly key: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly places: RequestPlaces;
}

/** What a line is called that an operation adds. */
export const addedLineId = (operationNumber: number, index: number): string => `lin_${operationNumber}_${index + 1}`;

/** Some units of one line. */
export interface LineUnits {
  readonly lineId: string;
  readonly quantity: number;
}

/** Promised stock that leaves from its places under one key. */
export interface Shipment {
  readonly holdKey: string;
  readonly fulfillmentKey: string;
  readonly items: readonly LocatedQuantity[];
}

/** `holdKey` is the key under which the stock was promised to the order. */
export type Effect =
  | { readonly do: 'hold'; readonly holdKey: string; readonly needs: readonly StockNeed[] }
  | { readonly do: 'commit'; readonly holdKey: string; readonly stockUnitIds: readonly string[] }
  | ({ readonly do: 'ship' } & Shipment)
  /** Takes a shipment back that never left: its goods are promised to the order again. */
  | ({ readonly do: 'unship' } & Shipment)
  | { readonly do: 'capture'; readonly captureKey: string; readonly amountMinor: number }
  | { readonly do: 'refund'; readonly refundKey: string; readonly amountMinor: number }
  /** Books money that the merchant has received, as a payment of its own. */
  | { readonly do: 'collect'; readonly paymentId: string; readonly amountMinor: number }
  /** Gives back, by hand like it came, what was received after the checkout. */
  | { readonly do: 'repay'; readonly paymentId: string; readonly refundKey: string; readonly amountMinor: number }
  /** Takes what is left out of the gift cards of units that are sold no longer: before any money goes back for them. */
  | { readonly do: 'void-cards'; readonly voidKey: string; readonly units: readonly VoidedUnits[] }
  /** Pays back to a gift card or store credit. */
  | { readonly do: 'credit'; readonly card: string; readonly creditKey: string; readonly amountMinor: number }
  | { readonly do: 'void' }
  /** Drops what is left of an authorization. */
  | { readonly do: 'let-go' }
  /** Gives back uses and budgets of promotions. */
  | { readonly do: 'give-back'; readonly allowances: readonly string[] }
  | {
      readonly do: 'release';
      readonly holdKey: string;
      readonly releaseKey: string;
      readonly items: readonly StockNeed[];
    }
  | {
      readonly do: 'restock';
      readonly restockKey: string;
      readonly items: readonly (LocatedQuantity & { readonly condition: 'sellable' | 'damaged' })[];
    };
export type EffectName = Effect['do'];

export interface Tracking {
  readonly carrier: string | null;
  readonly number: string | null;
  readonly url: string | null;
}

export interface Fulfillment {
  readonly id: string;
  readonly lines: readonly LineUnits[];
  readonly locationIds: readonly string[];
  readonly tracking: Tracking | null;
  /** What left the stock with it, so that exactly this can be taken back. */
  readonly shipments: readonly Shipment[];
  readonly at: number;
}

/** Money given back. `pending`: the provider has taken it on and will say how it ended. */
export interface Refund {
  readonly id: string;
  /** Its name at payments. */
  readonly key: string;
  readonly cause: 'refund' | 'return' | 'edit' | 'cancel';
  /** What goes to the payer. */
  readonly amountMinor: number;
  /** Where it goes; they add up to the amount. */
  readonly parts: readonly RefundPart[];
  /** By how much the order costs less without its lines being changed. An exchange is credited more than it pays out. */
  readonly creditMinor: number;
  readonly lines: readonly RefundedLine[];
  readonly shippingMinor: number;
  readonly returnId: string | null;
  readonly note: string | null;
  readonly isPending: boolean;
  readonly at: number;
}

/** `key` names what was received, or the balance of the card; the provider's payment needs none. */
export interface RefundPart {
  readonly to: 'payment' | 'received' | 'card';
  readonly key: string | null;
  readonly amountMinor: number;
}

export interface RefundedLine extends LineUnits {
  readonly grossMinor: number;
  readonly taxMinor: number;
}

/** Units that went back, as they stay on the order: at what was charged for them, with what led to it. */
export interface PartedUnits extends RefundedLine {
  /** Whether the discounts, and the price that they were taken off, have tax inside: as in the market that charged them. */
  readonly includesTax: boolean;
  readonly discounts: QuotedLine['discounts'];
  readonly taxLines: readonly TaxLine[];
}

/** What stays as it was charged while the rest of an order is priced anew. It is remembered, so that no later price can shift it. */
export interface Parted {
  readonly units: readonly PartedUnits[];
  readonly shippingTaxLines: readonly TaxLine[];
  /** The discounts that were ever shown for them: one that rounds to nothing in another market comes back with its name. */
  readonly discounts: Quote['discounts'];
  /** Shares of units that were exchanged, which what came in their place has taken over. Absent: none. */
  readonly handedOver?: readonly GivenDiscount[];
}

/** Units that a refund, or the cancellation of the order, has taken out of what is to ship. */
export interface CanceledUnits extends LineUnits {
  /** Null: the order was canceled, and what it gave back names no units. */
  readonly refundId: string | null;
  /** The refund that paid for them later: the first one had failed, or the cancellation could not give back all the money. */
  readonly refundedAgainBy?: string;
  /** They are gone for the shop as well: canceled with an order whose goods do not go back into stock. */
  readonly isWrittenOff?: true;
}

/** Money that the merchant has received after the checkout, by a way that no provider knows of. */
export interface ReceivedPayment {
  readonly id: string;
  readonly amountMinor: number;
  readonly note: string | null;
  readonly at: number;
}

export interface ReceivedLine extends LineUnits {
  readonly condition: 'sellable' | 'damaged';
  readonly isRestocked: boolean;
}

/** What an edit leaves. Absent is what stays: where the goods and the bill go, and a discount by hand. Null takes the discount away. */
export interface Edited {
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
  /** Absent: all of it was priced together. */
  readonly parted?: Parted;
  readonly shippingAddress?: Address;
  readonly billingAddress?: Address;
  readonly discountByHand?: DiscountByHand | null;
}

/** What is true of the order once every effect is done. Captured money and promised stock follow from the effects. */
interface Change {
  readonly fulfillment?: Fulfillment;
  /** The shipment that never left. */
  readonly unfulfilledId?: string;
  readonly refund?: Refund;
  readonly canceledUnits?: readonly CanceledUnits[];
  readonly receipt?: {
    readonly returnId: string;
    readonly lines: readonly ReceivedLine[];
    /** False: the merchant settles them otherwise. */
    readonly isRefunded: boolean;
  };
  readonly edit?: Edited;
  readonly isCancellation?: true;
  /** Why, in the words of who did it. */
  readonly note?: string;
  readonly received?: ReceivedPayment;
}

type OperationKind =
  | 'fulfill'
  | 'unfulfill'
  | 'cancel'
  | 'capture'
  | 'collect'
  | 'refund'
  | 'receive'
  | 'exchange'
  | 'edit';

/** What an operation that ended well has done: for the timeline and for the events. */
export interface Deed {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly fulfillmentId: string | null;
  readonly refundId: string | null;
  readonly returnId: string | null;
  /** What was taken by it, or received. */
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** By how much the total has changed. */
  readonly deltaMinor: number;
  /** Done by the shopper of the order, and not by the merchant. */
  readonly isByShopper: boolean;
  /** With it, the last of the money was taken. */
  readonly isPayingOff: boolean;
}

/** What a decision makes of a command, before the operation is numbered and signed. */
export interface OperationDraft {
  readonly kind: OperationKind;
  readonly effects: readonly Effect[];
  readonly change: Change;
}

export interface Operation extends OperationDraft {
  readonly id: string;
  readonly actor: string;
  /** The key under which the caller is answered, also after a crash. */
  readonly asked: AskedUnderKey | null;
  /** Follows another one, so that its failure does not undo what the caller asked for. */
  readonly isFollowUp?: true;
  /** An operation of its own that follows in the commit that ends this one well. */
  readonly followUp: OperationDraft | null;
}

/** The numbered parts of an operation, from which its keys are made. */
export interface Numbering {
  readonly checkoutId: string;
  readonly number: number;
  readonly now: number;
}

/** The key of an effect at a neighbour: unique for the operation and the part of it. */
export function keyOf({ checkoutId, number }: Numbering, part: string): string {
  return `${checkoutId}.${part}${number}`;
}

/** An id that is unique in its order: the number of the operation that made the thing. */
export function idOf(prefix: 'op' | 'ful' | 'rfd' | 'ret' | 'pay', number: number): string {
  return `${prefix}_${number}`;
}
