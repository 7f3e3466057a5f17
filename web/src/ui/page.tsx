import type { ReactNode } from 'react';
import classes from './page.module.css';

interface Props {
  title: string;
  text?: string;
  action?: ReactNode;
  children: ReactNode;
}

/** A page of forms and tables: title, what it is for, one main action. */
export function Page({ title, text, action, children }: Props) {
  return (
    <div className={classes.scroll}>
      <div className={classes.page}>
        <header className={classes.head}>
          <div>
            <h1 className={classes.title}>{title}</h1>
            {text && <p className={classes.text}>{text}</p>}
          </div>
          {action}
        </header>
        {children}
      </div>
    </div>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h2 className={classes.heading}>{title}</h2>
      <div className={classes.body}>{children}</div>
    </section>
  );
}
