import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './list.module.css';

interface Props {
  /** The API's sort field; columns without one do not sort. */
  field: string | undefined;
  sort: string;
  width: number;
  children: ReactNode;
  onSort(sort: string): void;
  onResize: ((event: unknown) => void) | undefined;
}

/** A column's head: a click sorts, a second one turns the order, the edge resizes. */
export function SortHeader({ field, sort, width, children, onSort, onResize }: Props) {
  const active = field !== undefined && sort.replace(/^-/, '') === field;
  const descending = active && sort.startsWith('-');
  const turned = active && !descending ? `-${field}` : field;
  return (
    <div
      role="columnheader"
      className={classes.headCell}
      style={{ width }}
      aria-sort={active ? (descending ? 'descending' : 'ascending') : undefined}
    >
      {turned ? (
        <button type="button" className={classes.sort} onClick={() => onSort(turned)}>
          {children}
          {active && (descending ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden />)}
        </button>
      ) : (
        <span className={classes.sort}>{children}</span>
      )}
      {onResize && <span className={classes.handle} onMouseDown={onResize} onTouchStart={onResize} aria-hidden="true" />}
    </div>
  );
}
