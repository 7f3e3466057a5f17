import type { IncomingMessage } from 'node:http';
import type { Ctx } from '../../../context.ts';
import { networkOf } from '../../../platform/http/address.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { Credential } from './delivery.gate.ts';

/** What people without credential may have made: each thing takes from a bucket of their network. */

/** Takes one from the bucket of a network. @returns 0, or the ms until there is one again */
export type Take = (network: string) => Promise<number>;

/** As the proxies that are trusted tell it, where Express has asked them. */
const addressOf = (req: IncomingMessage & { readonly ip?: string | undefined }): string | undefined => req.ip ?? req.socket.remoteAddress;

/** Network of somebody without credential; null = somebody whom the workspace knows. */
export const strangerOf = (credential: Credential, req: IncomingMessage): string | null =>
  credential.kind === 'none' ? networkOf(addressOf(req)) : null;

/** Networks that are known to have had enough, at most. */
const MAX_REFUSED = 10_000;

export class Strangers {
  private readonly what: string;
  private readonly take: Take;
  /** Until when (ms), by network: who is refused anyway costs nobody a look anywhere. */
  private readonly refused = new Map<string, number>();

  /** @param what `films`, for people */
  constructor(what: string, take: Take) {
    this.what = what;
    this.take = take;
  }

  /** @throws DeliveryError ERATE for a network that was refused a moment ago */
  check(ctx: Ctx, stranger: string | null): void {
    const waitMs = stranger === null ? 0 : (this.refused.get(stranger) ?? 0) - ctx.clock.now().getTime();
    if (waitMs > 0) throw this.tooMany(waitMs);
  }

  /** @throws DeliveryError ERATE */
  async pay(ctx: Ctx, stranger: string | null): Promise<void> {
    const waitMs = stranger === null ? 0 : await this.take(stranger);
    if (stranger === null || waitMs === 0) return;
    if (this.refused.size >= MAX_REFUSED) this.refused.clear();
    this.refused.set(stranger, ctx.clock.now().getTime() + waitMs);
    throw this.tooMany(waitMs);
  }

  private tooMany(waitMs: number): DeliveryError {
    const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
    return new DeliveryError('ERATE', `New ${this.what} can be asked for again in ${seconds} s`, {}, { 'Retry-After': seconds });
  }
}
