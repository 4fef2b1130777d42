/** Why a checkout or an operation on an order failed, as its caller sees it. */
import type { Refusal } from '../../../shared/values/result.ts';

/** Its code has a problem document. */
export interface Failure extends Refusal {
  readonly detail?: string;
  readonly [fact: string]: unknown;
}
