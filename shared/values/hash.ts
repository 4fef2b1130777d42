/** A fast hash that is the same for ever: what it chose is written into places and entity tags. Not for secrets. */

/** FNV-1a over UTF-16 units, from 0 to 2^32 − 1. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
