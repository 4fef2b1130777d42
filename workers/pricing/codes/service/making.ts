/**
 * Makes codes that nobody can guess, from random bytes. There are no vowels, so no words; and nothing that looks like something
 * else: no 0 and 1, no I, L and O.
 */

const alphabet = '23456789BCDFGHJKMNPQRSTVWXYZ';
/** Bytes from here on are left out: with them, the first letters would be more frequent. */
const fairBytes = 256 - (256 % alphabet.length);

/** Random letters as they are asked for. */
export class Letters {
  readonly #random: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(4_096);
  #next = this.#bytes.length;

  constructor(random: (bytes: Uint8Array) => void) {
    this.#random = random;
  }

  take(count: number): string {
    let text = '';
    while (text.length < count) {
      const byte = this.#byte();
      if (byte < fairBytes) text += alphabet.charAt(byte % alphabet.length);
    }
    return text;
  }

  #byte(): number {
    if (this.#next === this.#bytes.length) {
      this.#random(this.#bytes);
      this.#next = 0;
    }
    const byte = this.#bytes[this.#next] ?? 0;
    this.#next += 1;
    return byte;
  }
}
