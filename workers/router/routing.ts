/**
 * Finds the doors of an address. The table is compiled once: addresses without a parameter are found by one look-up,
 * the others by walking their segments. A literal segment wins over a parameter; an empty segment matches nothing.
 */
import type { RouterDoor } from './doors.ts';

/** What one address takes. */
export interface Route {
  readonly byMethod: ReadonlyMap<string, RouterDoor>;
  /** The value of `Allow`. */
  readonly allow: string;
}

export type FindRoute = (path: string) => Route | undefined;

interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | null;
  route: MutableRoute | undefined;
}

interface MutableRoute {
  readonly byMethod: Map<string, RouterDoor>;
  allow: string;
}

export function compileRoutes(table: readonly RouterDoor[]): FindRoute {
  const exact = new Map<string, MutableRoute>();
  const root = makeNode();
  for (const door of table) {
    if (!door.path.includes('/:')) exact.set(door.path, withDoor(exact.get(door.path), door));
    else {
      const node = nodeOf(root, door.path);
      node.route = withDoor(node.route, door);
    }
  }
  return (path) => exact.get(path) ?? walk(root, path);
}

function makeNode(): Node {
  return { literals: new Map(), parameter: null, route: undefined };
}

function nodeOf(root: Node, path: string): Node {
  let node = root;
  for (const segment of path.slice(1).split('/')) {
    const next = segment.startsWith(':') ? (node.parameter ?? makeNode()) : (node.literals.get(segment) ?? makeNode());
    if (segment.startsWith(':')) node.parameter = next;
    else node.literals.set(segment, next);
    node = next;
  }
  return node;
}

function withDoor(route: MutableRoute | undefined, door: RouterDoor): MutableRoute {
  const grown = route ?? { byMethod: new Map<string, RouterDoor>(), allow: '' };
  grown.byMethod.set(door.method, door);
  const methods = [...grown.byMethod.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  grown.allow = [...methods, 'OPTIONS'].join(', ');
  return grown;
}

/** Walks without backtracking: no address of ours needs it, and a test keeps it so. */
function walk(root: Node, path: string): Route | undefined {
  let node = root;
  let start = 1;
  while (start <= path.length) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    if (end === start) return undefined;
    const next: Node | null = node.literals.get(path.slice(start, end)) ?? node.parameter;
    if (next === null) return undefined;
    node = next;
    start = end + 1;
    if (slash < 0) return node.route;
  }
  return undefined;
}
