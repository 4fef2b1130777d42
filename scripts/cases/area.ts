/** What an area of cases brings along: its name, the shape of what its cases give, and the engine that answers. */
import * as z from 'zod';

export interface Area {
  readonly name: string;
  /** Answers a case with an object to compare with what the case expects. Throws an `UnreadableCase` for an unknown shape. */
  answer(given: unknown): unknown;
}

/** The case does not have the shape of its area. */
export class UnreadableCase extends Error {}

/** An area from a schema and an engine: only a case of that shape reaches the engine. */
export function area<Given>(name: string, schema: z.ZodType<Given>, engine: (given: Given) => unknown): Area {
  return {
    name,
    answer(given) {
      const parsed = schema.safeParse(given);
      if (!parsed.success) throw new UnreadableCase(z.prettifyError(parsed.error).replaceAll('\n', ' '));
      return engine(parsed.data);
    },
  };
}
