import { MAX_ITEMS, MAX_STEPS } from './renditions.grammar.ts';
import { badParameter, overLimit } from './renditions.problem.ts';
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

/** Names in one transformation, and items after they are expanded. */
const MAX_NAMES = 20;

/** Items at all depths. */
function itemsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    if (step.kind === 'conditional') return sum + 1 + itemsOf(step.then) + itemsOf(step.otherwise ?? []);
    return sum + step.items.reduce((all, item) => all + 1 + (item.kind === 'layer' ? itemsOf(item.steps) : 0), 0);
  }, 0);
}

/**
 * The chain with what its names stand for: first the steps of the name, then its neighbours in the same step as one more
 * (delivery-urls 6); in the first step of a layer the other way round, since its parameters say what the layer shows. A name inside what a name stands
 * for is refused, so there is no recursion.
 * @param lookup the steps of a name; null = there is no such name
 * @throws EPARAM for an unknown name; ELIMIT for too many, or when the whole becomes too long
 */
export function expandNames(steps: readonly Step[], lookup: (name: string) => readonly Step[] | null): Step[] {
  let count = 0;
  const named = (name: string | null): readonly Step[] => {
    count += 1;
    if (count > MAX_NAMES) throw overLimit('named transformations', count, MAX_NAMES);
    const found = name ? lookup(name) : null;
    if (!found) throw badParameter('n', `there is no named transformation ${(name ?? '').slice(0, 64)}`);
    if (usesNames(found)) throw badParameter('n', 'a named transformation cannot use another one');
    return found;
  };
  const expand = (chain: readonly Step[], inLayer: boolean): Step[] => {
    const out = chain.flatMap((step, index): Step[] => {
      if (step.kind === 'conditional') {
        return [{ ...step, then: expand(step.then, false), otherwise: step.otherwise && expand(step.otherwise, false) }];
      }
      const items = step.items.map((item) => (item.kind === 'layer' ? { ...item, steps: expand(item.steps, true) } : item));
      const rest = items.filter((item) => !isName(item));
      const meant = items.filter(isName).flatMap((item) => [...named(item.value)]);
      const own: Step[] = rest.length > 0 ? [{ kind: 'items', items: rest }] : [];
      return inLayer && index === 0 ? [...own, ...meant] : [...meant, ...own];
    });
    if (out.length > MAX_STEPS) throw overLimit('transformation steps', out.length, MAX_STEPS);
    return out;
  };
  const expanded = expand(steps, false);
  const items = itemsOf(expanded);
  if (items > 2 * MAX_ITEMS) throw overLimit('transformation parameters', items, 2 * MAX_ITEMS);
  return expanded;
}
