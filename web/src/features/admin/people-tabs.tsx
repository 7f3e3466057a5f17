import { Link } from '@tanstack/react-router';
import { useText } from '../../messages/index.tsx';
import classes from './admin.module.css';

/** The three pages about people; each has an address of its own. */
export function PeopleTabs() {
  const t = useText();
  const places = [
    { to: '/admin/people', label: t.admin.peopleTitle },
    { to: '/admin/people/groups', label: t.groups.title },
    { to: '/admin/people/roles', label: t.roles.title },
  ];
  return (
    <nav className={classes.tabs} aria-label={t.admin.sections}>
      {places.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          className={classes.tab}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'data-active': true, 'aria-current': 'page' }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
