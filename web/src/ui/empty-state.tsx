import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface Props {
  icon: Icon;
  title: string;
  text?: string;
  children?: ReactNode;
}

/** A place with nothing in it: says why and offers the next step. */
export function EmptyState({ icon: Glyph, title, text, children }: Props) {
  return (
    <div className={classes.root}>
      <span className={classes.icon}>
        <Glyph size={34} stroke={1.4} aria-hidden />
      </span>
      <h2 className={classes.title}>{title}</h2>
      {text && <p className={classes.text}>{text}</p>}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
