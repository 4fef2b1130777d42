/**
 * Which parts of a file have not run, by V8's own count of each block. A store whose every block with SQL has run has shown
 * the recorder every statement that it can make, so no list of statements has to be kept beside the code.
 */
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** Text that makes a statement or a part of one, as vitest compiles it: raw SQL, a query builder, or its operators. */
const makesSql =
  /__vite_ssr_import_\d+__\.(?:sql|eq|ne|lt|lte|gt|gte|and|or|asc|desc|inArray|count|max)\b|\.prepare\(|sql\s*\.exec\(|\.(?:select|insert|update|delete)\(\w*\)\s*\.(?:from|values|set|where)\b/;
/** How vitest exports what a module declares: a getter that has not been called is no code of the file. */
const isExport = /^\(\) => \{ try \{ return \w+ \} catch \{\} \}$/;

export interface Coverage {
  /** Blocks with SQL that have not run since the start, by the absolute path of each file that was loaded. */
  unexecuted(): Promise<ReadonlyMap<string, readonly string[]>>;
  stop(): void;
}

/** Counts from now on. Only files that are loaded afterwards are counted block by block. */
export async function startCoverage(): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post('Debugger.enable');
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    unexecuted: async () => {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      const found = new Map<string, readonly string[]>();
      for (const { url, scriptId, functions } of result) {
        if (!url.startsWith('file:') || url.includes('/node_modules/')) continue;
        const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId });
        const blocks = functions.flatMap(({ ranges }) =>
          ranges
            .filter(({ count }) => count === 0)
            .map(({ startOffset, endOffset }) => scriptSource.slice(startOffset, endOffset).trim()),
        );
        found.set(
          fileURLToPath(url),
          blocks.filter((block) => makesSql.test(block) && !isExport.test(block)),
        );
      }
      return found;
    },
    stop: () => session.disconnect(),
  };
}
