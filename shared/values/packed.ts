/**
 * A value that travels between Workers as JSON text. A call copies a nested object field by field, which costs several times
 * what its text does, so the answers on the path of every cart go packed. Only plain data: what JSON does not know is lost.
 */
export interface Packed<Value> {
  readonly json: string;
  /** Never there: it lets the compiler tell what is inside. */
  readonly inside?: Value;
}

export function pack<Value>(value: Value): Packed<Value> {
  return { json: JSON.stringify(value) };
}

export function unpack<Value>({ json }: Packed<Value>): Value {
  return JSON.parse(json);
}
