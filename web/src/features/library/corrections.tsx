import { useText } from '../../messages/index.tsx';
import classes from './library-view.module.css';

/** Says which words were read as others: "Showing results for mountain". */
export function Corrections({ corrections }: { corrections: Record<string, string[]> }) {
  const t = useText();
  const words = Object.values(corrections).flatMap((list) => list.slice(0, 2));
  if (words.length === 0) return null;
  return (
    <p className={classes.corrections}>
      {t.search.corrected} <strong>{words.join(', ')}</strong>
    </p>
  );
}
