import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useStore } from '../../ui/store.ts';
import { readSearch, type LibrarySearch } from './search-state.ts';
import { selection } from './selection.ts';

/** More ids than this would make addresses too long to send around. */
const MOST = 20;
const SETTLE_MS = 250;

/** Keeps a small selection in the address, so that links and the back button bring it back. */
export function useSelectionInUrl(search: LibrarySearch, trashed: boolean): void {
  const navigate = useNavigate();
  const router = useRouter();
  const ids = useStore(selection, (value) => value.ids);
  const inUrl = search.sel?.join(',') ?? '';
  const written = useRef<string | null>(null);

  useEffect(() => {
    if (written.current === inUrl) return;
    written.current = inUrl;
    const wanted = inUrl === '' ? [] : inUrl.split(',');
    selection.set((old) => ({ ids: new Set(wanted), focus: wanted[0] ?? old.focus, anchor: wanted[0] ?? null }));
  }, [inUrl]);

  useEffect(() => {
    const wanted = ids.size <= MOST ? [...ids] : [];
    const key = wanted.join(',');
    if (key === inUrl) return;
    const timer = setTimeout(() => {
      const here = trashed ? '/trash' : '/';
      // Somebody may have left for another page that is still loading: never call them back.
      if (router.latestLocation.pathname !== here) return;
      written.current = key;
      void navigate({ to: here, search: readSearch({ ...search, sel: wanted }), replace: true, resetScroll: false });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [ids, inUrl, navigate, router, search, trashed]);
}
