/** What the router answers by itself: whether it is there, and what each problem code means. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';

export const Health = z.strictObject({ status: z.literal('ok') });

/** One kind of refusal: its code, status and title, which are the same from every Worker. */
export const ProblemType = z.strictObject({ type: z.string(), code: z.string(), status: z.int(), title: z.string() });

export const readHealth = operation({
  id: 'readHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the shop answers at all',
  answer: Health,
});

export const listProblemTypes = operation({
  id: 'listProblemTypes',
  method: 'GET',
  path: '/problems',
  summary: 'Every problem code with its status and title',
  answer: z.strictObject({ items: z.array(ProblemType), next: z.null() }),
});

export const readProblemType = operation({
  id: 'readProblemType',
  method: 'GET',
  path: '/problems/:code',
  summary: 'What a problem code means; the `type` of every problem document leads here',
  params: z.strictObject({ code: z.string() }),
  answer: ProblemType,
  refusals: ['not-found'],
});

export const routerOperations = [readHealth, listProblemTypes, readProblemType];
