/** Times on the wire are RFC 3339, in UTC when they leave; inside they are milliseconds since 1970. */
import * as z from 'zod';

/** What comes in may have any offset, and is the same moment in UTC from then on. */
export const Timestamp = z.iso.datetime({ offset: true }).overwrite(inUtc);

function inUtc(timestamp: string): string {
  if (timestamp.endsWith('Z')) return timestamp;
  const moment = Date.parse(timestamp);
  // Also called for what is no moment, beside the fault that says so.
  return Number.isNaN(moment) ? timestamp : toTimestamp(moment);
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The day that was written last, as `2026-01-31T`: most times that are written together are of one day. */
let lastDay = { number: Number.NaN, text: '' };

/** Formats milliseconds since 1970 as RFC 3339 UTC. */
export function toTimestamp(milliseconds: number): string {
  const moment = Math.trunc(milliseconds);
  const number = Math.floor(moment / dayMs);
  if (number !== lastDay.number) {
    const text = new Date(moment).toISOString();
    lastDay = { number, text: text.slice(0, text.indexOf('T') + 1) };
  }
  const time = moment - number * dayMs;
  const hours = twoDigits(Math.floor(time / hourMs));
  const minutes = twoDigits(Math.floor(time / minuteMs) % 60);
  const seconds = twoDigits(Math.floor(time / secondMs) % 60);
  const rest = time % secondMs;
  return `${lastDay.text}${hours}:${minutes}:${seconds}.${rest < 100 ? '0' : ''}${twoDigits(rest)}Z`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

/** How long to wait after so many tries in vain: twice as long each time, up to a most. */
export function backoffMs(firstMs: number, tries: number, mostMs: number): number {
  return Math.min(firstMs * 2 ** tries, mostMs);
}
