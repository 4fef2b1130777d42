/**
 * One description per public operation: its address, what it takes, what it answers, how it may be refused, and on which
 * terms it may be called. Domain Workers serve it, and both the OpenAPI document and the router's table are generated from
 * it. Its owner, the Worker that answers, is the folder below `shared/contracts` in which it stands.
 */
import type * as z from 'zod';
import type { IdempotencyKey } from '../values/idempotency.ts';
import type { CsvBody } from './csv-rows.ts';
import { type DoorTerms, type Method, usualTerms } from './door.ts';
import type { ProblemCode } from './problem.ts';

type Status = 200 | 201 | 202 | 204;

interface OperationShape<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly method: Method;
  /** With parameters as `:name`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The type of the body when it is not JSON. Such a body is streamed to the handler unread. */
  readonly bodyType?: string;
  /** Reads a body of `text/csv` as what the schema of the body describes, where both are taken. */
  readonly readCsv?: (text: string) => CsvBody;
  readonly answer: Answer;
  /** The type of a plain success when it is not JSON. Such an answer may be streamed. */
  readonly answerType?: string;
  /** The status of a plain success: 200 unless the description says another. */
  readonly status?: Status;
  /** Further successful statuses that the handler may choose. */
  readonly alsoStatus?: readonly (200 | 201 | 202)[];
  /** Whether 304 is the answer to who has the version already. Reads that caches may hold are so without saying it. */
  readonly isConditional?: boolean;
  /** A former address is answered with 301 and the present one in `Location`. */
  readonly leadsOn?: true;
  /** Refusals beyond those that any operation may answer. */
  readonly refusals?: readonly ProblemCode[];
}

export type Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
  Key extends KeyTerm = KeyTerm,
> = OperationShape<Params, Query, Body, Answer> &
  Omit<DoorTerms, 'idempotency'> & { readonly status: Status; readonly idempotency: Key };

type KeyTerm = DoorTerms['idempotency'];

/** What an operation is given of its caller's Idempotency-Key. */
export type KeyOf<Key extends KeyTerm> = Key extends 'required' ? IdempotencyKey : IdempotencyKey | null;

/** Completes a description with the usual terms of its address, and keeps its precise types. */
export function operation<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  const Key extends KeyTerm = 'none' | 'optional',
>(
  description: OperationShape<Params, Query, Body, Answer> &
    Partial<Omit<DoorTerms, 'idempotency'>> & { readonly idempotency?: Key },
): Operation<Params, Query, Body, Answer, Key> {
  const { idempotency, ...usual } = usualTerms(description);
  // An operation that states nothing of keys has the usual term, which is never `required`.
  return { status: 200, idempotency: idempotency as Key, ...usual, ...description };
}
