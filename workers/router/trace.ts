/**
 * The two names under which a request is found again: an id of our own making, and the W3C trace context that the caller
 * may have begun. Both go to the domain Workers and back to the client, on refusals too.
 *
 * @see https://www.w3.org/TR/trace-context/
 */

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** One call for random bytes serves many requests. */
const poolBytes = 4096;
let pool = new Uint8Array(0);
let position = 0;

function takeRandom(count: number): number {
  if (position + count > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(poolBytes));
    position = 0;
  }
  position += count;
  return position - count;
}

let timeTextAt = -1;
let timeText = '';

/** The 48 bits of a UUIDv7's time are ten characters, remembered within one millisecond. */
function timeTextOf(now: number): string {
  if (now === timeTextAt) return timeText;
  let text = '';
  for (let left = now, index = 0; index < 10; index += 1) {
    text = alphabet.charAt(left % 32) + text;
    left = Math.floor(left / 32);
  }
  timeTextAt = now;
  timeText = text;
  return text;
}

/** A request id: `req_` and a UUIDv7 in Crockford base 32, the form that `shared/values/ids.ts` describes. */
export function makeRequestId(now: number): string {
  const from = takeRandom(16);
  let tail = '';
  for (let index = 0; index < 16; index += 1) {
    const bits = pool[from + index] ?? 0;
    // The first five bits hold the version (0111), the fourth five the variant (10).
    const digit = index === 0 ? 14 | (bits & 1) : index === 3 ? 8 | (bits & 19) : bits & 31;
    tail += alphabet.charAt(digit);
  }
  return `req_${timeTextOf(now)}${tail}`;
}

function randomHex(bytes: number): string {
  const from = takeRandom(bytes);
  let text = '';
  for (let index = 0; index < bytes; index += 1) text += hexPairs[pool[from + index] ?? 0];
  return text;
}

const traceparentPattern = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** Continues the caller's trace with a new span, or begins a sampled one when the caller sent none that can be read. */
export function childTraceparent(incoming: string | null): string {
  const match = incoming === null || incoming.length > 200 ? null : traceparentPattern.exec(incoming);
  const [, version, traceId, flags = '01', rest] = match ?? [];
  const isReadable = traceId !== undefined && (version !== '00' || rest === undefined);
  if (!isReadable) return `00-${randomHex(16)}-${randomHex(8)}-01`;
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
  return `00-${traceId}-${randomHex(8)}-${isSampled ? '01' : '00'}`;
}
