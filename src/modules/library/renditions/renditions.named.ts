import { badParameter } from './renditions.problem.ts';
import type { ItemStep, Param, Step } from './renditions.syntax.ts';

/** Named transformations, put in the place of their names. Pure. */

const isName = (item: ItemStep['items'][number]): item is Param => item.kind === 'param' && item.key === 'n';

/** Whether any name stands in the chain, at whatever depth. */
export function usesNames(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.kind === 'conditional') return usesNames(step.then) || usesNames(step.otherwise ?? []);
    return step.items.some((item) => (item.kind === 'layer' ? usesNames(item.steps) : isName(item)));
  });
}

/**
 * The chain with what its names stand for: first the steps of the name, then its neighbours in the same step as one more
 * (delivery-urls 6). A name inside what a name stands for is refused, so there is no recursion.
 * @param lookup the steps of a name; null = there is no such name
 * @throws EPARAM for an unknown name
 */
export function expandNames(steps: readonly Step[], lookup: (name: string) => readonly Step[] | null): Step[] {
  const named = (name: string | null): readonly Step[] => {
    const found = name ? lookup(name) : null;
    if (!found) throw badParameter('n', `there is no named transformation ${(name ?? '').slice(0, 64)}`);
    if (usesNames(found)) throw badParameter('n', 'a named transformation cannot use another one');
    return found;
  };
  return steps.flatMap((step): Step[] => {
    if (step.kind === 'conditional') {
      const otherwise = step.otherwise && expandNames(step.otherwise, lookup);
      return [{ ...step, then: expandNames(step.then, lookup), otherwise }];
    }
    const items = step.items.map((item) => (item.kind === 'layer' ? { ...item, steps: expandNames(item.steps, lookup) } : item));
    const rest = items.filter((item) => !isName(item));
    const first = items.filter(isName).flatMap((item) => [...named(item.value)]);
    return rest.length > 0 ? [...first, { kind: 'items', items: rest }] : first;
  });
}
