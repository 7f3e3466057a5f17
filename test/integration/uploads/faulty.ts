import type { Storage } from '../../../src/platform/storage/storage.ts';

/** What goes wrong, while it is set. */
export interface Fault {
  append: Error | null;
  /** After reading the body, as a disk that is full: nothing of it is stored. */
  appendAfterBody: Error | null;
  complete: Error | null;
}

/** Storage that fails on demand: a full disk, an outage. `completed` counts objects that got their final name. */
export function faulty(storage: Storage): { wrapped: Storage; fault: Fault; completed: () => number } {
  const fault: Fault = { append: null, appendAfterBody: null, complete: null };
  let completed = 0;
  const faults: Partial<Storage> = {
    append: async (draft, offset, body) => {
      if (fault.appendAfterBody) {
        for await (const _ of body);
        throw fault.appendAfterBody;
      }
      if (!fault.append) return storage.append(draft, offset, body);
      body.resume();
      throw fault.append;
    },
    complete: async (draft) => {
      if (fault.complete) throw fault.complete;
      completed++;
      return storage.complete(draft);
    },
  };
  // Bound to the real storage, whose own fields are private.
  const wrapped = new Proxy(storage, {
    get: (target, name: keyof Storage) => {
      const member = faults[name] ?? target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { wrapped, fault, completed: () => completed };
}
