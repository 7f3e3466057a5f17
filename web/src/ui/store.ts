import { useSyncExternalStore } from 'react';

/** A value outside of React that components can follow. */
export interface Store<T> {
  get(): T;
  set(next: T | ((previous: T) => T)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      const resolved = typeof next === 'function' ? (next as (previous: T) => T)(value) : next;
      if (Object.is(resolved, value)) return;
      value = resolved;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The part of a store's value a component needs; `pick` must return the same thing for the same value. */
export function useStore<T, P = T>(store: Store<T>, pick: (value: T) => P = (value) => value as unknown as P): P {
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}

/** A store whose value survives a reload in this browser. `read` turns the stored text back, or gives null. */
export function storedStore<T extends string>(key: string, initial: T, read: (text: string) => T | null): Store<T> {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(key);
  } catch {
    // storage is blocked: the choice lasts until the reload
  }
  const store = createStore<T>((stored === null ? null : read(stored)) ?? initial);
  store.subscribe(() => {
    try {
      localStorage.setItem(key, store.get());
    } catch {
      // as above
    }
  });
  return store;
}
