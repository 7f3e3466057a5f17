import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** A list of named values. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

/** One of them; `hint` (where it comes from) shows on hover and to the keyboard. */
export function Fact({ label, value, hint }: { label: string; value: ReactNode; hint?: string }) {
  const shown = <span className={classes.value}>{value}</span>;
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>
        {hint ? (
          <Tooltip label={hint} position="left" events={{ hover: true, focus: true, touch: true }}>
            <span className={classes.hinted} tabIndex={0}>
              {value}
            </span>
          </Tooltip>
        ) : (
          shown
        )}
      </dd>
    </div>
  );
}
