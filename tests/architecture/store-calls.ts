/**
 * Routes and event handlers never use a store or a database themselves: they call the service. The rule on import lines sees
 * a store that is imported; this one also sees a store that is reached through a context object, because it asks the
 * compiler where the function that is called was declared.
 */
import {
  isCallExpression,
  isPropertyAccessExpression,
  type Node,
  type SourceFile as Tree,
} from 'typescript/unstable/ast';
import { API, type APIOptions, type Checker, SymbolFlags } from 'typescript/unstable/sync';

/** Routes and event handlers of a Worker, in a file or a folder of their own, also in a room. */
export const thinFiles = /^workers\/[^/]+\/(?:[^/]+\/)?(?:routes|events)(?:\.ts$|\/)/;

/** Files that declare what only a store may call: the stores, drizzle, and the database of the platform. */
const storeSide = /\/workers\/[^/]+\/(?:[^/]+\/)?store(?:\.ts$|\/)|\/drizzle-orm\//;
const databaseType = /^D1(?:Database|PreparedStatement|DatabaseSession)$/;

/** Every call in the files that ends in a store or a database, one sentence each. Files are named relative to the folder. */
export function storeCalls(files: readonly string[], folder: string, options: APIOptions = {}): readonly string[] {
  const api = new API({ cwd: folder, ...options });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${folder}/tsconfig.json`] }).getProjects();
    if (project === undefined) throw new Error(`There is no project in ${folder}`);
    return files.flatMap((file) => {
      const tree = project.program.getSourceFile(`${folder}/${file}`);
      if (tree === undefined) throw new Error(`The project has no ${file}`);
      return callsIn(tree, project.checker).map((call) => `${file} calls ${call}`);
    });
  } finally {
    api.close();
  }
}

function callsIn(tree: Tree, checker: Checker): string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    if (isCallExpression(node) && isStoreSide(node.expression, checker)) found.push(node.expression.getText(tree));
    node.forEachChild(visit);
  };
  visit(tree);
  return found;
}

/** Whether what is called was declared in a store, or is a method of a database. */
function isStoreSide(called: Node, checker: Checker): boolean {
  const name = isPropertyAccessExpression(called) ? called.name : called;
  const named = checker.getSymbolAtLocation(name);
  const isImported = named !== undefined && (named.flags & SymbolFlags.Alias) !== 0;
  const symbol = isImported ? checker.getAliasedSymbol(named) : named;
  const declared = symbol?.valueDeclaration ?? symbol?.declarations[0];
  if (declared !== undefined && storeSide.test(declared.path)) return true;
  if (!isPropertyAccessExpression(called)) return false;
  return databaseType.test(checker.getTypeAtLocation(called.expression)?.getSymbol()?.name ?? '');
}
