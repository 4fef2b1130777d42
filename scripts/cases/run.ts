/**
 * Runs a file of cases, `{ "area", "cases": [...] }`: each case goes to the engine of its area, and what differs is told line
 * by line. A case that nothing here can run counts as failed: nothing is passed over in silence.
 */
import * as z from 'zod';
import { UsageError } from '../lib/arguments.ts';
import { type Area, UnreadableCase } from './area.ts';
import { areas as allAreas } from './areas.ts';

/** Other fields of a case (its source, a note) are for readers. */
const Case = z.object({
  id: z.string(),
  area: z.string().optional(),
  title: z.string().default(''),
  given: z.unknown(),
  expect: z.unknown(),
});
const CaseFile = z.object({ area: z.string(), cases: z.array(Case) });

export interface CaseReport {
  readonly passed: number;
  readonly failed: number;
  /** For every failed case its title, then each difference indented. */
  readonly lines: readonly string[];
}

/** Runs the cases of a file's text. Throws a `UsageError` when it is not a file of cases. */
export async function runCaseFile(text: string, areas: readonly Area[] = allAreas): Promise<CaseReport> {
  const { area, cases } = parseFile(text);
  const lines: string[] = [];
  let failed = 0;
  for (const one of cases) {
    const faults = await faultsOf(one, one.area ?? area, areas);
    if (faults.length === 0) continue;
    failed += 1;
    lines.push(`FAILED ${one.id} ${one.title}`.trimEnd(), ...faults.map((fault) => `  ${fault}`));
  }
  return { passed: cases.length - failed, failed, lines };
}

function parseFile(text: string): z.infer<typeof CaseFile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = CaseFile.safeParse(json);
  if (!parsed.success)
    throw new UsageError(`not a file of cases: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  return parsed.data;
}

async function faultsOf(
  one: z.infer<typeof Case>,
  areaName: string,
  areas: readonly Area[],
): Promise<readonly string[]> {
  const area = areas.find((candidate) => candidate.name === areaName);
  if (area === undefined) return [`nothing here runs the area "${areaName}"`];
  try {
    return await area.differences(one.given, one.expect);
  } catch (error) {
    if (error instanceof UnreadableCase) return [`not a case of ${areaName}: ${error.message}`];
    return [`threw ${error instanceof Error ? error.message : String(error)}`];
  }
}
