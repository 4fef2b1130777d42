/** The inbox: at least once and in any order come in, effectively once goes out, and one bad event harms no other. */
import { describe, expect, test } from 'vitest';
import { type Delivery, type Handlers, type InboxPort, receive } from './inbox.ts';

const type = 'orders.order-placed.v1';

function body(id: string, more: object = {}): unknown {
  return {
    specversion: '1.0',
    id,
    source: '/orders',
    type,
    subject: id,
    time: '2027-01-15T08:00:00.000Z',
    sequence: 1,
    datacontenttype: 'application/json',
    data: { id },
    ...more,
  };
}

class Message implements Delivery {
  readonly body: unknown;
  readonly attempts: number;
  /** What became of it, in order. */
  readonly fate: string[] = [];

  constructor(content: unknown, attempts = 1) {
    this.body = content;
    this.attempts = attempts;
  }

  ack(): void {
    this.fate.push('ack');
  }

  retry(options?: { delaySeconds?: number }): void {
    this.fate.push(`retry ${options?.delaySeconds}`);
  }
}

class Inbox implements InboxPort<string> {
  readonly effects: string[] = [];
  readonly ids = new Set<string>();
  readonly reports: string[] = [];
  /** Commits so far, by the ids in them. */
  readonly commits: (readonly string[])[] = [];
  /** A commit that contains one of these fails as a whole. */
  readonly poisonous = new Set<string>();

  async handledAmong(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(eventIds.filter((id) => this.ids.has(id)));
  }

  async apply(effects: readonly string[], eventIds: readonly string[]): Promise<void> {
    this.commits.push(eventIds);
    if (eventIds.some((id) => this.poisonous.has(id))) throw new Error('constraint');
    this.effects.push(...effects);
    for (const id of eventIds) this.ids.add(id);
  }

  report(message: string): void {
    this.reports.push(message);
  }
}

const handlers: Handlers<string> = {
  [type]: ({ id }) => {
    if (id.startsWith('throws')) throw new Error('no such row');
    return [`effect of ${id}`];
  },
};
const fates = (messages: readonly Message[]) => messages.map(({ fate }) => fate.join());

describe('a batch of events', () => {
  test('is applied with its ids in one commit, and acknowledged one by one', async () => {
    const inbox = new Inbox();
    const messages = [new Message(body('a')), new Message(body('b'))];
    await receive(messages, handlers, inbox);
    expect(inbox.commits).toEqual([['a', 'b']]);
    expect(inbox.effects).toEqual(['effect of a', 'effect of b']);
    expect(fates(messages)).toEqual(['ack', 'ack']);
  });

  test('that is empty asks nothing', async () => {
    const inbox = new Inbox();
    await receive([], handlers, inbox);
    expect(inbox.commits).toEqual([]);
  });
});

describe('a duplicate', () => {
  test('in the same batch is handled once, and both copies are acknowledged', async () => {
    const inbox = new Inbox();
    const messages = [new Message(body('a')), new Message(body('b')), new Message(body('a'))];
    await receive(messages, handlers, inbox);
    expect(inbox.effects).toEqual(['effect of a', 'effect of b']);
    expect(fates(messages)).toEqual(['ack', 'ack', 'ack']);
  });

  test('that comes later is acknowledged without being handled', async () => {
    const inbox = new Inbox();
    await receive([new Message(body('a'))], handlers, inbox);
    const later = new Message(body('a'), 3);
    await receive([later], handlers, inbox);
    expect(inbox.effects).toEqual(['effect of a']);
    expect(fates([later])).toEqual(['ack']);
    expect(inbox.commits).toHaveLength(1);
  });
});

describe('an event that nobody handles here', () => {
  test('is recorded as handled, or its publisher would send it for ever', async () => {
    const inbox = new Inbox();
    const message = new Message(body('a', { type: 'orders.order-paid.v1' }));
    await receive([message], handlers, inbox);
    expect([...inbox.ids]).toEqual(['a']);
    expect(inbox.effects).toEqual([]);
    expect(fates([message])).toEqual(['ack']);
  });
});

describe('a poison message', () => {
  test.each([
    ['text', 'no event'],
    ['null', null],
    ['an unknown version', body('x', { specversion: '2.0' })],
    ['a field too many', body('x', { extra: 1 })],
    ['a sequence of zero', body('x', { sequence: 0 })],
    ['no id', body('')],
  ])('is isolated: %s comes again, the rest of its batch is handled', async (_name, poison) => {
    const inbox = new Inbox();
    const messages = [new Message(body('a')), new Message(poison), new Message(body('b'))];
    await receive(messages, handlers, inbox);
    expect(fates(messages)).toEqual(['ack', 'retry 2', 'ack']);
    expect(inbox.reports).toEqual(['an event has no valid envelope']);
  });

  test('alone in its batch asks the inbox nothing', async () => {
    const inbox = new Inbox();
    const message = new Message('no event');
    await receive([message], handlers, inbox);
    expect([fates([message]), inbox.commits]).toEqual([['retry 2'], []]);
  });
});

describe('a handler that throws', () => {
  test('has its event delivered again, later each time up to a minute, and harms no other', async () => {
    const inbox = new Inbox();
    const attempts = [1, 2, 3, 5, 9];
    const messages = attempts.map((attempt) => new Message(body(`throws ${attempt}`), attempt));
    const fine = new Message(body('a'));
    await receive([...messages, fine], handlers, inbox);
    expect(fates(messages)).toEqual(['retry 2', 'retry 4', 'retry 8', 'retry 32', 'retry 60']);
    expect([fates([fine]), [...inbox.ids]]).toEqual([['ack'], ['a']]);
  });

  test('has every copy of its event delivered again', async () => {
    const messages = [new Message(body('throws')), new Message(body('throws'))];
    await receive(messages, handlers, new Inbox());
    expect(fates(messages)).toEqual(['retry 2', 'retry 2']);
  });
});

describe('a commit that fails', () => {
  test('falls back to one commit per event, so that only the bad one comes again', async () => {
    const inbox = new Inbox();
    inbox.poisonous.add('bad');
    const messages = ['a', 'bad', 'b'].map((id) => new Message(body(id)));
    await receive(messages, handlers, inbox);
    expect(inbox.commits).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
    expect(inbox.effects).toEqual(['effect of a', 'effect of b']);
    expect(fates(messages)).toEqual(['ack', 'retry 2', 'ack']);
  });

  test('acknowledges nothing when the whole database is away', async () => {
    const inbox = new Inbox();
    const messages = ['a', 'b'].map((id) => new Message(body(id)));
    for (const id of ['a', 'b']) inbox.poisonous.add(id);
    await receive(messages, handlers, inbox);
    expect(fates(messages)).toEqual(['retry 2', 'retry 2']);
    expect(inbox.ids.size).toBe(0);
  });
});

describe('an inbox that cannot say what it has handled', () => {
  test('leaves the batch to its queue: nothing is acknowledged and nothing applied', async () => {
    const inbox = new Inbox();
    inbox.handledAmong = async () => {
      throw new Error('away');
    };
    const message = new Message(body('a'));
    await expect(receive([message], handlers, inbox)).rejects.toThrow('away');
    expect([fates([message]), inbox.commits]).toEqual([[''], []]);
  });
});
