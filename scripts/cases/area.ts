/** What an area of cases brings along: its name, the shape of what its cases give, and the engine that answers. */
import * as z from 'zod';
import { differencesOf } from './differences.ts';

export interface Area {
  readonly name: string;
  /** Where the answer to a case differs from what the case expects. Throws an `UnreadableCase` for an unknown shape. */
  differences(given: unknown, expected: unknown): readonly string[] | Promise<readonly string[]>;
}

/** The case does not have the shape of its area. */
export class UnreadableCase extends Error {}

/** An area from a schema and an engine: only a case of that shape reaches the engine. */
export function area<Given>(name: string, schema: z.ZodType<Given>, engine: (given: Given) => unknown): Area {
  return {
    name,
    differences: (given, expected) => differencesOf(expected, engine(parseGiven(schema, given))),
  };
}

export function parseGiven<Given>(schema: z.ZodType<Given>, given: unknown): Given {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new UnreadableCase(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  return parsed.data;
}
