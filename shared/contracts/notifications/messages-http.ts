/**
 * The outbox of messages to shoppers. The merchant's own mail system reads it like the change feed, and sends what it finds; in
 * development the sandbox shows it.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Page, PageLimit } from '../../http/pagination.ts';
import { Timestamp } from '../../values/time.ts';
import { Position } from './http.ts';
import { MailSender } from './shop-http.ts';

export const MessageView = z.strictObject({
  /** Go on with after = the last position that was sent. */
  position: z.int().min(1),
  id: z.string(),
  to: z.string(),
  from: MailSender.nullable().describe(
    'Whom it comes from: the sender of the shop as it is now, under its own name or that of the shop; null until one is told.',
  ),
  replyTo: z.string().nullable().describe('Where answers go; null: to the sender.'),
  template: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  createdAt: Timestamp,
  /** Afterwards it is of no use, and is dropped. */
  expiresAt: Timestamp,
});
export type MessageView = z.infer<typeof MessageView>;

export const listMessages = operation({
  id: 'listMessages',
  method: 'GET',
  path: '/admin/v1/messages',
  summary: 'E-mail messages to send, in the order in which they were written; they may hold links that open an order',
  query: z.strictObject({ after: Position.default(0), limit: PageLimit }),
  answer: Page(MessageView),
});

export const messagesOperations = [listMessages];
