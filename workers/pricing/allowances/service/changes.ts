/** A balance as its object has it, and how it is paid into or out of. */
import { type AllowanceLevels, partsOfAllowance } from '../../../../shared/contracts/pricing/allowances.ts';
import { accept, assert, type Result, refuse } from '../../../../shared/values/result.ts';
import { type Allowances, balances, changeBalance } from './holds.ts';

/** A card or a credit with its exact levels. */
export interface Exact<Row> {
  readonly row: Row;
  readonly levels: AllowanceLevels;
}

/** Who changes a balance, why, and under which key: the same key never counts twice. */
export interface Entry {
  readonly key: string;
  readonly reason: string;
  readonly actor: string;
  readonly now: number;
}

export type ChangeRefusal =
  | {
      readonly code: 'gift-card-insufficient' | 'store-credit-insufficient';
      readonly requested: number;
      readonly available: number;
    }
  | { readonly code: 'credit-key-conflict' | 'balance-too-large' };

/** A row with the exact levels of its balance. */
export async function exact<Row>(allowances: Allowances, row: Row, name: string, now: number): Promise<Exact<Row>> {
  const [levels] = await balances(allowances, [name], now);
  assert(levels != null, `${name} has a row and so a balance`);
  return { row, levels };
}

/** Pays into a balance that has a row, or takes out of it. */
export async function change(
  allowances: Allowances,
  name: string,
  deltaMinor: number,
  { key, reason, actor, now }: Entry,
): Promise<Result<AllowanceLevels, ChangeRefusal>> {
  const answer = await changeBalance(allowances, name, { type: 'adjust', key, deltaMinor, reason, actor, now });
  const why = answer?.refusal?.why;
  switch (why?.code) {
    case undefined: {
      const levels = answer?.levels[0];
      assert(levels !== undefined, `${name} has a row and so a balance`);
      return accept(levels);
    }
    case 'insufficient-stock': {
      const { requested, available } = why;
      const isCard = partsOfAllowance(name).kind === 'gift';
      return refuse({ code: isCard ? 'gift-card-insufficient' : 'store-credit-insufficient', requested, available });
    }
    case 'entry-key-conflict':
      return refuse({ code: 'credit-key-conflict' });
    case 'balance-too-large':
      return refuse({ code: 'balance-too-large' });
    default:
      throw new Error(`A balance cannot be changed: ${why?.code}`);
  }
}
