/**
 * Cases of `stock-allocation`: demand of several lines over locations, all or nothing, and what becomes of it. Each step is
 * played on the stock units themselves, by the rules that the Stock object runs.
 */
import * as z from 'zod';
import {
  decideStock,
  emptyStock,
  evolveStock,
  noRanks,
  type Ranks,
  type Stock,
  type StockEvent,
  type UnitCommand,
} from '../../workers/inventory/domain/decide.ts';
import { area } from './area.ts';

const quantity = z.int().min(1);
const Levels = z.array(
  z.strictObject({
    sku: z.string(),
    location: z.string(),
    onHand: z.int().min(0),
    committed: z.int().min(0),
    held: z.int().min(0),
    threshold: z.int().min(0).optional(),
  }),
);
const Step = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('allocate'),
    demand: z.array(
      z.strictObject({ line: z.string(), sku: z.string(), quantity, locations: z.array(z.string()).optional() }),
    ),
  }),
  z.strictObject({ op: z.literal('release'), line: z.string(), quantity }),
  z.strictObject({ op: z.literal('ship'), line: z.string(), quantity, location: z.string().optional() }),
  z.strictObject({ op: z.literal('receive'), sku: z.string(), location: z.string(), quantity }),
]);
type Step = z.infer<typeof Step>;
type Allocate = Extract<Step, { op: 'allocate' }>;
const Given = z.strictObject({
  strategy: z.enum(['most-available-first', 'listed-order']),
  levels: Levels,
  steps: z.array(Step),
});

export const stockAllocation = area('stock-allocation', Given, ({ strategy, levels, steps }) => {
  const locations = [...new Set(levels.map((level) => level.location))];
  const isListed = strategy === 'listed-order';
  const ranks = isListed ? Object.fromEntries(locations.map((location, rank) => [location, rank])) : noRanks;
  const shelves = new Shelves(levels, ranks);
  const results = steps.map((step, index) => shelves.play(step, `step${index}`));
  const after = levels.map(({ sku, location }) => ({ sku, location, ...shelves.unit(sku).levels[location] }));
  return { results, levels: after };
});

const now = 0;
const until = 1;

/** The stock units of a case by SKU, and which line claims which. */
class Shelves {
  readonly #ranks: Ranks;
  readonly #skuOfLine = new Map<string, string>();
  #units = new Map<string, Stock>();

  constructor(levels: z.infer<typeof Levels>, ranks: Ranks) {
    this.#ranks = ranks;
    for (const [sku, ofSku] of Map.groupBy(levels, (level) => level.sku)) {
      const onHand = Object.fromEntries(ofSku.map((level) => [level.location, level.onHand]));
      const safety = Object.fromEntries(ofSku.map((level) => [level.location, level.threshold ?? 0]));
      // What others claim is stated by the case, not decided here.
      const claims = ofSku.flatMap(({ location, held, committed }): StockEvent[] => [
        placed(`others hold at ${location}`, location, held),
        placed(`others have at ${location}`, location, committed),
        { type: 'hold-committed', key: `others have at ${location}`, at: now },
      ]);
      const opened: UnitCommand = { type: 'open', levels: onHand, floor: 0, now };
      const begun = decideStock(emptyStock, opened).events.reduce(evolveStock, emptyStock);
      this.#units.set(sku, claims.reduce(evolveStock, begun));
      this.#tell(sku, { type: 'change-settings', safety, now });
    }
  }

  unit(sku: string): Stock {
    const unit = this.#units.get(sku);
    if (unit === undefined) throw new Error(`the case has no levels of ${sku}`);
    return unit;
  }

  play(step: Step, key: string): unknown {
    if (step.op === 'allocate') return this.#allocate(step);
    const refusal = this.#change(step, key);
    return refusal === null ? { ok: true } : { refused: refusal.code };
  }

  #allocate({ demand }: Allocate): unknown {
    const before = new Map(this.#units);
    const allocations: unknown[] = [];
    const short: unknown[] = [];
    for (const { line, sku, quantity, locations } of demand) {
      this.#skuOfLine.set(line, sku);
      const only = locations === undefined ? {} : { locationIds: locations };
      const refusal = this.#tell(sku, { type: 'hold', key: line, quantity, until, now, ...only });
      if (refusal === null) {
        this.#tell(sku, { type: 'commit', key: line, now });
        const parts = this.unit(sku).holds.closed.get(line)?.parts ?? [];
        allocations.push(...parts.map((part) => ({ line, location: part.poolId, quantity: part.quantity })));
      } else if (refusal.code === 'insufficient-stock')
        short.push({ line, missing: refusal.requested - refusal.available });
      else throw new Error(`line ${line} was refused: ${refusal.code}`);
    }
    if (short.length === 0) return { allocations };
    this.#units = before;
    return { refused: 'insufficient-stock', short };
  }

  #change(step: Exclude<Step, Allocate>, key: string) {
    const { quantity } = step;
    if (step.op === 'receive') {
      const items = [{ locationId: step.location, quantity, condition: 'sellable' as const }];
      return this.#tell(step.sku, { type: 'restock', restockKey: key, items, now });
    }
    const { line } = step;
    const sku = this.#skuOfLine.get(line) ?? '';
    if (step.op === 'release')
      return this.#tell(sku, { type: 'release-committed', key: line, releaseKey: key, quantity, now });
    const items =
      step.location === undefined ? this.#firstOf(sku, line, quantity) : [{ locationId: step.location, quantity }];
    return this.#tell(sku, { type: 'ship', key: line, fulfillmentKey: key, items, now });
  }

  /** A case that names no place ships from where the line was allocated, first place first. */
  #firstOf(sku: string, line: string, quantity: number) {
    let left = quantity;
    const items = (this.unit(sku).holds.closed.get(line)?.parts ?? []).map((part) => {
      const some = Math.min(left, part.quantity);
      left -= some;
      return { locationId: part.poolId, quantity: some };
    });
    return items.filter((item) => item.quantity > 0);
  }

  #tell(sku: string, command: UnitCommand) {
    const { events, refusal } = decideStock(this.unit(sku), command, this.#ranks);
    this.#units.set(sku, events.reduce(evolveStock, this.unit(sku)));
    return refusal;
  }
}

function placed(key: string, poolId: string, quantity: number): StockEvent {
  return { type: 'hold-placed', key, parts: [{ poolId, quantity }], until, at: now };
}
