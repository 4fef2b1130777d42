/**
 * Writes `workers/router/reference.generated.ts`, the texts that the router serves, when it is not what its sources say. It
 * is no part of the repository: every command that needs it makes it first, and this one is for those who run wrangler by
 * hand.
 */
import { prepareReference } from './lib/reference.ts';

console.log((await prepareReference()) ? 'wrote the reference' : 'the reference is up to date');
