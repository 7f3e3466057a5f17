import { Kbd, Modal, SimpleGrid } from '@mantine/core';
import { useText } from '../../messages/index.tsx';
import { createStore, useStore } from '../../ui/store.ts';
import classes from './help-overlay.module.css';

export const helpOpen = createStore(false);

/** Keys by what they do; names of keys are the same in every language of the app. */
const MOVE = [
  ['arrows', '← ↑ → ↓'],
  ['shiftArrows', 'Shift ← →'],
  ['enter', 'Enter'],
  ['space', 'Space'],
  ['x', 'X'],
  ['all', 'Ctrl A'],
  ['escape', 'Esc'],
] as const;
const ACT = [
  ['e', 'E'],
  ['t', 'T'],
  ['m', 'M'],
  ['p', 'P'],
  ['s', 'S'],
  ['d', 'D'],
  ['delete', 'Del'],
] as const;
const VIEW = [
  ['search', '/'],
  ['upload', 'U'],
  ['filters', '['],
  ['inspector', ']'],
  ['prevNext', '← →'],
  ['zoom', '+ − 0 1'],
  ['help', '?'],
] as const;

export function HelpOverlay() {
  const t = useText();
  const open = useStore(helpOpen);
  const groups = [
    { title: t.help.move, keys: MOVE },
    { title: t.help.act, keys: ACT },
    { title: t.help.view, keys: VIEW },
  ];
  return (
    <Modal
      opened={open}
      onClose={() => helpOpen.set(false)}
      title={t.help.title}
      size="xl"
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className={classes.title}>{group.title}</h3>
            <dl className={classes.list}>
              {group.keys.map(([name, key]) => (
                <div key={name} className={classes.row}>
                  <dt>{t.help.keys[name]}</dt>
                  <dd>
                    <Kbd size="sm">{key}</Kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </SimpleGrid>
      <p className={classes.hint}>{t.help.contextMenu}</p>
    </Modal>
  );
}
