/** Times on the wire are RFC 3339, in UTC when they leave; inside they are milliseconds since 1970. */
import * as z from 'zod';

/** What comes in may have any offset, and is the same moment in UTC from then on. */
export const Timestamp = z.iso.datetime({ offset: true }).overwrite(inUtc);

function inUtc(timestamp: string): string {
  const moment = Date.parse(timestamp);
  // Also called for what is no moment, beside the fault that says so.
  return timestamp.endsWith('Z') || Number.isNaN(moment) ? timestamp : toTimestamp(moment);
}

/** Formats milliseconds since 1970 as RFC 3339 UTC. */
export function toTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** How long to wait after so many tries in vain: twice as long each time, up to a most. */
export function backoffMs(firstMs: number, tries: number, mostMs: number): number {
  return Math.min(firstMs * 2 ** tries, mostMs);
}
