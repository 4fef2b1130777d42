/**
 * Estimates what a plain value takes in memory, so that memories can be bounded in bytes. It is cheap and slightly high: what a
 * string, an object or an entry costs is a constant, and of a long list only some elements are looked at.
 */

/** Elements of a list that are looked at; they stand for the others. */
const sampleMax = 24;

const wordBytes = 8;
const headBytes = 16;
/** An entry of a map beside its key and value. */
const entryBytes = 32;

export function estimatedBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return headBytes + value.length;
    case 'number':
    case 'bigint':
      return headBytes;
    case 'object':
      return value === null ? 0 : bytesOfObject(value);
    default:
      return 0;
  }
}

function bytesOfObject(value: object): number {
  if (ArrayBuffer.isView(value)) return headBytes + value.byteLength;
  if (Array.isArray(value)) return headBytes + sampled(value, value.length, wordBytes);
  if (isCollection(value)) return headBytes + sampled(value, value.size, entryBytes);
  let bytes = headBytes;
  for (const field of Object.values(value)) bytes += wordBytes + estimatedBytes(field);
  return bytes;
}

/** Maps, sets and our own persistent map. */
function isCollection(value: object): value is Iterable<unknown> & { readonly size: number } {
  return Symbol.iterator in value && 'size' in value && typeof value.size === 'number';
}

/** Looks at elements all over a list, and at the first ones of what can only be walked. */
function sampled(elements: Iterable<unknown> | readonly unknown[], count: number, elementBytes: number): number {
  if (count === 0) return 0;
  let [bytes, seen] = [0, 0];
  if (Array.isArray(elements)) {
    const step = Math.max(1, count / sampleMax);
    for (let at = 0; at < count; at += step, seen += 1) bytes += estimatedBytes(elements[Math.floor(at)]);
  } else {
    for (const element of elements) {
      bytes += estimatedBytes(element);
      seen += 1;
      if (seen === sampleMax) break;
    }
  }
  return Math.round((bytes / seen + elementBytes) * count);
}
