/** What the router answers by itself: whether it is there, and what each problem code means. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';

export const Health = z.strictObject({ status: z.literal('ok') });

/** One kind of refusal, the same from every Worker. */
export const ProblemType = z.strictObject({
  type: z.string().describe('The address of this explanation, and the `type` of its problem documents.'),
  code: z.string().describe('What programs switch on. It never changes.'),
  status: z.int().describe('The HTTP status.'),
  title: z.string().describe('The code in a few words.'),
  cause: z.string().describe('How it comes to that.'),
  remedy: z.string().describe('What to do.'),
  example: z.looseObject({}).describe('A problem document as it may come.'),
});

export const readHealth = operation({
  id: 'readHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the shop answers at all',
  answer: Health,
});

export const readReadiness = operation({
  id: 'readReadiness',
  method: 'GET',
  path: '/readyz',
  summary: 'Whether the shop wants new requests: not before it has started, and not when it is about to stop',
  answer: z.strictObject({ status: z.literal('ready') }),
  refusals: ['unavailable'],
});

export const listProblemTypes = operation({
  id: 'listProblemTypes',
  method: 'GET',
  path: '/problems',
  summary: 'Every problem code with its cause and what to do',
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

export const routerOperations = [readHealth, readReadiness, listProblemTypes, readProblemType];
