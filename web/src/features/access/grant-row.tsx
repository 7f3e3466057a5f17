import { ActionIcon, Tooltip } from '@mantine/core';
import { IconBan, IconHelpCircle, IconKey, IconPencil, IconTrash, IconUser, IconUsersGroup } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Grant } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatDate, formatDateTime } from '../../ui/format.ts';
import classes from './access.module.css';
import { placeText } from './explain.tsx';
import { inOrder, levelOf } from './levels.ts';
import { useRoles, verbWords } from './use-roles.ts';

const GLYPHS: Record<string, typeof IconUser> = { user: IconUser, group: IconUsersGroup, api_key: IconKey };

interface Props {
  grant: Grant;
  /** Absent for what is inherited: it is changed where it stands. */
  onEdit?: () => void;
  onRemove?: () => void;
  onWhy?: () => void;
}

/** One line of who may, or may not, do what: whom, what, until when, and from where. */
export function GrantRow({ grant, onEdit, onRemove, onWhy }: Props) {
  const t = useText();
  const { roles } = useRoles();
  const { principal, effect, until, active, inherited, place } = grant;
  const name = principal.name ?? t.access.gone;
  const Glyph = GLYPHS[principal.kind] ?? IconUser;
  const level = levelOf(grant, roles);
  return (
    <li className={classes.row} data-ended={!active || undefined}>
      <Glyph size={18} stroke={1.7} className={classes.glyph} role="img" aria-label={t.access.kinds[principal.kind]} />
      <div className={classes.text}>
        <div className={classes.name}>{name}</div>
        <div className={classes.small}>
          {effect === 'deny' && (
            <span className={classes.denied}>
              <IconBan size={13} aria-hidden /> {t.access.denied}:{' '}
            </span>
          )}
          {level ? t.access.levels[level] : verbWords(t, inOrder(grant.verbs))}
          {until && (
            <>
              {' · '}
              <time title={formatDateTime(until)}>{active ? t.access.until(formatDate(until)) : t.access.ended(formatDate(until))}</time>
            </>
          )}
          {inherited && ` · ${t.access.from(placeText(t, place))}`}
        </div>
      </div>
      {onWhy && <Act label={t.access.whyOf(name)} icon={<IconHelpCircle size={18} stroke={1.7} aria-hidden />} onClick={onWhy} />}
      {onEdit && <Act label={t.access.edit(name)} icon={<IconPencil size={18} stroke={1.7} aria-hidden />} onClick={onEdit} />}
      {onRemove && <Act label={t.access.remove(name)} icon={<IconTrash size={18} stroke={1.7} aria-hidden />} onClick={onRemove} />}
    </li>
  );
}

function Act({ label, icon, onClick }: { label: string; icon: ReactNode; onClick(): void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
