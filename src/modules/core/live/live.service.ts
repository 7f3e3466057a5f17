import type { Actor, Ctx } from '../../../context.ts';
import type { Notifications } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import type { Permissions } from '../permissions/index.ts';
import { type LiveMessage, RESYNC } from './live.events.ts';

const CHANNEL = 'live';

export interface LiveTarget {
  /** Whoever may list this acl; left out, whoever may list the workspace. */
  readonly aclId?: string;
  /** Only this person, e.g. for the progress of their job. */
  readonly userId?: string;
}

export type Send = (event: string, data: Readonly<Record<string, unknown>>) => void;

export interface LiveDeps {
  readonly notifications: Notifications;
  readonly permissions: Permissions;
  readonly log: Log;
  /** The subscriber as they are now; null = no longer anybody here. */
  actorOf(workspaceId: string, principal: { kind: string; id: string }): Promise<Actor | null>;
}

interface Subscriber {
  readonly ctx: Ctx;
  readonly send: Send;
  readonly end: () => void;
  /** Events go out in the order they came, although each waits for a permission check. */
  queue: Promise<void>;
  waiting: number;
}

/** A subscriber this far behind is told to read again instead. */
const MAX_WAITING = 500;

/** What changes, told to the browsers that are open. */
export class LiveService {
  readonly #deps: LiveDeps;
  readonly #subscribers = new Set<Subscriber>();

  constructor(deps: LiveDeps) {
    this.#deps = deps;
  }

  /** Listens; call once in a process that serves browsers. */
  async start(): Promise<void> {
    this.#deps.notifications.onGap(() => {
      for (const subscriber of this.#subscribers) subscriber.send(RESYNC, {});
    });
    await this.#deps.notifications.listen(CHANNEL, (payload) => this.#receive(payload));
  }

  /** Announces a change; in `ctx.trx` it is heard only on commit. */
  async publish(ctx: Ctx, event: string, data: Readonly<Record<string, unknown>>, target: LiveTarget = {}): Promise<void> {
    const message: LiveMessage = { workspaceId: ctx.workspaceId, event, data, ...target };
    await this.#deps.notifications.notify(ctx, CHANNEL, JSON.stringify(message));
  }

  /**
   * Gives the caller every event they may list, judged anew for each. `end` is called when they may see nothing any more.
   * @returns stops the subscription
   */
  subscribe(ctx: Ctx, send: Send, end: () => void): () => void {
    const subscriber: Subscriber = { ctx, send, end, queue: Promise.resolve(), waiting: 0 };
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }

  #receive(payload: string): void {
    const message = parse(payload);
    if (!message) return;
    for (const subscriber of this.#subscribers) {
      if (subscriber.ctx.workspaceId !== message.workspaceId) continue;
      if (subscriber.waiting >= MAX_WAITING) continue;
      subscriber.waiting += 1;
      const last = subscriber.waiting >= MAX_WAITING ? { ...message, event: RESYNC, data: {} } : message;
      subscriber.queue = subscriber.queue
        .then(() => this.#deliver(subscriber, last))
        .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'a live event was not delivered'))
        .finally(() => {
          subscriber.waiting -= 1;
        });
    }
  }

  async #deliver(subscriber: Subscriber, message: LiveMessage): Promise<void> {
    if (!this.#subscribers.has(subscriber)) return;
    const { ctx } = subscriber;
    const { kind, id } = ctx.actor;
    const actor = id === null ? null : await this.#deps.actorOf(ctx.workspaceId, { kind, id });
    if (actor === null) {
      this.#subscribers.delete(subscriber);
      subscriber.end();
      return;
    }
    if (await this.#maySee({ ...ctx, actor }, message)) subscriber.send(message.event, message.data);
  }

  async #maySee(ctx: Ctx, message: LiveMessage): Promise<boolean> {
    if (message.event === RESYNC) return true;
    if (message.userId !== undefined) return message.userId === ctx.actor.userId;
    const { permissions } = this.#deps;
    const verbs = message.aclId === undefined ? await permissions.workspaceVerbs(ctx) : await permissions.verbsOn(ctx, message.aclId);
    return verbs.includes('list');
  }
}

function parse(payload: string): LiveMessage | null {
  const value: unknown = JSON.parse(payload);
  return isMessage(value) ? value : null;
}

function isMessage(value: unknown): value is LiveMessage {
  return typeof value === 'object' && value !== null && 'workspaceId' in value && 'event' in value && 'data' in value;
}
