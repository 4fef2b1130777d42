/**
 * The scheduler of a simulated run: one virtual clock, one queue of things to come, one source of chance. Every await of the
 * code under test ends in a promise that only a step of this queue settles; what runs between two steps is microtasks, whose
 * order is fixed. So a run is a function of its seed.
 *
 * Every actor has a life. When it is over, nothing that was on its way to it arrives, and so its code never goes on.
 */
import { type CallFault, callFaults, type FaultRates, noFaults } from './faults.ts';
import { Random } from './random.ts';

/** One incarnation of a process: of an object until it is evicted, of a Worker for one invocation, of a shopper for ever. */
export class Life {
  readonly name: string;
  isOver = false;
  /** Most lives are of one call, and are watched once. */
  #watchers: Set<() => void> | null = null;

  constructor(name: string) {
    this.name = name;
  }

  /** Answers how to stop watching. */
  onEnd(watcher: () => void): () => void {
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
    return () => void this.#watchers?.delete(watcher);
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.#watchers === null) return;
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}

/** Where it was noticed says nothing, and writing a stack down costs as much as ten steps. */
class ConnectionLost extends Error {
  constructor(label: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${label}: connection lost`);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface Step {
  readonly at: number;
  readonly order: number;
  readonly life: Life | null;
  readonly label: string;
  readonly run: () => void;
}

/** Strikes calls at chosen points instead of by chance. */
export type Script = (callIndex: number, label: string) => CallFault | null;

interface SchedulerOptions {
  readonly seed: number;
  readonly rates: FaultRates;
  readonly quietAt: number;
  readonly script?: Script | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}

/** A run that takes this many steps does not end by itself. */
const stepsMax = 60_000;
/**
 * Node runs every microtask between two immediates: the code under test has come to its next await before the next step. Asked for
 * together, they share a turn of Node's event loop, which costs as much as a step does.
 */
const stepsPerTurn = 64;
const latencyMsMax = 30;
const lateMsMax = 25_000;

export class Scheduler {
  readonly random: Random;
  readonly #options: SchedulerOptions;
  readonly #steps: Step[] = [];
  /** The faults of calls that this run has. */
  readonly #callRates: readonly (readonly [CallFault, number])[];
  #order = 0;
  now: number;
  /** How many calls were made, and their labels when they are recorded. */
  callCount = 0;
  stepCount = 0;
  recorded: string[] | null = null;

  constructor(options: SchedulerOptions, start: number) {
    this.#options = options;
    this.random = new Random(options.seed);
    this.now = start;
    const { rates } = options;
    this.#callRates = callFaults.map((fault) => [fault, rates[fault]] as const).filter(([, rate]) => rate > 0);
  }

  /** The rates of this moment: none once it is quiet. */
  get rates(): FaultRates {
    return this.now < this.#options.quietAt ? this.#options.rates : noFaults;
  }

  trace(line: () => string): void {
    this.#options.trace?.(`${String(this.now % 1e8).padStart(8)}  ${line()}`);
  }

  get isTraced(): boolean {
    return this.#options.trace !== undefined;
  }

  /** Runs something later, unless the life it belongs to is over by then. */
  after(delayMs: number, life: Life | null, label: string, run: () => void): void {
    push(this.#steps, { at: this.now + Math.max(0, delayMs), order: this.#order++, life, label, run });
  }

  sleep(life: Life, milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, life, 'sleep', resolve));
  }

  latency(): number {
    return this.random.between(1, latencyMsMax);
  }

  /**
   * Calls another actor. `awake` answers the life of the callee at the moment the call arrives. The caller's promise is
   * settled by a later step, or never when the caller is dead by then.
   */
  call<Answer>(from: Life, label: string, awake: () => Life, serve: (life: Life) => Promise<Answer>): Promise<Answer> {
    const index = this.callCount++;
    this.recorded?.push(`${from.name} -> ${label}`);
    const fault = this.#faultOf(index, label);
    if (fault !== null) this.trace(() => `FAULT ${fault} on call ${index}: ${from.name} -> ${label}`);
    return new Promise((resolve, reject) => {
      const tell = (settle: () => void, delayMs = this.latency()) =>
        this.after(delayMs, from, `${label} answers`, settle);
      const lost = () => reject(new ConnectionLost(label));
      if (fault === 'caller-dies') this.after(0, from, `${from.name} dies`, () => from.end());
      if (fault === 'request-lost') return tell(lost, this.random.between(10, 3_000));
      if (fault === 'request-late') tell(lost, this.random.between(10, 3_000));
      const isSlow = fault === 'slow' || fault === 'request-late';
      const travelMs = isSlow ? this.random.between(1_000, lateMsMax) : this.latency();
      this.after(travelMs, null, label, () => {
        const life = awake();
        let isSettled = fault === 'request-late';
        const settle = (how: () => void) => {
          if (isSettled) return;
          isSettled = true;
          if (fault === 'caller-dies-late') tell(() => from.end());
          else if (fault === 'answer-lost') tell(lost, this.random.between(10, 3_000));
          else tell(how);
        };
        const unwatch = life.onEnd(() => settle(lost));
        if (fault === 'callee-dies') this.after(0, life, `${life.name} dies`, () => life.end());
        serve(life).then(
          (answer) => {
            unwatch();
            if (!life.isOver) settle(() => resolve(answer));
          },
          (error) => {
            this.trace(() => `${label} fails: ${String(error)}`);
            unwatch();
            if (!life.isOver) settle(() => reject(error));
          },
        );
      });
    });
  }

  #faultOf(index: number, label: string): CallFault | null {
    if (this.#options.script !== undefined) return this.#options.script(index, label);
    if (this.now >= this.#options.quietAt) return null;
    for (const [fault, rate] of this.#callRates) if (this.random.chance(rate)) return fault;
    return null;
  }

  /** Takes steps until none is left before the deadline. Answers false when the run does not come to rest. */
  runUntil(deadline: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const takeOne = (): void => {
        if (isOver) return;
        try {
          const end = this.#takeStep(deadline);
          isOver = end !== null;
          if (end !== null) resolve(end);
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      const takeSome = (): void => {
        if (isOver) return;
        for (let turn = 0; turn < stepsPerTurn; turn += 1) setImmediate(takeOne);
        setImmediate(takeSome);
      };
      takeSome();
    });
  }

  /** Answers null when more is to come, or whether the run has come to rest. */
  #takeStep(deadline: number): boolean | null {
    for (let next = this.#steps[0]; next !== undefined && next.at <= deadline; next = this.#steps[0]) {
      pop(this.#steps);
      if (next.life?.isOver) continue;
      this.now = Math.max(this.now, next.at);
      this.stepCount += 1;
      if (this.stepCount > stepsMax) return false;
      if (this.isTraced) this.trace(() => next.label);
      next.run();
      return null;
    }
    this.now = Math.max(this.now, deadline);
    return true;
  }
}

function isBefore(a: Step, b: Step): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** A binary heap: the next step is the first. */
function push(heap: Step[], step: Step): void {
  let index = heap.length;
  heap.push(step);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !isBefore(step, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = step;
}

function pop(heap: Step[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const [a, b] = [heap[left], heap[left + 1]];
    const childIndex = a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left;
    const child = heap[childIndex];
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
}
