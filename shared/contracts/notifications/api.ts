/** What other Workers may ask notifications: to write to somebody. */
import type { Money } from '../../values/money.ts';
import type { InboxApi } from '../inbox.ts';

export interface OrderLink {
  readonly template: 'order-link';
  readonly facts: {
    readonly number: string;
    /** Opens the order once. */
    readonly token: string;
    /** The page of the storefront that takes the token; null where the merchant has named none. */
    readonly pageUrl: string | null;
  };
}

export interface SoldGiftCards {
  readonly template: 'gift-cards';
  readonly facts: {
    readonly number: string;
    readonly cards: readonly { readonly code: string; readonly worth: Money }[];
  };
}

/** A message by what it is about; notifications puts it into words. */
export type OutgoingMessage = (OrderLink | SoldGiftCards) & {
  /** Names the message: sent again, it is one message. */
  readonly id: string;
  readonly to: string;
  /** Milliseconds since 1970: afterwards the message is of no use, and is dropped. */
  readonly expiresAt: number;
};

export interface WrittenMessage {
  readonly to: string;
  readonly template: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface NotificationsApi extends InboxApi {
  /** Puts a message into the outbox, from which it is sent. Answers its text: that of the first, where it is sent again. */
  send(message: OutgoingMessage): Promise<string>;
  /** The latest messages of the outbox, the newest last: what the sandbox shows in development. */
  lastMessages(): Promise<WrittenMessage[]>;
}
