/**
 * The answer with a checkout as it is kept under an idempotency key: which version of it was shown. Its text can be made again
 * from the events until that version, and it must not be stored: it has the access token of the order.
 *
 * It is for streams that live longer than their answers are kept.
 */

interface ShownVersion {
  readonly checkoutId: string;
  readonly version: number;
}

/** A release that shows a checkout otherwise raises this, and makes the form before for a day. */
const format = 1;

type Kept = readonly [typeof format, checkoutId: string, version: number];

export function keptViewOf({ checkoutId, version }: ShownVersion): string {
  const kept: Kept = [format, checkoutId, version];
  return JSON.stringify(kept);
}

/** Whether a kept text is one of these; a refusal is kept as the document that it is. */
export function isKeptView(text: string): boolean {
  return text.startsWith('[');
}

export function readKeptView(text: string): ShownVersion {
  const [, checkoutId, version]: Kept = JSON.parse(text);
  return { checkoutId, version };
}
