/**
 * The admin operations that every kind of pricing setting has: create, read, change and remove one, and list all in the order
 * in which they were made. What a kind refuses beyond what all may, and what its edits make stale, it says itself.
 */
import * as z from 'zod';
import type { Stale } from '../../http/door.ts';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import type { ProblemCode } from '../../http/problem.ts';
import { Id, type IdKind } from '../../values/ids.ts';

interface Kind<Row extends z.ZodType, Draft extends z.ZodType, Patch extends z.ZodType> {
  readonly id: IdKind;
  readonly path: `/admin/v1/${string}`;
  /** The kind in words, and in the ids of its operations. */
  readonly one: string;
  readonly many: string;
  readonly row: Row;
  readonly draft: Draft;
  readonly patch: Patch;
  readonly createSummary?: string;
  readonly createRefusals?: readonly ProblemCode[];
  readonly patchRefusals?: readonly ProblemCode[];
  readonly clears?: readonly Stale[];
}

const inId = (words: string): string =>
  words.replace(/(?:^| )([a-z])/g, (_all, letter: string) => letter.toUpperCase());

export function settingsOperations<Row extends z.ZodType, Draft extends z.ZodType, Patch extends z.ZodType>(
  kind: Kind<Row, Draft, Patch>,
) {
  const { path, one, many, row: answer, createRefusals = [], patchRefusals = createRefusals, clears = [] } = kind;
  const name = inId(one);
  const params = z.strictObject({ id: Id(kind.id) });
  return {
    list: operation({
      id: `list${inId(many)}`,
      method: 'GET',
      path,
      summary: `All ${many}, in the order of their making`,
      query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
      answer: Page(answer),
      refusals: ['invalid-cursor'],
    }),
    create: operation({
      id: `create${name}`,
      method: 'POST',
      path,
      summary: kind.createSummary ?? `Adds a ${one}`,
      body: kind.draft,
      answer,
      status: 201,
      refusals: [...createRefusals, 'settings-full'],
      clears,
    }),
    read: operation({
      id: `read${name}`,
      method: 'GET',
      path: `${path}/:id`,
      summary: `One ${one}`,
      params,
      answer,
      isConditional: true,
    }),
    change: operation({
      id: `patch${name}`,
      method: 'PATCH',
      path: `${path}/:id`,
      summary: `Changes a ${one}; If-Match guards against a lost update`,
      params,
      body: kind.patch,
      answer,
      refusals: [...patchRefusals, 'precondition-failed', 'settings-full'],
      clears,
    }),
    remove: operation({
      id: `delete${name}`,
      method: 'DELETE',
      path: `${path}/:id`,
      summary: `Removes a ${one}`,
      params,
      answer: z.null(),
      status: 204,
      refusals: ['precondition-failed'],
      clears,
    }),
  };
}

export type SettingsOperations<Row extends z.ZodType, Draft extends z.ZodType, Patch extends z.ZodType> = ReturnType<
  typeof settingsOperations<Row, Draft, Patch>
>;
