import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useStore } from '../../ui/store.ts';
import { type LibrarySearch, placeOf, readSearch } from './search-state.ts';
import { selection } from './selection.ts';

/** More ids than this would make addresses too long to send around. */
const MOST = 20;
const SETTLE_MS = 250;

/**
 * Keeps a small selection in the address, so that links and the back button bring it back. Another query or folder
 * begins without one: acting on what is not shown any more would surprise.
 */
export function useSelectionInUrl(search: LibrarySearch, trashed: boolean): void {
  const navigate = useNavigate();
  const router = useRouter();
  const ids = useStore(selection, (value) => value.ids);
  const inUrl = search.sel?.join(',') ?? '';
  const place = placeOf(search, trashed);
  const written = useRef<{ place: string; ids: string } | null>(null);

  useEffect(() => {
    if (written.current?.place === place && written.current.ids === inUrl) return;
    written.current = { place, ids: inUrl };
    const wanted = inUrl === '' ? [] : inUrl.split(',');
    selection.set((old) => ({ ids: new Set(wanted), focus: wanted[0] ?? old.focus, anchor: wanted[0] ?? null }));
  }, [place, inUrl]);

  useEffect(() => {
    const wanted = ids.size <= MOST ? [...ids] : [];
    const key = wanted.join(',');
    if (key === inUrl) return;
    const timer = setTimeout(() => {
      const here = trashed ? '/trash' : '/';
      // Somebody may have left for another page or query that is still loading: never call them back.
      const { latestLocation: latest } = router;
      if (latest.pathname !== here || placeOf(readSearch({ ...latest.search }), trashed) !== place) return;
      written.current = { place, ids: key };
      void navigate({ to: here, search: readSearch({ ...search, sel: wanted }), replace: true, resetScroll: false });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [ids, inUrl, navigate, place, router, search, trashed]);
}
