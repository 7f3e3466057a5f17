import { useSearch } from '@tanstack/react-router';
import { LibraryView } from './library-view.tsx';

export function LibraryPage() {
  return <LibraryView search={useSearch({ from: '/frame/' })} />;
}
