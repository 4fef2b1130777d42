/** What was done with an order, and what merchants note about it, over HTTP. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Money } from '../../values/money.ts';
import { filledText } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { always, created, OrderParams } from './operation-terms.ts';

export const addOrderNote = operation({
  id: 'addOrderNote',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/notes',
  summary: 'Add a note that only merchants see',
  params: OrderParams,
  body: z.strictObject({ text: filledText(2000) }),
  ...created,
  refusals: always,
});

/** One thing that was done with an order. A fact is null where the action has none. */
export const TimelineEntry = z.strictObject({
  sequence: z.int(),
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  outcome: z.enum(['done', 'failed', 'running']),
  /** The fulfillment, refund, return or operation that it is about. */
  subjectId: z.string().nullable(),
  /** Money that moved: to the shop, or (negative) back to the payer. */
  amount: Money.nullable(),
  text: z.string().nullable(),
  failure: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
});

export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const getOrderTimeline = operation({
  id: 'getOrderTimeline',
  method: 'GET',
  path: '/admin/v1/orders/:orderId/timeline',
  summary: 'Who did what with an order, and when, oldest first',
  params: OrderParams,
  answer: z.strictObject({ items: z.array(TimelineEntry), next: z.null() }),
});

export const timelineOperations = [addOrderNote, getOrderTimeline];
