import type { Ctx } from '../../../context.ts';

export type JobParams = Record<string, unknown>;

export interface ItemDone {
  /** Given back to `undoItem`; nothing = this item cannot be undone. */
  readonly undo?: object | undefined;
  /** Nothing was to do, and why. */
  readonly skipped?: string;
}

/** One kind of long work. Each item runs in a transaction of its own (`ctx.trx`), as the person who started it. */
export interface JobKind {
  /** `module.verb` */
  readonly kind: string;
  /** Throws a declared error to fail this item with its text; the other items go on. */
  handleItem(ctx: Ctx, key: string, params: JobParams): Promise<ItemDone>;
  /** Throws (conflict, not_found) when the thing has changed since: it is left as it is. */
  undoItem?(ctx: Ctx, key: string, undo: JobParams): Promise<void>;
}

/** The kinds that modules have registered. */
export class JobKinds {
  readonly #kinds = new Map<string, JobKind>();

  register(kind: JobKind): void {
    if (!/^[a-z][a-z0-9_]*\.[a-zA-Z][a-zA-Z0-9_]*$/.test(kind.kind)) throw new Error(`job kind must be module.verb: ${kind.kind}`);
    if (this.#kinds.has(kind.kind)) throw new Error(`job kind registered twice: ${kind.kind}`);
    this.#kinds.set(kind.kind, kind);
  }

  get(name: string): JobKind {
    const kind = this.#kinds.get(name);
    if (!kind) throw new Error(`nobody handles jobs of kind ${name}`);
    return kind;
  }
}
