import { SCOPES, type Scope } from '../../../context.ts';

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
