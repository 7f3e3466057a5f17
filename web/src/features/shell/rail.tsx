import { IconBuildingWarehouse, IconWorldShare, IconKey, IconPhoto, IconTrash, IconUsers } from '@tabler/icons-react';
import { Link, useLocation, useSearch } from '@tanstack/react-router';
import { useText } from '../../messages/index.tsx';
import { Logo } from '../../ui/logo.tsx';
import { inFolder, type LibrarySearch } from '../library/search-state.ts';
import { useManages } from '../session/use-me.ts';
import classes from './rail.module.css';

/** The places of the app; at the bottom of the screen on a phone. */
export function Rail() {
  const t = useText();
  const manages = useManages();
  const onAsset = useLocation({ select: ({ pathname }) => pathname.startsWith('/assets/') });
  const search: LibrarySearch = useSearch({ strict: false });
  // Layout and order are how a person works; they stay when the place changes. The trash has orders of its own.
  const library = inFolder(search);
  const trash = inFolder({ view: search.view });
  const places = [
    { to: '/', label: t.nav.library, icon: IconPhoto, exact: true, search: library },
    { to: '/trash', label: t.nav.trash, icon: IconTrash, search: trash },
    ...(manages
      ? [
          { to: '/admin/people', label: t.nav.people, icon: IconUsers, admin: true },
          { to: '/admin/api-keys', label: t.nav.keys, icon: IconKey },
          { to: '/admin/delivery', label: t.nav.delivery, icon: IconWorldShare },
          { to: '/admin/workspace', label: t.nav.workspace, icon: IconBuildingWarehouse },
        ]
      : []),
  ];
  return (
    <nav className={classes.rail} aria-label={t.nav.main}>
      <Link to="/" search={library} className={classes.logo} aria-label={t.app.name}>
        <Logo size={30} />
      </Link>
      {places.map(({ to, label, icon: Glyph, exact, admin, search: view }) => (
        <Link
          key={to}
          to={to}
          search={view ?? {}}
          className={classes.place}
          data-first-admin={admin || undefined}
          data-active={(exact && onAsset) || undefined}
          activeOptions={{ exact: exact ?? false, includeSearch: false }}
          activeProps={{ 'data-active': true, 'aria-current': 'page' }}
        >
          <span className={classes.icon}>
            <Glyph size={21} stroke={1.6} aria-hidden />
          </span>
          <span className={classes.label}>{label}</span>
        </Link>
      ))}
    </nav>
  );
}
