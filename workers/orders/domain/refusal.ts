/** Why a checkout or an operation on an order was refused, as its caller sees it. Kept in the stream as its `failure`. */
import type { Refusal } from '../../../shared/values/result.ts';

/** Its code has a problem document. */
export interface OrderRefusal extends Refusal {
  readonly detail?: string;
  readonly [fact: string]: unknown;
}
