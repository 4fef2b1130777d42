/**
 * Arithmetic without fractions wherever money is reckoned: amounts are whole numbers, and what must be divided is divided as
 * bigint. The rules look at the syntax tree and at the types that the compiler finds, so no spelling gets around them.
 */
import {
  isBinaryExpression,
  isCallExpression,
  isIdentifier,
  isNumericLiteral,
  isPrefixUnaryExpression,
  isPropertyAccessExpression,
  type Node,
  SyntaxKind,
  type SourceFile as Tree,
} from 'typescript/unstable/ast';
import { API, type APIOptions, type Checker, TypeFlags } from 'typescript/unstable/sync';

/** Where amounts are reckoned. What only carries them, and what counts time, is elsewhere. */
export const moneyFiles = new RegExp(
  [
    'shared/values/(?:money|allocation|settlement|quantity)',
    'shared/contracts/(?:cart|orders|payments|pricing)/',
    'shared/(?:holds|quoting)/',
    'workers/pricing/(?:domain|allowances)/',
    'workers/payments/(?:domain|providers|service)\\b',
    'workers/orders/(?:domain|checkout|operations)/',
    'durable-objects/allowance/',
    'workers/orders/service/(?:outcomes|neighbors|requests|order-commands|kept-answers)',
    'durable-objects/order/streams',
  ]
    .map((start) => `^${start}`)
    .join('|'),
);

interface ArithmeticRule {
  readonly name: string;
  readonly isBroken: (node: Node, typeOf: (node: Node) => TypeFlags) => boolean;
}

const dividing = new Set([
  SyntaxKind.SlashToken,
  SyntaxKind.SlashEqualsToken,
  SyntaxKind.AsteriskAsteriskToken,
  SyntaxKind.AsteriskAsteriskEqualsToken,
]);
/** Of whole numbers these make whole numbers. */
const exactMath = new Set(['abs', 'max', 'min', 'sign', 'imul']);
const exactNumber = new Set([
  'isInteger',
  'isSafeInteger',
  'MAX_SAFE_INTEGER',
  'MIN_SAFE_INTEGER',
  'POSITIVE_INFINITY',
]);
const inexactNames = new Set(['parseFloat', 'toFixed', 'toPrecision', 'toExponential']);

export const arithmeticRules: readonly ArithmeticRule[] = [
  {
    name: 'a fraction is written as a decimal string, not as a number',
    isBroken: (node) => isNumericLiteral(node) && !Number.isInteger(Number(node.text)),
  },
  {
    name: 'only a bigint is divided or raised to a power',
    isBroken: (node, typeOf) =>
      isBinaryExpression(node) &&
      dividing.has(node.operatorToken.kind) &&
      !(isBigInt(typeOf(node.left)) && isBigInt(typeOf(node.right))),
  },
  {
    name: 'nothing is there to be rounded by Math',
    isBroken: (node) => isIdentifier(node) && node.text === 'Math' && !isMember(node.parent, node, exactMath),
  },
  {
    name: 'only a bigint becomes a number',
    isBroken: (node, typeOf) =>
      (isIdentifier(node) &&
        node.text === 'Number' &&
        !isMember(node.parent, node, exactNumber) &&
        !isOfBigInt(node.parent, node, typeOf)) ||
      (isPrefixUnaryExpression(node) && node.operator === SyntaxKind.PlusToken && !isNumber(typeOf(node.operand))),
  },
  {
    name: 'no floats are read or written',
    isBroken: (node) => isIdentifier(node) && inexactNames.has(node.text),
  },
];

const isBigInt = (flags: TypeFlags) => (flags & TypeFlags.BigIntLike) !== 0;
const isNumber = (flags: TypeFlags) => (flags & TypeFlags.NumberLike) !== 0;

/** Whether a node is `owner.name` with a name among those. */
function isMember(node: Node, owner: Node, names: ReadonlySet<string>): boolean {
  return isPropertyAccessExpression(node) && node.expression === owner && names.has(node.name.text);
}

/** Whether a node calls this function with one bigint. */
function isOfBigInt(node: Node, called: Node, typeOf: (node: Node) => TypeFlags): boolean {
  if (!isCallExpression(node) || node.expression !== called) return false;
  const [value, ...more] = node.arguments;
  return value !== undefined && more.length === 0 && isBigInt(typeOf(value));
}

/** Every place in the files of a project that breaks a rule, one sentence each. Files are named relative to its folder. */
export function brokenArithmetic(
  files: readonly string[],
  folder: string,
  options: APIOptions = {},
): readonly string[] {
  const api = new API({ cwd: folder, ...options });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${folder}/tsconfig.json`] }).getProjects();
    if (project === undefined) throw new Error(`There is no project in ${folder}`);
    return files.flatMap((file) => {
      const tree = project.program.getSourceFile(`${folder}/${file}`);
      if (tree === undefined) throw new Error(`The project has no ${file}`);
      return brokenIn(tree, project.checker).map((broken) => `${file}: ${broken}`);
    });
  } finally {
    api.close();
  }
}

function brokenIn(tree: Tree, checker: Checker): string[] {
  const found: string[] = [];
  const typeOf = (node: Node) => checker.getTypeAtLocation(node)?.flags ?? TypeFlags.Unknown;
  const visit = (node: Node): void => {
    for (const { name, isBroken } of arithmeticRules)
      if (isBroken(node, typeOf)) found.push(`${name}: ${(isIdentifier(node) ? node.parent : node).getText(tree)}`);
    node.forEachChild(visit);
  };
  visit(tree);
  return found;
}
