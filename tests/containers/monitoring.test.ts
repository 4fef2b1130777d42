/**
 * Alerts and the dashboard use metrics that the shop exposes, and every alert names a chapter of the manual that exists. Where
 * Prometheus and Caddy are installed, they check their own files, too.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { projectRoot } from '../../scripts/configs.ts';
import { metricNames } from '../../scripts/lib/metrics.ts';
import { readYaml } from './yaml.ts';

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');
const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+m$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const Dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string().min(1),
      datasource: z.strictObject({ type: z.string(), uid: z.string() }),
      gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.strictObject({ refId: z.string(), expr: z.string(), legendFormat: z.string().optional() })),
    }),
  ),
});

const alerts = readYaml('ops/prometheus/rules.yaml', Rules).flatMap(({ groups }) =>
  groups.flatMap(({ rules }) => rules),
);
const dashboard = Dashboard.parse(JSON.parse(read('ops/grafana/dashboards/vitrine.json')));

/** The names of measurements in an expression, without what a histogram adds to them. */
const metricsIn = (expression: string): string[] =>
  (expression.match(/\bvitrine_\w+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, ''));

describe('a measurement', () => {
  const made = new Set(metricNames);

  test.each(alerts.map(({ alert, expr }) => [alert, expr]))('that %s asks for is made', (_, expression) => {
    for (const name of metricsIn(expression)) expect(made).toContain(name);
  });

  test('that the dashboard shows is made, and all that are made are shown', () => {
    const shown = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    expect([...new Set(shown)].toSorted()).toEqual([...made].toSorted());
  });
});

test('an alert leads to a chapter of the operations manual', () => {
  const chapters = new Set(read('docs/operations.md').match(/(?<=^## ).*$/gm));
  for (const { runbook } of alerts.map(({ annotations }) => annotations))
    expect(chapters).toContain(/^docs\/operations\.md, "(.*)"$/.exec(runbook)?.[1]);
});

test('panels neither overlap nor stand outside of the board', () => {
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});

describe('where it is installed', () => {
  const run = (program: string, given: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(program, given, {
      cwd: projectRoot,
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };

  test.skipIf(!isInstalled('promtool'))(
    'promtool finds no fault in the configuration and raises each alert when it should',
    () => {
      expect(run('promtool', ['check', 'config', 'ops/prometheus/prometheus.yml'])).toMatchObject({ status: 0 });
      expect(run('promtool', ['test', 'rules', 'ops/prometheus/rules.test.yaml'])).toMatchObject({ status: 0 });
    },
  );

  test.skipIf(!isInstalled('caddy'))('caddy takes its file', () => {
    const given = ['validate', '--config', 'ops/caddy/Caddyfile', '--adapter', 'caddyfile'];
    expect(run('caddy', given, { VITRINE_DOMAIN: 'shop.example.com' })).toMatchObject({ status: 0 });
  });
});
