/** What may be asked of an order after its checkout. Plain data: it crosses RPC. */
import type { ByHand, DiscountByHand } from '../../../shared/contracts/cart/api.ts';
import type { CustomGoods, SentCurrency } from '../../../shared/quoting/by-hand.ts';
import type { Address } from '../../../shared/values/address.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { CancelCommand } from '../domain/order/cancel.ts';
import type { CaptureCommand } from '../domain/order/capture.ts';
import type { CollectCommand } from '../domain/order/collect.ts';
import type { FulfillCommand } from '../domain/order/fulfill.ts';
import type { LineUnits, Tracking } from '../domain/order/operation.ts';
import type { Corrections } from '../domain/order/order.ts';
import type { RefundCommand } from '../domain/order/refund.ts';
import type { SettleReturnCommand } from '../domain/order/return-credit.ts';
import type { ReceiveCommand, RequestReturnCommand } from '../domain/order/returns.ts';
import type { UnfulfillCommand } from '../domain/order/unfulfill.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import type { Asked } from './requests.ts';

/** A variant by id or by SKU, or goods that the catalogue does not have. */
export interface AddedLine {
  readonly variantId?: string | undefined;
  readonly sku?: string | undefined;
  readonly custom?: CustomGoods | undefined;
  readonly quantity: number;
  readonly byHand?: ByHand | undefined;
}

/** Another quantity, and another price where it is made by hand. */
interface ChangedLine extends LineUnits {
  readonly byHand?: ByHand | undefined;
}

export interface EditCommand {
  readonly type: 'edit';
  /** Absent: the goods go where they went. */
  readonly shippingAddress?: Address | undefined;
  /** Absent: it stays. It decides the tax of what is not sent. */
  readonly billingAddress?: Address | undefined;
  readonly lines: readonly ChangedLine[];
  readonly added: readonly AddedLine[];
  /** Off all goods; null takes the one that there was away. Absent: it stays. */
  readonly discountByHand?: DiscountByHand | null | undefined;
  /** What the preview of this very edit was called. */
  readonly token: string;
}

export type OrderCommand =
  | (Omit<FulfillCommand, 'isCaptured'> & {
      /** Null: as the order's capture mode says. */
      readonly isCaptured: boolean | null;
      /** Whether the goods leave although money is outstanding. */
      readonly isUnpaidFine?: boolean;
    })
  | UnfulfillCommand
  | CancelCommand
  | CaptureCommand
  | CollectCommand
  | RefundCommand
  | (Omit<RequestReturnCommand, 'exchange'> & { readonly exchange: readonly AddedLine[] })
  | {
      readonly type: 'decide-return';
      readonly returnId: string;
      readonly action: 'approve' | 'reject' | 'cancel';
      readonly note: string | null;
    }
  | ReceiveCommand
  | SettleReturnCommand
  | EditCommand
  | { readonly type: 'track'; readonly fulfillmentId: string; readonly tracking: Tracking }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'correct'; readonly corrections: Corrections };

export interface OrderRequest extends Omit<Asked, 'idempotency'> {
  readonly checkoutId: string;
  readonly command: OrderCommand;
  /** Of the amounts in the command: each must be the order's. */
  readonly currencies: readonly SentCurrency[];
  /** Who asks, as the timeline shows it. */
  readonly actor: string;
  readonly idempotency: IdempotencyKey | null;
  /** Why it is not done, unless it was done before under its key. */
  readonly fault?: OrderRefusal;
}

/** What an edit changes, before it has a price. */
export type EditChanges = Omit<EditCommand, 'type' | 'token'>;

export interface EditPreviewRequest extends EditChanges {
  readonly checkoutId: string;
  /** Of the amounts in it: each must be the order's. */
  readonly currencies?: readonly SentCurrency[];
  readonly requestId: string;
}
