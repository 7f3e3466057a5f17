import { type ChangeEvent, type FocusEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';

/** What stood in a field when a person began to write, and the version of the asset it was read from. */
export interface Seen {
  readonly text: string;
  readonly rowVersion: number;
}

interface Options {
  /** What the asset says now. */
  readonly seen: Seen;
  readonly readOnly: boolean;
  /** A text that must not be empty falls back to what was there. */
  readonly required?: boolean;
  /** Stores a text; rejects when it was refused. */
  save(text: string, seen: Seen): Promise<unknown>;
  /** Told of a refusal when the field is not shown any more. */
  onLost(error: unknown): void;
}

/**
 * A text that follows the asset until somebody writes in it. It is saved when the field is left, if it differs from what
 * stood there when the writing began: what others changed meanwhile is neither reverted nor hidden. A refused text stays.
 */
export function useDraft({ seen, readOnly, required = false, save, onLost }: Options) {
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const began = useRef(seen);
  const focused = useRef(false);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);

  const store = async () => {
    const text = (draft ?? seen.text).trim();
    const from = began.current;
    if (text === from.text || (required && text === '')) {
      setDraft(null);
      setError(null);
      return;
    }
    try {
      await save(text, from);
      setError(null);
      // Somebody may be back in the field and writing on.
      if (focused.current) began.current = { ...from, text };
      else setDraft(null);
    } catch (problem) {
      if (shown.current) setError(problem);
      else onLost(problem);
    }
  };
  return {
    error,
    /** Sends the kept text again, over what the asset says now: it is shown beside it. */
    retry: () => {
      began.current = seen;
      void store();
    },
    /** Spread on the input. */
    field: {
      value: draft ?? seen.text,
      readOnly,
      onFocus: (_event: FocusEvent) => {
        if (readOnly) return;
        focused.current = true;
        began.current = seen;
        setDraft((old) => old ?? seen.text);
      },
      onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => setDraft(event.currentTarget.value),
      onBlur: () => {
        focused.current = false;
        if (!readOnly) void store();
      },
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        if (event.key === 'Escape' && !readOnly) {
          began.current = seen;
          setDraft(seen.text);
          setError(null);
          event.stopPropagation();
        }
        if (event.key === 'Enter' && event.currentTarget.tagName === 'INPUT') event.currentTarget.blur();
      },
    },
  };
}
