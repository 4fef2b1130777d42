/** How long a cart is kept after its last change. */
import { secondMs } from '../../../shared/values/time.ts';

const cartDaysDefault = 30;

export function cartTtlMs(days: string | undefined): number {
  const parsed = Number(days);
  return (parsed > 0 ? parsed : cartDaysDefault) * 24 * 60 * 60 * secondMs;
}
