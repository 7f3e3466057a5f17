import { useMemo } from 'react';
import { useMay } from '../../session/use-me.ts';

export interface Permissions {
  readonly create: boolean;
  readonly edit: boolean;
  readonly publish: boolean;
  readonly original: boolean;
  readonly delete: boolean;
}

/** What the role allows with assets: buttons and keys ask the same. */
export function usePermissions(): Permissions {
  const create = useMay('create');
  const edit = useMay('edit');
  const publish = useMay('publish');
  const original = useMay('original');
  const remove = useMay('delete');
  return useMemo(() => ({ create, edit, publish, original, delete: remove }), [create, edit, publish, original, remove]);
}
