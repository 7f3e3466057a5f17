import { Kbd, Modal, SimpleGrid } from '@mantine/core';
import type { Messages } from '../../messages/en.ts';
import { useText } from '../../messages/index.tsx';
import { createStore, useStore } from '../../ui/store.ts';
import classes from './help-overlay.module.css';

export const helpOpen = createStore(false);

type Names = Messages['help']['keyNames'];

/** Keys by what they do, as they are printed on a keyboard of the language. */
const move = (names: Names) => [
  ['arrows', '← ↑ → ↓'],
  ['ends', `${names.home} ${names.end}`],
  ['shiftArrows', `${names.shift} ← →`],
  ['enter', names.enter],
  ['space', names.space],
  ['x', 'X'],
  ['all', `${names.ctrl} A`],
  ['escape', names.escape],
];
const act = (names: Names) => [
  ['e', 'E'],
  ['t', 'T'],
  ['m', 'M'],
  ['p', 'P'],
  ['s', 'S'],
  ['d', 'D'],
  ['delete', names.delete],
];
const VIEW = [
  ['search', '/'],
  ['upload', 'U'],
  ['filters', '['],
  ['inspector', ']'],
  ['prevNext', '← →'],
  ['zoom', '+ − 0 1'],
  ['help', '?'],
];

export function HelpOverlay() {
  const t = useText();
  const open = useStore(helpOpen);
  const groups = [
    { title: t.help.move, keys: move(t.help.keyNames) },
    { title: t.help.act, keys: act(t.help.keyNames) },
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
              {group.keys.map(([name = '', key]) => (
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
