/** The one source of chance in a simulated run: the same seed gives the same numbers on every machine. */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = 0x9e3779b9;
    for (let warmUp = 0; warmUp < 12; warmUp += 1) this.fraction();
  }

  /** From 0 (included) to 1. The generator is sfc32. @see https://pracrand.sourceforge.net/RNG_engines.txt */
  fraction(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number between both, which are included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** True with this probability. Draws nothing for a fault that the run does not have. */
  chance(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  pick<Choice>(choices: readonly [Choice, ...Choice[]]): Choice {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** Picks by weight. */
  weighted<Choice extends string>(weights: Readonly<Record<Choice, number>>): Choice {
    const names = Object.keys(weights) as Choice[];
    let left = this.fraction() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return names[0] as Choice;
  }

  /** As many base-32 characters of an id as asked for. */
  text(length: number): string {
    const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
    let text = '';
    for (let index = 0; index < length; index += 1) text += alphabet[this.between(0, 31)];
    return text;
  }
}
