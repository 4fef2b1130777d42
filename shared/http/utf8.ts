/** Reads UTF-8 without changing it: the usual ways put U+FFFD where bytes are wrong, and what is kept is not what was sent. */

/** The text, without a byte order mark; null when the bytes are not UTF-8. */
export function utf8Of(bytes: ArrayBuffer | Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}

/** Whether what is percent-encoded in an address is UTF-8. A sign without two digits behind it stands for itself. */
export function isUtf8Address(url: string): boolean {
  return [...url.matchAll(/(?:%[\da-f]{2})+/gi)].every(([encoded]) => {
    const bytes = encoded
      .slice(1)
      .split('%')
      .map((byte) => Number.parseInt(byte, 16));
    return utf8Of(Uint8Array.from(bytes)) !== null;
  });
}
