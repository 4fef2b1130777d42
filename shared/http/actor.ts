/**
 * Who asks. The router decides it once, strips whatever a client may have sent under the same header, and passes it to
 * every domain Worker. Domains decide what that actor may touch.
 */
import * as z from 'zod';

export const actorHeader = 'x-vitrine-actor';

export const Actor = z.strictObject({
  kind: z.enum(['guest', 'key', 'system']),
  /** Names the caller for idempotency scopes: a key's id, or `guest`. */
  id: z.string(),
  /** `*` is everything. */
  scopes: z.array(z.string()),
  /** Where on earth the request came in: a code of `shared/values/placement.ts`. */
  region: z.string(),
  country: z.string().nullable(),
  requestId: z.string(),
  traceparent: z.string(),
});
export type Actor = z.infer<typeof Actor>;

/** Reads the actor that the router wrote. A request without one did not come through the router: a defect. */
export function actorOf(headers: Headers): Actor {
  const header = headers.get(actorHeader);
  if (header === null) throw new Error('A request reached a domain Worker without an actor');
  // Only the router can have written it, so a look at its shape is enough: the schema would cost more than the hop.
  const actor: Actor = JSON.parse(header);
  if (!Array.isArray(actor?.scopes) || typeof actor.requestId !== 'string')
    throw new Error('A request reached a domain Worker with something else than an actor');
  return actor;
}
