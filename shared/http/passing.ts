/**
 * Tells a failure of the platform, which passes (a full disk, an object that moved, a database under load), from a defect of
 * ours, which does not. The first is answered with 503 and when to come back, the second with 500.
 */

/** What workerd, Durable Objects and D1 say when they, not our code, failed. A wrapped error shows it in its cause. */
const platformFailures = [
  // A commit that did not reach the disk; what went wrong stands in the runtime's own log.
  /^internal error; reference = /,
  /database or disk is full|SQLITE_(?:FULL|IOERR|BUSY|CANTOPEN)/,
  /network connection lost|could ?n[o']t find|no such worker|not (?:available|running)/i,
  /\bD1\b.*\b(?:overloaded|exceeded timeout|caused object to be reset)\b/,
  /^Durable Object (?:reset|storage operation exceeded timeout|is overloaded)/,
];

const causesMax = 5;

/**
 * Whether the same request may succeed a little later.
 *
 * @see https://developers.cloudflare.com/d1/observability/debug-d1/
 * @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export function isPassing(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < causesMax; depth++) {
    if (typeof at !== 'object' || at === null) return false;
    if (('retryable' in at && at.retryable === true) || ('overloaded' in at && at.overloaded === true)) return true;
    if (!(at instanceof Error)) return false;
    const { message, cause } = at;
    if (platformFailures.some((failure) => failure.test(message))) return true;
    at = cause;
  }
  return false;
}
