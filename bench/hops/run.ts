/**
 * `npm run bench -- --hops`: what each request costs on the network, where every hop is a wait and every row is billed. The
 * Workers run locally with meters in them; nothing is deployed.
 */
import path from 'node:path';
import { runtimeProcesses } from '../cpu.ts';
import { Connection } from '../http-client.ts';
import { startBenchShop } from '../shop.ts';
import { bundleMetered } from './bundle.ts';
import { measureAll } from './measure.ts';
import { metersOf } from './meters.ts';
import { openStock, operations } from './operations.ts';
import { printHops, printTraces } from './report.ts';

export interface HopsOptions {
  readonly port: number;
  readonly statePath: string;
  readonly only: ReadonlySet<string>;
  readonly isTraced: boolean;
}

export async function runHops({ port, statePath, only, isTraced }: HopsOptions): Promise<unknown> {
  const before = runtimeProcesses();
  const shop = await startBenchShop(port, statePath, (workers) =>
    bundleMetered(workers, path.join(statePath, 'metered')),
  );
  try {
    const pid = [...runtimeProcesses()].find((process) => !before.has(process));
    const connection = await Connection.open(port);
    const shopping = { connection, adminKey: shop.adminKey };
    await openStock(shopping);
    const wanted = operations.filter(({ name }) => only.has(name));
    const measurements = await measureAll({ shopping, meters: metersOf(connection), pid }, wanted);
    connection.close();
    if (isTraced) printTraces(measurements);
    printHops(measurements);
    return measurements.map(({ trace, ...rest }) => rest);
  } finally {
    await shop.stop();
  }
}
