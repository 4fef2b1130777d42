/**
 * The Stock object: many stock units, one stream each; the single writer of their levels and holds. A stream begins with `open`, which its
 * Worker sends when the object says that it has none, so a unit that nobody touches costs no object.
 */
import { drizzle } from 'drizzle-orm/d1';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { type IdempotencyKey, idempotencyTtlMs } from '../../shared/http/idempotency.ts';
import { handledEventsIn, type Reaches } from '../../shared/messaging/d1.ts';
import {
  decideStock,
  type Stock,
  type StockCommand,
  type StockEvent,
  type StockNo,
} from '../../workers/inventory/domain.ts';
import { AggregateObject } from '../aggregate.ts';
import { stockStreams } from './streams.ts';

export interface StockEnv {
  readonly DB: D1Database;
  readonly CATALOG: InboxApi;
  readonly NOTIFICATIONS: InboxApi;
  readonly INVENTORY_INBOX: Queue<Envelope>;
  readonly CATALOG_INBOX: Queue<Envelope>;
  readonly NOTIFICATIONS_INBOX: Queue<Envelope>;
}

/** What the object answers: the levels after the command, and why not when it was refused. */
export interface StockAnswer {
  readonly refusal: StockNo | { readonly code: 'not-open' } | { readonly code: 'idempotency-key-reused' } | null;
  readonly floor: number;
  readonly levels: Stock['levels'];
  readonly version: number;
  /** When this was true, in milliseconds since 1970. */
  readonly asOf: number;
  readonly isReplayed: boolean;
}

/** What a unit begins with. */
export type StockBeginning = Pick<Extract<StockCommand, { type: 'open' }>, 'levels' | 'floor'>;

export interface Movement {
  readonly sequence: number;
  readonly event: StockEvent;
}

export class StockObject extends AggregateObject<StockEnv, Stock, StockEvent> {
  constructor(ctx: DurableObjectState, env: StockEnv) {
    super(ctx, env, stockStreams);
  }

  protected override reaches(): Reaches {
    const { INVENTORY_INBOX, CATALOG_INBOX, NOTIFICATIONS_INBOX, CATALOG, NOTIFICATIONS, DB } = this.env;
    return {
      inventory: {
        inbox: INVENTORY_INBOX,
        api: { handledEvents: (eventIds) => handledEventsIn(drizzle(DB), eventIds) },
      },
      catalog: { inbox: CATALOG_INBOX, api: CATALOG },
      notifications: { inbox: NOTIFICATIONS_INBOX, api: NOTIFICATIONS },
    };
  }

  protected override async wake(streamIds: readonly string[], now: number): Promise<void> {
    for (const stockUnitId of streamIds)
      this.streams.execute(stockUnitId, now, ({ state }) => decideStock(state, { type: 'expire', now }));
  }

  /**
   * Decides one command. Under an idempotency key the answer is kept in the same commit, and so is the beginning of a unit
   * that is touched for the first time, when its opening is given.
   */
  async execute(
    stockUnitId: string,
    command: StockCommand,
    idempotency: IdempotencyKey | null = null,
    opening: StockBeginning | null = null,
  ): Promise<StockAnswer> {
    const replay = idempotency === null ? null : this.storage.answer(idempotency.key);
    if (replay !== null) {
      const answer: StockAnswer = JSON.parse(replay.body);
      if (replay.fingerprint === idempotency?.fingerprint) return { ...answer, isReplayed: true };
      return { ...answer, refusal: { code: 'idempotency-key-reused' } };
    }
    if (command.type !== 'open' && this.streams.load(stockUnitId).version === 0) {
      if (opening === null)
        return {
          refusal: { code: 'not-open' },
          floor: 0,
          levels: {},
          version: 0,
          asOf: command.now,
          isReplayed: false,
        };
      this.#decide(stockUnitId, { type: 'open', ...opening, now: command.now }, null);
    }
    return this.#decide(stockUnitId, command, idempotency);
  }

  #decide(stockUnitId: string, command: StockCommand, idempotency: IdempotencyKey | null): StockAnswer {
    const { state, version, refusal } = this.streams.execute(stockUnitId, command.now, (loaded) =>
      decideStock(loaded.state, command),
    );
    const answer: StockAnswer = {
      refusal,
      floor: state.floor,
      levels: state.levels,
      version,
      asOf: command.now,
      isReplayed: false,
    };
    if (idempotency !== null)
      this.storage.saveAnswer({
        ...idempotency,
        status: 200,
        body: JSON.stringify(answer),
        expiresAt: command.now + idempotencyTtlMs,
      });
    return answer;
  }

  /** The ledger: every event of the unit after a sequence, oldest first. */
  async movements(stockUnitId: string, afterSequence: number, limit: number): Promise<Movement[]> {
    return this.storage.history(stockUnitId, afterSequence, limit);
  }
}
