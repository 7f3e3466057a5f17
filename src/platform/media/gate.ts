import { mediaBusy } from './media.ts';

export interface GateOptions {
  /** Jobs at a time. */
  readonly slots: number;
  /** Waiting jobs per lane before `media_busy`. */
  readonly maxWaiting: number;
}

export interface GateRequest {
  readonly lane: 'live' | 'ingest';
  readonly signal: AbortSignal;
  /** How long a live request may wait for its slot, ms. Nobody waits for ingest: it waits until its signal aborts. */
  readonly waitMs: number;
}

interface Waiter {
  start(): void;
}

/**
 * Bounded slots with two lanes. Live requests go first; while ingest holds every slot one extra slot is open
 * to live requests alone, so an upload of a thousand files never makes a visitor wait for a whole decode.
 */
export class Gate {
  private readonly running = { live: 0, ingest: 0 };
  private readonly waiting: { live: Waiter[]; ingest: Waiter[] } = { live: [], ingest: [] };

  private readonly options: GateOptions;

  constructor(options: GateOptions) {
    this.options = options;
  }

  get load(): { running: number; waiting: number } {
    return { running: this.running.live + this.running.ingest, waiting: this.waiting.live.length + this.waiting.ingest.length };
  }

  /** Resolves with the function that gives the slot back. Throws `media_busy` or the signal's reason. */
  async enter(request: GateRequest): Promise<() => void> {
    request.signal.throwIfAborted();
    if (!this.mayStart(request.lane)) await this.wait(request);
    else this.running[request.lane] += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.running[request.lane] -= 1;
      this.advance();
    };
  }

  private mayStart(lane: 'live' | 'ingest'): boolean {
    const total = this.running.live + this.running.ingest;
    if (lane === 'ingest') return this.waiting.live.length === 0 && total < this.options.slots;
    return total < this.options.slots + (this.running.ingest > 0 ? 1 : 0);
  }

  private wait({ lane, signal, waitMs }: GateRequest): Promise<void> {
    const queue = this.waiting[lane];
    if (queue.length >= this.options.maxWaiting) throw this.busy();
    return new Promise<void>((resolve, reject) => {
      const leave = (error: unknown) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        const at = queue.indexOf(waiter);
        if (at >= 0) queue.splice(at, 1);
        reject(error);
      };
      const onAbort = () => leave(signal.reason);
      const timer = lane === 'live' ? setTimeout(() => leave(this.busy()), waitMs) : undefined;
      const waiter: Waiter = {
        start: () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          this.running[lane] += 1;
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      queue.push(waiter);
    });
  }

  private advance(): void {
    for (const lane of ['live', 'ingest'] as const) {
      while (this.waiting[lane].length > 0 && this.mayStart(lane)) this.waiting[lane].shift()?.start();
    }
  }

  private busy() {
    const seconds = Math.max(1, Math.min(30, Math.ceil(this.load.waiting / (this.options.slots * 4))));
    return mediaBusy({
      detail: `The decoders are busy; try again in ${seconds} s.`,
      headers: { 'Retry-After': String(seconds) },
    });
  }
}
