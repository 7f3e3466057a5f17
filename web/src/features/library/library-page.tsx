import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { LibraryView } from './library-view.tsx';
import { readSearch } from './search-state.ts';

// Seldom opened: nothing that the first picture should wait for.
const FolderAccessDialog = lazy(() => import('../access/folder-access.tsx').then((module) => ({ default: module.FolderAccessDialog })));

export function LibraryPage() {
  const search = useSearch({ from: '/frame/' });
  const navigate = useNavigate();
  const close = () => void navigate({ to: '/', search: readSearch({ ...search, access: undefined }), replace: true });
  return (
    <>
      <LibraryView search={search} />
      {search.access && (
        <Suspense>
          <FolderAccessDialog key={search.access} id={search.access} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
