import { useSearch } from '@tanstack/react-router';
import { LibraryView } from './library-view.tsx';

export function TrashPage() {
  return <LibraryView search={useSearch({ from: '/frame/trash' })} trashed />;
}
