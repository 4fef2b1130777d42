/** How long a test waits for what comes by itself: by an alarm, a queue, another process. It ends what never comes, and measures nothing. */

/** Far more than a machine needs that is slow, and busy with other work. */
export const patienceMs = 90_000;

/** For `vi.waitFor` and `expect.poll`. */
export const patience = { timeout: patienceMs, interval: 100 } as const;
