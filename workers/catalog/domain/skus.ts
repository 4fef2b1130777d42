/**
 * SKU codes of imported variants. Many shops leave them blank or use one for several variants; here each code names one
 * variant. A generated code depends only on the product, so importing the same file again generates the same codes.
 */
import { toBase32 } from '../../../shared/values/ids.ts';
import { toHandle } from '../../../shared/values/text.ts';

const skuLengthMax = 255;

/** The code of a variant whose row states none. */
export function generatedSku(handle: string, values: readonly string[], isOnly: boolean): string {
  return isOnly ? handle : cut(`${handle}-${toHandle(values.join(' '))}`, skuLengthMax);
}

/** The code of a variant whose own code belongs to another variant: that code and a hash of the handle and the option values. */
export function distinctSku(sku: string, handle: string, values: readonly string[]): string {
  const mark = toBase32(fingerprint(JSON.stringify([handle, values])), 8);
  return `${cut(sku, skuLengthMax - 1 - mark.length)}-${mark}`;
}

/** The beginning of a text, in whole characters. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}

/** FNV-1a of 64 bits: spreads well, and needs no platform. */
function fingerprint(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash & ((1n << 40n) - 1n);
}
