import { Text } from '@mantine/core';
import { IconId } from '@tabler/icons-react';
import type { Explanation } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import classes from './access.module.css';
import { placeText } from './explain.tsx';
import { roleHelp, roleName, useRoles } from './use-roles.ts';
import { useWhom } from './use-whom.ts';

/** Who may do something here by their role; where inheritance has ended these are administrators only. */
export function RoleAccess({ chain }: { chain: Explanation }) {
  const t = useText();
  const { roles = [] } = useRoles();
  const { members = [] } = useWhom();
  const broken = chain.steps.find((step) => step.step === 'inheritance_broken');
  const lines = roles
    .filter((role) => role.verbs.length > 0 && (!broken || role.key === 'admin'))
    .map((role) => ({ role, people: members.filter((member) => member.role === role.key).map(({ name }) => name) }))
    .filter(({ people }) => people.length > 0);
  return (
    <>
      <Text size="sm" c="dimmed">
        {broken ? t.access.rolesNot(placeText(t, broken.place)) : t.access.rolesHere}
      </Text>
      <ul className={classes.list}>
        {lines.map(({ role, people }) => (
          <li key={role.key} className={classes.row}>
            <IconId size={18} stroke={1.7} className={classes.glyph} aria-hidden />
            <div className={classes.text}>
              <div className={classes.name}>
                {roleName(t, role)}: <span className={classes.people}>{people.join(', ')}</span>
              </div>
              <div className={classes.small}>{roleHelp(t, role)}</div>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
