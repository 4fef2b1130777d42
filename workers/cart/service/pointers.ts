/** Where in its request a refused change of a cart is wrong. What is refused for the state of the cart points nowhere. */
import { type FieldFault, sentenceOn } from '../../../shared/http/problem.ts';
import type { Refusal } from '../../../shared/values/result.ts';
import type { CartWish } from './cart-object.ts';

/** The refusal with its pointer, unless it has one or it is of nothing that was sent. */
export function pointed<No extends Refusal>(refusal: No, wish: CartWish): No | (No & { errors: FieldFault[] }) {
  const pointer = 'errors' in refusal ? null : pointerOf(refusal, wish);
  return pointer === null ? refusal : { ...refusal, errors: [{ pointer, detail: sentenceOn(refusal) }] };
}

function pointerOf(refusal: Refusal, wish: CartWish): string | null {
  const isUnsold = refusal.code === 'currency-not-sold';
  const isOtherMoney = refusal.code === 'wrong-currency';
  if (wish.type === 'change-line') return refusal.code === 'quantity-too-large' ? '/quantity' : null;
  if (wish.type === 'set-discount') return isOtherMoney ? '/discount/amount/currency' : null;
  if (wish.type === 'change-details' && (isUnsold || isOtherMoney))
    return wish.input.currency === undefined ? '/country' : '/currency';
  if (wish.type !== 'add-lines' || !('variantId' in refusal)) return null;
  const isOfLine = ({ variant }: (typeof wish.lines)[number]) => variant.variantId === refusal.variantId;
  if (isUnsold || refusal.code === 'variant-unavailable') {
    const place = wish.places?.[wish.lines.findIndex(isOfLine)];
    return place === undefined ? null : `${place.pointer}/${place.field}`;
  }
  if (refusal.code !== 'quantity-too-large') return null;
  // Equal lines add up: the last of them is the one too many.
  const place = wish.places?.[wish.lines.findLastIndex(isOfLine)];
  return place === undefined ? null : `${place.pointer}/quantity`;
}
