/** The rush: 200 buyers, each on a connection of its own, want one each of a product of which there are 50. */
import { Connection } from './http-client.ts';
import { type Measured, measuredOf } from './load.ts';
import { checkout, makeReadyCart } from './requests.ts';
import { scarceQuantity, scarceSku } from './shop.ts';

const buyersTotal = 200;

export interface Rush extends Measured {
  readonly buyers: number;
  readonly units: number;
  readonly sold: number;
  readonly refused: number;
  /** From the first cart to the last answer. */
  readonly totalMs: number;
  readonly stockAfter: string;
}

export async function rush(port: number, adminKey: string): Promise<Rush> {
  const connections = await Promise.all(Array.from({ length: buyersTotal }, () => Connection.open(port)));
  const latenciesMs: number[] = [];
  let [sold, refused] = [0, 0];
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      const before = performance.now();
      const cartId = await makeReadyCart(connection, scarceSku);
      const { status, body } = await connection.send(checkout(cartId));
      latenciesMs.push(performance.now() - before);
      if (status === 201) sold += 1;
      else if (status === 409 && body.includes('"insufficient-stock"')) refused += 1;
      else throw new Error(`A buyer was answered ${status}: ${body.toString()}`);
    }),
  );
  const totalMs = performance.now() - startedAt;
  const stockAfter = await readStock(connections[0], adminKey);
  for (const connection of connections) connection.close();
  return {
    ...{ buyers: buyersTotal, units: scarceQuantity, sold, refused, totalMs, stockAfter },
    ...measuredOf(latenciesMs, totalMs, null),
  };
}

async function readStock(connection: Connection | undefined, adminKey: string): Promise<string> {
  if (connection === undefined) return '';
  const path = `/admin/v1/inventory/${scarceSku}`;
  const { body } = await connection.send({ method: 'GET', path, headers: { authorization: `Bearer ${adminKey}` } });
  const stock: { onHand: number; held: number; committed: number; available: number } = JSON.parse(body.toString());
  const { onHand, held, committed, available } = stock;
  return `${onHand} on hand = ${available} available + ${held} held + ${committed} committed`;
}
