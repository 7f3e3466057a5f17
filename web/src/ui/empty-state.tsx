import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface Props {
  icon: Icon;
  title: string;
  text?: string;
  /** Level of the heading: 1 where it stands for the whole page. */
  level?: 1 | 2;
  /** One of several parts of a page: no higher than it must be, under a heading of its own. */
  compact?: boolean;
  children?: ReactNode;
}

/** A place with nothing in it: says why and offers the next step. */
export function EmptyState({ icon: Glyph, title, text, level = 2, compact = false, children }: Props) {
  const Heading = level === 1 ? 'h1' : compact ? 'h3' : 'h2';
  return (
    <div className={classes.root} data-compact={compact || undefined}>
      <span className={classes.icon}>
        <Glyph size={34} stroke={1.4} aria-hidden />
      </span>
      <Heading className={classes.title}>{title}</Heading>
      {text && <p className={classes.text}>{text}</p>}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
