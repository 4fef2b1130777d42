/**
 * SKU codes of imported variants. Many shops leave them blank or give one to several variants; here each code names one
 * variant. Codes that are made up depend on nothing but the product, so the same file gets the same codes again.
 */
import { toBase32 } from '../../../shared/values/ids.ts';
import { toHandle } from '../../../shared/values/text.ts';

const skuLengthMax = 255;

/** The code of a variant whose row states none. */
export function generatedSku(handle: string, values: readonly string[], isOnly: boolean): string {
  return isOnly ? handle : `${handle}-${toHandle(values.join(' '))}`.slice(0, skuLengthMax);
}

/** The code of a variant whose own is another's: the same one with a mark made from what the variant is. */
export function distinctSku(sku: string, handle: string, values: readonly string[]): string {
  const mark = toBase32(fingerprint(JSON.stringify([handle, values])), 8);
  return `${sku.slice(0, skuLengthMax - 1 - mark.length)}-${mark}`;
}

/** FNV-1a of 64 bits: spreads well, and needs no platform. */
function fingerprint(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash & ((1n << 40n) - 1n);
}
