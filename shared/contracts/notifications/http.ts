/**
 * The change feed: every event of the shop in the order of its arrival here. Arrival is not the order in which things
 * happened: queues deliver at least once and in any order. Within one subject `sequence` tells that order; between subjects
 * there is none. A reader that continues after the last position it has seen misses nothing and sees nothing twice.
 */
import * as z from 'zod';
import { Envelope } from '../../events/envelope.ts';
import { operation } from '../../http/operation.ts';
import { Page, PageLimit } from '../../http/pagination.ts';
import { text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';

/** An event as it was published, with its place in the log. */
export const LoggedEvent = z.strictObject({ position: z.int().min(1), receivedAt: Timestamp, ...Envelope.shape });
export type LoggedEvent = z.infer<typeof LoggedEvent>;

/** A place in the log: a whole number that only grows. */
export const Position = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'Give a whole number: the position of an event.' })
  .transform(Number);

export const listEvents = operation({
  id: 'listEvents',
  method: 'GET',
  path: '/admin/v1/events',
  summary: 'Events in the order of their arrival; go on with after = the last position that you have seen',
  query: z.strictObject({
    after: Position.default(0),
    type: text(200).optional(),
    subject: text(300).optional(),
    limit: PageLimit,
  }),
  answer: Page(LoggedEvent),
});

export const readEvent = operation({
  id: 'readEvent',
  method: 'GET',
  path: '/admin/v1/events/:id',
  summary: 'One event',
  params: z.strictObject({ id: text(200) }),
  answer: LoggedEvent,
});

export const notificationsOperations = [listEvents, readEvent];
