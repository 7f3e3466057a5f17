import { IconChevronRight } from '@tabler/icons-react';
import { Link, useLocation, useSearch } from '@tanstack/react-router';
import { useText } from '../../messages/index.tsx';
import { inFolder, type LibrarySearch } from '../library/search-state.ts';
import classes from './top-bar.module.css';

interface Crumb {
  label: string;
  folder?: string;
}

const folderCrumbs = (path: string): Crumb[] => {
  const names = path.split('/').filter(Boolean);
  return names.map((label, index) => ({ label, folder: `/${names.slice(0, index + 1).join('/')}` }));
};

/** The page, or the path of the folder with a link to each step. */
export function Breadcrumb() {
  const t = useText();
  const { pathname } = useLocation();
  const search: LibrarySearch = useSearch({ strict: false });
  const titles: Record<string, string> = {
    '/trash': t.trash.title,
    '/profile': t.profile.title,
    '/admin/people': t.admin.peopleTitle,
    '/admin/people/groups': t.groups.title,
    '/admin/people/roles': t.roles.title,
    '/admin/api-keys': t.admin.keysTitle,
    '/admin/delivery': t.deliverySettings.title,
    '/admin/workspace': t.admin.workspaceTitle,
  };
  const title = titles[pathname];
  const crumbs: Crumb[] = title ? [{ label: title }] : [{ label: t.library.title }, ...folderCrumbs(search.folder ?? '')];
  return (
    <nav aria-label={t.nav.breadcrumb}>
      <ol className={classes.crumbs}>
        {crumbs.map((crumb, index) => (
          <li key={crumb.folder ?? crumb.label}>
            {index > 0 && <IconChevronRight size={14} className={classes.separator} aria-hidden />}
            {title ? (
              <span className={classes.crumb} aria-current="page">
                {crumb.label}
              </span>
            ) : (
              <Link
                to="/"
                search={inFolder(search, crumb.folder)}
                className={classes.crumb}
                activeOptions={{ exact: true }}
                aria-current={index === crumbs.length - 1 ? 'page' : undefined}
              >
                {crumb.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
