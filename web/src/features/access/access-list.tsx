import { Button, Group, Text } from '@mantine/core';
import { IconHelpCircle, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Folder, FolderAccess, Grant } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { useMe } from '../session/use-me.ts';
import classes from './access.module.css';
import { DialogView } from './dialog-view.tsx';
import { GrantRow } from './grant-row.tsx';
import { RoleAccess } from './role-access.tsx';
import { useRemoveGrant } from './use-remove-grant.tsx';

export type AccessView = { kind: 'grant'; given: Grant | null } | { kind: 'inheritance' } | { kind: 'why'; userId: string };

/** Everybody who may see a folder, or may not, and because of what. */
export function AccessList({ folder, access, onView }: { folder: Folder; access: FolderAccess; onView(view: AccessView): void }) {
  const t = useText();
  const me = useMe();
  const remove = useRemoveGrant(folder.id);
  // Whether roles reach here is not part of the list; the chain of one's own access tells.
  const chain = useQuery({
    queryKey: [...keys.folderAccess(folder.id), 'chain'],
    queryFn: ({ signal }) => api.folderAccess.explain(folder.id, { verb: 'list', user: undefined }, signal),
  });
  const own = access.items.filter(({ inherited }) => !inherited);
  const above = access.items.filter(({ inherited }) => inherited);
  const whyOf = ({ principal }: Grant) => (principal.kind === 'user' ? { onWhy: () => onView({ kind: 'why', userId: principal.id }) } : {});
  return (
    <DialogView title={t.access.intro} onBack={null}>
      <section className={classes.part} aria-label={t.access.own}>
        <h4 className={classes.label}>{t.access.own}</h4>
        {own.length === 0 && (
          <Text size="sm" c="dimmed">
            {t.access.ownNone}
          </Text>
        )}
        <ul className={classes.list}>
          {own.map((grant) => (
            <GrantRow
              key={grant.id}
              grant={grant}
              onEdit={() => onView({ kind: 'grant', given: grant })}
              onRemove={() => remove(grant)}
              {...whyOf(grant)}
            />
          ))}
        </ul>
        <Group gap="xs" mt="sm">
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => onView({ kind: 'grant', given: null })}>
            {t.access.add}
          </Button>
          <Button
            variant="default"
            leftSection={<IconHelpCircle size={16} aria-hidden />}
            onClick={() => onView({ kind: 'why', userId: me.user?.id ?? '' })}
          >
            {t.access.why}
          </Button>
        </Group>
      </section>
      {above.length > 0 && (
        <section className={classes.part} aria-label={t.access.inherited}>
          <h4 className={classes.label}>{t.access.inherited}</h4>
          <ul className={classes.list}>
            {above.map((grant) => (
              <GrantRow key={grant.id} grant={grant} {...whyOf(grant)} />
            ))}
          </ul>
        </section>
      )}
      {chain.data && (
        <section className={classes.part} aria-label={t.access.byRole}>
          <h4 className={classes.label}>{t.access.byRole}</h4>
          <RoleAccess chain={chain.data} />
        </section>
      )}
      {folder.parentId !== null && (
        <section className={classes.part} aria-label={t.access.inheritance}>
          <h4 className={classes.label}>{t.access.inheritance}</h4>
          <Group justify="space-between" gap="sm">
            <Text size="sm">{access.inherits ? t.access.inherits : t.access.rolesNot(folder.path)}</Text>
            <Button variant="default" size="xs" onClick={() => onView({ kind: 'inheritance' })}>
              {access.inherits ? t.access.end : t.access.restore}
            </Button>
          </Group>
        </section>
      )}
    </DialogView>
  );
}
