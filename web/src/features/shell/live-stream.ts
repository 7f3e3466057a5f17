import { api } from '../../api/api.ts';
import { ApiError } from '../../api/http.ts';

interface Handlers {
  /** By name of the event. */
  readonly on: Readonly<Record<string, (event: MessageEvent<string>) => void>>;
  onOpen(): void;
  onLost(): void;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Follows the server's event stream until told to stop. A browser reconnects by itself when a connection breaks, but gives up
 * for good after an answer that is no stream (a proxy's 502 during an update, a 401): then a new one is opened, less and
 * less often. Whoever is signed out is sent to sign in by the question who they are.
 */
export function followStream({ on, onOpen, onLost }: Handlers): () => void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;
  let stopped = false;

  const later = () => {
    if (stopped) return;
    again = setTimeout(() => void reopen(), wait);
    wait = Math.min(LONGEST_WAIT_MS, 2 * wait);
  };
  const reopen = async () => {
    try {
      await api.me.get();
    } catch (error) {
      // 401: nothing to wait for, the page for signing in opens a new stream afterwards.
      if (!(error instanceof ApiError) || error.status !== 401) later();
      return;
    }
    open();
  };
  const open = () => {
    if (stopped) return;
    const own = new EventSource('/api/v1/stream');
    source = own;
    for (const [name, handler] of Object.entries(on)) own.addEventListener(name, handler);
    own.onopen = () => {
      wait = FIRST_WAIT_MS;
      onOpen();
    };
    own.onerror = () => {
      onLost();
      if (own.readyState === EventSource.CLOSED) later();
    };
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(again);
    source?.close();
  };
}
