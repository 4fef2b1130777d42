/** Health and dead letters, as an operator sees them. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { Timestamp } from '../../values/time.ts';

export const DeadLetterStatus = z.enum(['open', 'replayed']);

/** A message that an inbox gave up on. `open` again after a replay when it has died once more. */
export const DeadLetter = z.strictObject({
  id: Id('deadLetter'),
  status: DeadLetterStatus,
  queue: z.string(),
  /** The Worker whose inbox gave up; null when this version knows no such inbox. */
  subscriber: z.string().nullable(),
  /** Null when the body is no event. */
  eventId: z.string().nullable(),
  eventType: z.string().nullable(),
  /** How often a message with this body has died. */
  deaths: z.int().min(1),
  firstDeadAt: Timestamp,
  deadAt: Timestamp,
  replayedAt: Timestamp.nullable(),
  body: z.unknown(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

const DeadLetterParams = z.strictObject({ id: Id('deadLetter') });

export const listDeadLetters = operation({
  id: 'listDeadLetters',
  method: 'GET',
  path: '/admin/v1/dead-letters',
  summary: 'Dead letters, the newest first',
  query: z.strictObject({ status: DeadLetterStatus.optional(), limit: PageLimit, cursor: Cursor }),
  answer: Page(DeadLetter),
  refusals: ['invalid-cursor'],
});

export const readDeadLetter = operation({
  id: 'readDeadLetter',
  method: 'GET',
  path: '/admin/v1/dead-letters/:id',
  summary: 'One dead letter',
  params: DeadLetterParams,
  answer: DeadLetter,
});

export const replayDeadLetter = operation({
  id: 'replayDeadLetter',
  method: 'POST',
  path: '/admin/v1/dead-letters/:id/replay',
  summary: 'Sends a dead letter to its inbox again; a replayed one only with force=true',
  params: DeadLetterParams,
  query: z.strictObject({ force: z.enum(['true', 'false']).default('false') }),
  answer: DeadLetter,
  refusals: ['already-replayed', 'unknown-inbox'],
});

/** What one probe of one Worker found. */
export const HealthPart = z.strictObject({
  name: z.string(),
  status: z.enum(['ok', 'failed']),
  /** What the probe went through: the Worker alone, or its database too. */
  reaches: z.enum(['worker', 'database']),
  latencyMs: z.int().min(0),
  error: z.string().optional(),
});
export type HealthPart = z.infer<typeof HealthPart>;

export const ShopHealth = z.strictObject({
  /** `degraded` when a part has failed or a dead letter is open. */
  status: z.enum(['ok', 'degraded']),
  checkedAt: Timestamp,
  parts: z.array(HealthPart),
  /** Null when they could not be counted. */
  openDeadLetters: z.int().min(0).nullable(),
});
export type ShopHealth = z.infer<typeof ShopHealth>;

export const readShopHealth = operation({
  id: 'readShopHealth',
  method: 'GET',
  path: '/admin/v1/health',
  summary: 'Which parts of the shop answer, and how many dead letters are open',
  answer: ShopHealth,
});

export const observerOperations = [listDeadLetters, readDeadLetter, replayDeadLetter, readShopHealth];
