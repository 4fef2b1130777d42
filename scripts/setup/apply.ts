/**
 * Sends the writes of a plan, one after the other. Each has a key made from what it does and from the shop as it was, so that a
 * request of which nobody knows whether it arrived is not done twice, in this run or in the next.
 */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { Problem, type ShopClient, ShopError } from '../lib/shop-client.ts';
import type { Answers } from './answers.ts';
import { type Plan, planOf } from './plan.ts';
import { readState, type ShopState } from './state.ts';
import type { Write } from './writes.ts';

const Made = z.looseObject({ id: z.string() });

const roundsMax = 3;

/**
 * Makes the shop as the answers say, and looks at it afterwards. What is left, because an answer was lost or an old one came again,
 * is sent once more; what was not shown before is never sent. Throws a `ShopError` at the first write that is refused; those
 * before it are done.
 */
export async function applyPlan(
  client: ShopClient,
  answers: Answers,
  { state: first, plan: { writes: shown } }: { readonly state: ShopState; readonly plan: Plan },
  say: (line: string) => void,
): Promise<void> {
  const known = new Set(shown.map(nameOf));
  let state = first;
  for (let round = 0; round < roundsMax; round += 1) {
    const { writes } = planOf(state, answers);
    if (writes.length === 0) return;
    if (!writes.every((write) => known.has(nameOf(write))))
      throw new ShopError('Somebody else has changed the shop meanwhile. Run the set-up again.');
    // A key of the first round may have been used a while ago, for what was undone since; nobody has used those of the others.
    const basis = round === 0 ? fingerprint(JSON.stringify(state)) : randomUUID();
    await applyWrites(client, writes, basis, say);
    state = await readState(client);
  }
  if (planOf(state, answers).writes.length > 0)
    throw new ShopError('The shop does not stay as it was set up: somebody else changes it. Run the set-up again.');
}

/** The same write on another version is the same. */
const nameOf = ({ method, path, body, market }: Write): string => JSON.stringify([method, path, body, market]);

/** Ends early, without an error, where the shop is no longer what the writes were decided on. */
async function applyWrites(
  client: ShopClient,
  writes: readonly Write[],
  basis: string,
  say: (line: string) => void,
): Promise<void> {
  const made = new Map<string, string>();
  for (const write of writes) {
    const marketId = write.market === undefined ? undefined : made.get(write.market.madeBy);
    if (write.market !== undefined && marketId === undefined)
      throw new ShopError(`Cannot ${write.what}: the market ${write.market.madeBy} was not made.`);
    const body = marketId === undefined ? write.body : { ...write.body, marketId };
    const { status, json } = await client.ask({
      method: write.method,
      path: write.path,
      ...(body === undefined ? {} : { body }),
      headers: {
        'idempotency-key': fingerprint(JSON.stringify([basis, write.method, write.path, body])),
        ...(write.version === null ? {} : { 'if-match': `"${write.version}"` }),
      },
    });
    if (status === 412) return;
    // What is gone already need not be removed.
    const isDone = status < 300 || (write.method === 'DELETE' && status === 404);
    if (!isDone) throw refusalOf(write, status, json);
    if (write.makes !== undefined) made.set(write.makes, Made.parse(json).id);
    say(`done: ${write.what}`);
  }
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

function refusalOf({ what }: Write, status: number, json: unknown): ShopError {
  const problem = Problem.safeParse(json);
  if (!problem.success) return new ShopError(`The shop answered ${status} when it was asked to ${what}.`);
  const { detail, errors = [] } = problem.data;
  const places = errors.map((fault) => `${fault.pointer}: ${fault.detail}`);
  return new ShopError([`The shop refused to ${what}: ${detail}`, ...places].join('\n  '));
}
