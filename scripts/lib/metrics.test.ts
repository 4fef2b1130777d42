/** The page reads as the text format of Prometheus says it has to. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Metrics, metricNames, type NodeFacts } from './metrics.ts';

const facts: NodeFacts = {
  version: '1.2.3',
  startedAt: 1_700_000_000_500,
  processes: [
    { name: 'node', residentBytes: 90_000_000, cpuSeconds: 1.5 },
    { name: 'runtime', residentBytes: 250_000_000, cpuSeconds: 12.25 },
  ],
  disk: { freeBytes: 5_000, sizeBytes: 10_000 },
  lastBackupAt: null,
};

const linesOf = (metrics: Metrics, family: string, more: Partial<NodeFacts> = {}) =>
  metrics
    .text({ ...facts, ...more })
    .split('\n')
    .filter((line) => line.startsWith(family));

describe('an answer', () => {
  test('is counted by the class of its status, and classes that never came are zero', () => {
    const metrics = new Metrics();
    for (const status of [200, 201, 404, 503]) metrics.observe({ status, durationMs: 1 });
    expect(linesOf(metrics, 'vitrine_http_requests_total')).toEqual([
      'vitrine_http_requests_total{status="1xx"} 0',
      'vitrine_http_requests_total{status="2xx"} 2',
      'vitrine_http_requests_total{status="3xx"} 0',
      'vitrine_http_requests_total{status="4xx"} 1',
      'vitrine_http_requests_total{status="5xx"} 1',
    ]);
  });

  test('is in every bucket that it is not slower than, and adds to count and sum', () => {
    const metrics = new Metrics();
    for (const durationMs of [5, 6, 250, 40_000]) metrics.observe({ status: 200, durationMs });
    const lines = linesOf(metrics, 'vitrine_http_request_duration_seconds');
    const value = (le: string) => lines.find((line) => line.includes(`{le="${le}"}`))?.split(' ')[1];
    expect([value('0.005'), value('0.01'), value('0.1'), value('0.25'), value('30'), value('+Inf')]).toEqual([
      '1',
      '2',
      '2',
      '3',
      '3',
      '4',
    ]);
    expect(lines.slice(-2)).toEqual([
      'vitrine_http_request_duration_seconds_sum 40.261',
      'vitrine_http_request_duration_seconds_count 4',
    ]);
  });
});

test('a shop without a backup says 0, which is older than every limit', () => {
  const name = 'vitrine_backup_last_success_timestamp_seconds';
  expect(linesOf(new Metrics(), name)).toEqual([`${name} 0`]);
  expect(linesOf(new Metrics(), name, { lastBackupAt: 1_700_000_000_000 })).toEqual([`${name} 1700000000`]);
});

test('each family has its kind and one sentence of help', () => {
  const text = new Metrics().text(facts);
  for (const name of metricNames) {
    expect(text.match(new RegExp(`^# TYPE ${name} (gauge|counter|histogram)$`, 'gm'))).toHaveLength(1);
    expect(text.match(new RegExp(`^# HELP ${name} .+\\.$`, 'gm'))).toHaveLength(1);
  }
});

test('a label keeps its line, whatever stands in it', () => {
  expect(linesOf(new Metrics(), 'vitrine_info', { version: 'a"b\\c\nd' })).toEqual([
    'vitrine_info{version="a\\"b\\\\c\\nd"} 1',
  ]);
});

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
test.skipIf(!hasPromtool)('promtool, where it is installed, finds no fault', () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: new Metrics().text(facts),
    encoding: 'utf8',
  });
  expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: '' });
});
