import { Anchor, Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconId, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { type RoleRights, VERBS } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { inOrder } from '../access/levels.ts';
import { roleHelp, roleName, useRoles } from '../access/use-roles.ts';
import { AdminTable } from './admin-table.tsx';
import classes from './admin.module.css';
import { EditRole } from './edit-role.tsx';
import { PeopleTabs } from './people-tabs.tsx';
import { Section } from './section.tsx';
import { useRemoval } from './use-removal.tsx';

/** What roles allow: the workspace's own, and the built-in ones to read. */
export function RolesPage() {
  const t = useText();
  const [editing, setEditing] = useState<RoleRights | 'new' | null>(null);
  useDocumentTitle(`${t.roles.title} · ${t.app.name}`);
  const { list, roles } = useRoles();
  const part = (builtIn: boolean) => ({ ...list, data: roles && { items: roles.filter((role) => role.builtIn === builtIn) } });
  const own = part(false);
  const removal = useRemoval<RoleRights>({
    queryKey: keys.roles,
    remove: ({ key }) => api.roles.remove(key),
    title: ({ name }) => `${t.roles.remove(name)}?`,
    text: ({ members }) => t.roles.removeText(members),
    doing: ({ name }) => t.roles.remove(name),
    blocked: ({ members }) => members > 0,
  });
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
      {t.roles.add}
    </Button>
  );
  const heads = [t.roles.name, t.roles.allows, t.roles.people];
  return (
    <Page title={t.roles.title} text={t.roles.text}>
      <PeopleTabs />
      <div className={classes.stack}>
        <Section title={t.roles.ownTitle} text={t.roles.ownText} action={own.data !== undefined && own.data.items.length > 0 && add}>
          <AdminTable
            list={own}
            heads={heads}
            keyOf={({ key }) => key}
            cells={(role) => [
              <Anchor
                key="name"
                component="button"
                type="button"
                className={classes.strong}
                onClick={() => setEditing(role)}
                aria-label={t.roles.edit(role.name)}
              >
                {role.name}
              </Anchor>,
              <Allows key="verbs" role={role} />,
              role.members,
            ]}
            removal={(role) => ({ label: t.roles.remove(role.name), icon: IconTrash, run: () => removal.ask(role) })}
            empty={
              <EmptyState compact icon={IconId} title={t.roles.none} text={t.roles.noneText}>
                {add}
              </EmptyState>
            }
          />
        </Section>
        <Section title={t.roles.builtInTitle} text={t.roles.builtInText}>
          <AdminTable
            list={part(true)}
            heads={heads}
            keyOf={({ key }) => key}
            cells={(role) => [
              <div key="name">
                <div className={classes.strong}>{roleName(t, role)}</div>
                <div className={classes.small}>{roleHelp(t, role)}</div>
              </div>,
              <Allows key="verbs" role={role} />,
              role.members,
            ]}
            removal={() => null}
          />
        </Section>
      </div>
      {editing !== null && <EditRole given={editing === 'new' ? null : editing} taken={roles ?? []} onClose={() => setEditing(null)} />}
      {removal.dialog}
    </Page>
  );
}

/** What a role allows, a word for each verb. */
function Allows({ role }: { role: RoleRights }) {
  const t = useText();
  if (role.verbs.length === 0) return t.roles.nothing;
  if (role.verbs.length === VERBS.length) return t.roles.everything;
  return (
    <span className={`${classes.scopes} ${classes.allows}`}>
      {inOrder(role.verbs).map((verb) => (
        <span key={verb} className={classes.scope} title={t.values.verb[verb]}>
          {t.values.verbShort[verb]}
        </span>
      ))}
    </span>
  );
}
