/** The name of a guest: promotions and orders know who bought by it, and nobody reads the address from it. */
import { sha256 } from './sha256.ts';

/** A hash of the e-mail address, in whatever case it was typed. */
export function guestIdOf(email: string): Promise<string> {
  return sha256(email.trim().toLowerCase());
}
