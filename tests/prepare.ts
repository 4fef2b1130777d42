/** Runs once before all tests: what the router imports and the repository does not hold is made. */
import { prepareReference } from '../scripts/lib/reference.ts';

export default async function prepare(): Promise<void> {
  await prepareReference();
}
