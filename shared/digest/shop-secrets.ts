/**
 * The shop's secret, root of its keyed hashes. While it is replaced there are two: what is made is made with the current one, and
 * what was made with the previous one is still known. See decision 39.
 */

export interface SecretEnv {
  readonly VITRINE_SECRET: string;
  readonly VITRINE_SECRET_PREVIOUS?: string;
}

/** The current secret first. */
export type Secrets = readonly [current: string, ...previous: string[]];

export function secretsOf({ VITRINE_SECRET: current, VITRINE_SECRET_PREVIOUS: previous }: SecretEnv): Secrets {
  return previous === undefined || previous === '' ? [current] : [current, previous];
}
