/** Allowances of which there is always enough: for tests that are about something else. */
import type { AllowancesApi } from '../contracts/pricing/allowances.ts';
import { accept } from '../values/result.ts';

export const plentyOfAllowances: Pick<
  AllowancesApi,
  'balances' | 'holdAllowances' | 'commitAllowances' | 'releaseAllowances'
> = {
  balances: async (allowances) => allowances.map(() => null),
  holdAllowances: async () => accept(null),
  commitAllowances: async () => accept(null),
  releaseAllowances: async () => {},
};
