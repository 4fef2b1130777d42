/** The bindings of the notifications Worker, and what its use cases are given from them. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { databaseOf } from '../../shared/messaging/d1.ts';

export interface NotificationsEnv {
  readonly DB: D1Database;
}

export interface NotificationsContext {
  readonly db: DrizzleD1Database;
  /** Milliseconds since 1970. */
  now(): number;
}

export function contextOf(env: NotificationsEnv): NotificationsContext {
  return { db: databaseOf(env.DB), now: Date.now };
}
