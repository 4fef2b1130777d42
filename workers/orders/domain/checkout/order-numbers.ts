/** The numbers of orders: what people say instead of an id. */
import { orderIdOf } from './checkout.ts';

/** How much of an id's random part a number shows, and how much there is. */
const shownLength = 6;
const randomLength = 12;

/**
 * Numbers that people can say on the phone, the likeliest first: two characters for the place of the order's object, and a
 * part of the id's random end, so they do not show how much the shop sells. The object gives out the first that is not taken.
 */
export function orderNumbersOf(checkoutId: string): string[] {
  const id = orderIdOf(checkoutId).toUpperCase();
  // Of the place, the middle character is 0 as long as a region has no more than 32 objects, and that is fixed for good.
  const place = `${id.at(-3)}${id.at(-1)}`;
  const random = id.slice(-3 - randomLength, -3);
  const parts = Array.from({ length: randomLength - shownLength + 1 }, (_, shift) => {
    const end = randomLength - shift;
    return random.slice(end - shownLength, end);
  });
  return [...parts.map((part) => `${place}${part.slice(0, 2)}-${part.slice(2)}`), `${place}-${random}`];
}
