/** Puts a meter on the storage of objects: rows, alarms, and the gate that closes with every write. */
import type { Gate } from './gate.ts';
import { count } from './meter.ts';

type Method = (this: object, ...given: unknown[]) => unknown;

const gateOfSql = new WeakMap<object, Gate>();
const gateOfStorage = new WeakMap<object, Gate>();
let isStorageMetered = false;

/** The storage of all objects of an isolate has the same two prototypes. */
export function meterStorage(storage: DurableObjectStorage, gate: Gate): void {
  gateOfSql.set(storage.sql, gate);
  gateOfStorage.set(storage, gate);
  if (isStorageMetered) return;
  isStorageMetered = true;
  replace(storage.sql, 'exec', function (real, ...given) {
    const cursor = Reflect.apply(real, this, given);
    if (isCursor(cursor))
      // Rows are read out in the same turn, after which the cursor knows how many there were.
      queueMicrotask(() => {
        count('object rows read', cursor.rowsRead);
        count('object rows written', cursor.rowsWritten);
        if (cursor.rowsWritten > 0) gateOfSql.get(this)?.wrote();
      });
    return cursor;
  });
  replace(storage, 'setAlarm', function (real, ...given) {
    // The platform bills an alarm that is set as one row written.
    count('object rows written');
    count('alarms set');
    gateOfStorage.get(this)?.wrote();
    return Reflect.apply(real, this, given);
  });
}

function replace(target: object, name: string, by: (this: object, real: Method, ...given: unknown[]) => unknown): void {
  const prototype: Record<string, Method> = Object.getPrototypeOf(target);
  const real = prototype[name];
  if (real === undefined) throw new Error(`The storage of objects has no ${name} any more`);
  prototype[name] = function (...given) {
    return Reflect.apply(by, this, [real, ...given]);
  };
}

function isCursor(value: unknown): value is { readonly rowsRead: number; readonly rowsWritten: number } {
  return typeof value === 'object' && value !== null && 'rowsRead' in value;
}
