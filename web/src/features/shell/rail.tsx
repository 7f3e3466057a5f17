import { IconBuildingWarehouse, IconKey, IconPhoto, IconTrash, IconUsers } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useText } from '../../messages/index.tsx';
import { Logo } from '../../ui/logo.tsx';
import { useMe } from '../session/use-me.ts';
import classes from './rail.module.css';

/** The places of the app; at the bottom of the screen on a phone. */
export function Rail() {
  const t = useText();
  const me = useMe();
  const onAsset = useLocation({ select: ({ pathname }) => pathname.startsWith('/assets/') });
  const places = [
    { to: '/', label: t.nav.library, icon: IconPhoto, exact: true },
    { to: '/trash', label: t.nav.trash, icon: IconTrash },
    ...(me.role === 'admin'
      ? [
          { to: '/admin/people', label: t.nav.people, icon: IconUsers, admin: true },
          { to: '/admin/api-keys', label: t.nav.keys, icon: IconKey },
          { to: '/admin/workspace', label: t.nav.workspace, icon: IconBuildingWarehouse },
        ]
      : []),
  ];
  return (
    <nav className={classes.rail} aria-label={t.nav.main}>
      <Link to="/" className={classes.logo} aria-label={t.app.name}>
        <Logo size={30} />
      </Link>
      {places.map(({ to, label, icon: Glyph, exact, admin }) => (
        <Link
          key={to}
          to={to}
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
