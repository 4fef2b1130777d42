/**
 * One description per public operation: its address, what it takes, what it answers and how it may be refused. Domain
 * Workers serve it, the OpenAPI document is generated from it, and the router's policy table is checked against it, so the
 * three cannot drift apart.
 */
import type * as z from 'zod';
import type { ProblemCode } from './problem.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Operation<
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
  readonly answer: Answer;
  /** The status of a plain success. */
  readonly status: 200 | 201 | 202 | 204;
  /** Further successful statuses that the handler may choose. */
  readonly alsoStatus?: readonly (200 | 201 | 202)[];
  /** Refusals beyond those that any operation may answer. */
  readonly refusals?: readonly ProblemCode[];
  readonly idempotency?: 'optional' | 'required';
}

/** Keeps the precise types of an operation while checking its shape. */
export function operation<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(description: Operation<Params, Query, Body, Answer>): Operation<Params, Query, Body, Answer> {
  return description;
}
