/** Which runtime is started, and that it collects its garbage early, unless somebody measures with flags of their own. */
import { describe, expect, it } from 'vitest';
import { collectGarbageEarly, isNoticeOfFlags, tieRuntimeToProcess } from './runtime.ts';

describe('the flags of V8', () => {
  it('are ours where none are set', () => {
    const environment: NodeJS.ProcessEnv = {};
    collectGarbageEarly(environment);
    expect(environment.MINIFLARE_WORKERD_V8_FLAGS).toMatch(/^--optimize-for-size --initial-old-space-size=4 /);
  });

  it('stay as they are where some are set, or none are wanted', () => {
    const given: NodeJS.ProcessEnv = { MINIFLARE_WORKERD_V8_FLAGS: '--trace-gc' };
    const none: NodeJS.ProcessEnv = { MINIFLARE_WORKERD_V8_FLAGS: '' };
    collectGarbageEarly(given);
    collectGarbageEarly(none);
    expect(given.MINIFLARE_WORKERD_V8_FLAGS).toBe('--trace-gc');
    expect(none.MINIFLARE_WORKERD_V8_FLAGS).toBe('');
  });

  it('make the runtime say something that is no news of the shop', () => {
    const notice =
      'NOSENTRY per-isolate bootstrap compile cache failed its compatibility check; scripts will be compiled';
    expect(isNoticeOfFlags(notice)).toBe(true);
    expect(isNoticeOfFlags('{"level":"error","message":"a wake-up failed"}')).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('the wrapper of the runtime', () => {
  it('starts the runtime that was given', () => {
    const environment: NodeJS.ProcessEnv = { MINIFLARE_WORKERD_PATH: '/opt/workerd' };
    tieRuntimeToProcess(environment);
    expect(environment.VITRINE_WORKERD_PATH).toBe('/opt/workerd');
  });

  it('never starts itself, also where only its own path was handed on', () => {
    const parent: NodeJS.ProcessEnv = {};
    tieRuntimeToProcess(parent);
    const child: NodeJS.ProcessEnv = { MINIFLARE_WORKERD_PATH: parent.MINIFLARE_WORKERD_PATH };
    tieRuntimeToProcess(child);
    expect(child).toEqual(parent);
  });
});
