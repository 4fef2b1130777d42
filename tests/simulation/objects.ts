/**
 * A simulated Durable Object: one instance at a time over a storage that outlives it, and one alarm. As on the platform, an
 * alarm comes at least once, never twice at the same time, again after a death, and not any more after six throws.
 *
 * @see https://developers.cloudflare.com/durable-objects/api/alarms/
 */
import type { AlarmClock } from '../../shared/streams/ports.ts';
import { secondMs } from '../../shared/values/time.ts';
import { Life, type Scheduler } from './scheduler.ts';

interface Boot<Instance> {
  /** Makes the instance anew from what is stored. */
  start(life: Life, alarm: AlarmClock, now: () => number): Instance;
  onAlarm(instance: Instance, now: number): Promise<void>;
}

const alarmThrowsMax = 6;
const alarmRetryMs = 2 * secondMs;

export class SimulatedObject<Instance> {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #boot: Boot<Instance>;
  #running: { readonly life: Life; readonly instance: Instance } | null = null;
  /** In the time of the object's own clock. */
  #alarmAt: number | null = null;
  #alarmNumber = 0;
  #isAlarmRunning = false;
  #alarmThrows = 0;
  /** What the object's clock shows beyond the true time. */
  #skewMs: number;

  constructor(scheduler: Scheduler, name: string, skewMs: number, boot: Boot<Instance>) {
    this.#scheduler = scheduler;
    this.name = name;
    this.#skewMs = skewMs;
    this.#boot = boot;
  }

  get alarmAt(): number | null {
    return this.#alarmAt;
  }

  now(): number {
    return this.#scheduler.now + this.#skewMs;
  }

  turnClockBack(milliseconds: number): void {
    this.#skewMs -= milliseconds;
  }

  /** The instance that lives now; a new one when the last is dead. */
  awake(): { readonly life: Life; readonly instance: Instance } {
    if (this.#running !== null) return this.#running;
    const life = new Life(this.name);
    life.onEnd(() => {
      this.#running = null;
    });
    const alarm = { set: (at: number) => void (life.isOver || this.#setAlarm(at)) };
    this.#running = { life, instance: this.#boot.start(life, alarm, () => this.now()) };
    return this.#running;
  }

  /** Asks the object from elsewhere. */
  ask<Answer>(from: Life, label: string, serve: (instance: Instance) => Promise<Answer>): Promise<Answer> {
    return this.#scheduler.call(
      from,
      label,
      () => this.awake().life,
      () => serve(this.awake().instance),
    );
  }

  die(): void {
    this.#running?.life.end();
  }

  #setAlarm(at: number): void {
    this.#alarmAt = at;
    if (!this.#isAlarmRunning) this.#arm();
  }

  #arm(): void {
    if (this.#alarmAt === null) return;
    this.#alarmNumber += 1;
    const number = this.#alarmNumber;
    const ring = () => {
      if (number === this.#alarmNumber && !this.#isAlarmRunning) this.#ring();
    };
    this.#scheduler.after(this.#alarmAt - this.now(), null, `${this.name} alarm`, () => {
      const { random, rates } = this.#scheduler;
      if (random.chance(rates['alarm-late'])) this.#scheduler.after(random.between(100, 20_000), null, 'alarm', ring);
      else ring();
    });
  }

  #ring(): void {
    const { random, rates } = this.#scheduler;
    this.#alarmAt = null;
    this.#isAlarmRunning = true;
    const { life, instance } = this.awake();
    const unwatch = life.onEnd(() => this.#afterAlarm(0));
    const isTwice = random.chance(rates['alarm-twice']);
    this.#boot.onAlarm(instance, this.now()).then(
      () => {
        if (life.isOver) return;
        unwatch();
        this.#alarmThrows = 0;
        this.#afterAlarm(isTwice ? 0 : null);
      },
      (error) => {
        if (life.isOver) return;
        unwatch();
        this.#scheduler.trace(() => `${this.name} alarm threw ${String(error)}`);
        this.#alarmThrows += 1;
        this.#afterAlarm(this.#alarmThrows < alarmThrowsMax ? alarmRetryMs * 2 ** this.#alarmThrows : null);
      },
    );
  }

  /** A new alarm that was set meanwhile takes the place of a repetition. */
  #afterAlarm(repeatAfterMs: number | null): void {
    this.#isAlarmRunning = false;
    if (this.#alarmAt === null && repeatAfterMs !== null) this.#alarmAt = this.now() + repeatAfterMs;
    this.#arm();
  }
}
