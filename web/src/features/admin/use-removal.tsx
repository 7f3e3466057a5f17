import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useText } from '../../messages/index.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { showError } from '../../ui/error-text.ts';

interface Options<T> {
  /** The list to read again afterwards. */
  readonly queryKey: readonly string[];
  remove(item: T): Promise<void>;
  title(item: T): string;
  /** What is lost by it. */
  readonly text: string | ((item: T) => string);
  /** What the button says; "Remove" without it. */
  doing?(item: T): string;
  /** Whether it cannot be done yet; the text says why. */
  blocked?(item: T): boolean;
}

/** Removes one line of a table after asking: `ask` opens the question, `dialog` is to be rendered. */
export function useRemoval<T>({ queryKey, remove, title, text, doing, blocked }: Options<T>): { ask(item: T): void; dialog: ReactNode } {
  const t = useText();
  const client = useQueryClient();
  const [item, setItem] = useState<T | null>(null);
  const mutation = useMutation({
    mutationFn: remove,
    onSuccess: () => setItem(null),
    onError: (error) => showError(error, t),
    // Also after a refusal: somebody else may have been first.
    onSettled: () => void client.invalidateQueries({ queryKey }),
  });
  const dialog = item !== null && (
    <Confirm
      title={title(item)}
      text={typeof text === 'string' ? text : text(item)}
      doing={doing?.(item) ?? t.app.remove}
      busy={mutation.isPending}
      disabled={blocked?.(item) ?? false}
      onConfirm={() => mutation.mutate(item)}
      onClose={() => setItem(null)}
    />
  );
  return { ask: setItem, dialog };
}
