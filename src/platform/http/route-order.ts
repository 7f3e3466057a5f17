import type { AnyRoute } from './route.ts';

/**
 * Routes in the order Express must see them: fixed segments before parameters before wildcards, so that
 * `/assets/:id` never swallows `/assets/facets` whichever module comes first.
 * @throws Error when two routes share an id, or method and path
 */
export function inOrder(routes: readonly AnyRoute[]): AnyRoute[] {
  const ids = new Set<string>();
  const addresses = new Set<string>();
  for (const route of routes) {
    const address = `${route.method} ${route.path.replace(/:\w+/g, ':')}`;
    if (ids.has(route.id)) throw new Error(`route id used twice: ${route.id}`);
    if (addresses.has(address)) throw new Error(`route declared twice: ${route.method} ${route.path}`);
    ids.add(route.id);
    addresses.add(address);
  }
  return routes.toSorted((a, b) => compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = rank(left[i]) - rank(right[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (/[*{]/.test(segment)) return 2;
  return segment.includes(':') ? 1 : 0;
}
