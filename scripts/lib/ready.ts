/** Waits until a shop answers over HTTP, through the router and into a domain Worker with its database. */

/** Loading all Workers takes about a second; a busy machine may need far longer, and a broken shop never gets there. */
const timeoutMs = 60_000;

/** Resolves at the first answer below 500. Throws with the last answer when there is none in time. */
export async function waitUntilAnswering(url: string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last = 'no answer';
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${url}/v1/products?limit=1`, { signal: AbortSignal.timeout(10_000) });
      const body = await response.text();
      if (response.status < 500) return;
      last = `${response.status} ${body.slice(0, 500)}`;
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not begin to answer within ${timeoutMs / 1000} s. The last answer was: ${last}`);
}
