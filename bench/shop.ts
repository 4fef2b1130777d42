/**
 * The shop under test: the built Workers on a fresh state, as `npm start` runs them, with 1,000 products of two variants that
 * were imported through the admin API.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { databasesOf, readWorkers, type WorkerConfig } from '../scripts/configs.ts';
import { type Bundle, bundleWorkers } from '../scripts/lib/bundle.ts';
import { migrate } from '../scripts/lib/migrate.ts';
import { waitUntilAnswering } from '../scripts/lib/ready.ts';
import { seedShop } from '../scripts/lib/seed.ts';
import { keepSecrets, variablesOf } from '../scripts/lib/settings.ts';
import { type Shop, startShop } from '../scripts/lib/shop.ts';

export const productsTotal = 1000;
const sizes = ['S', 'L'] as const;

/** The one product that is short. */
export const scarceSku = 'SCARCE-1';
export const scarceQuantity = 50;
const plentyQuantity = 1_000_000;

export interface BenchShop extends Shop {
  readonly url: string;
  readonly adminKey: string;
  readonly storagePath: string;
}

export async function startBenchShop(
  port: number,
  statePath: string,
  bundle: (workers: readonly WorkerConfig[]) => Promise<readonly Bundle[]> = (workers) => bundleWorkers(workers),
): Promise<BenchShop> {
  const host = '127.0.0.1';
  const url = `http://${host}:${port}`;
  const variables = variablesOf(keepSecrets(statePath), url, process.env);
  const adminKey = variables.VITRINE_ADMIN_KEY ?? '';
  const workers = readWorkers();
  const storagePath = path.join(statePath, 'storage');
  const [bundles] = await Promise.all([bundle(workers), migrate(databasesOf(workers), storagePath)]);
  const onLog = (level: string, message: string): void => console.error(`${level}: ${message}`);
  const shop = await startShop({ workers, bundles, variables, host, port, storagePath, onLog });
  await waitUntilAnswering(url);
  const csvPath = path.join(statePath, 'products.csv');
  writeFileSync(csvPath, productsCsv());
  await seedShop({ url, adminKey }, { csvPath });
  return { ...shop, url, adminKey, storagePath };
}

export function handleOf(product: number): string {
  return `product-${product}`;
}

export function skuOf(product: number, size: number): string {
  return `P${product}-${sizes[size % sizes.length]}`;
}

function productsCsv(): string {
  const header =
    'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price';
  const rows = Array.from({ length: productsTotal }, (_, product) =>
    sizes.map((size, index) => {
      const facts =
        index === 0
          ? `Product ${product},<p>What product ${product} is made of and good for.</p>,Vendor ${product % 20},Type ${product % 10},"tag-${product % 7}, tag-${product % 5}",true`
          : ',,,,,';
      return `${handleOf(product)},${facts},Size,${size},${skuOf(product, index)},${plentyQuantity},deny,${10 + (product % 90)}.90`;
    }),
  ).flat();
  const scarce = `scarce,Scarce product,,Vendor,Type,,true,Size,One,${scarceSku},${scarceQuantity},deny,19.90`;
  return [header, ...rows, scarce, ''].join('\n');
}
