import { spawn } from 'node:child_process';
import { ExifTool, exiftoolPath } from 'exiftool-vendored';
import type { Log } from '../log.ts';
import { childEnvironment } from './environment.ts';
import type { Identified, MediaFile, MediaOptions } from './media.ts';
import { kept } from './metadata-exclusions.ts';
import type { Sandbox } from './sandbox.ts';
import { which } from './tools.ts';

/**
 * Types ExifTool is asked about, decided by what our own decoders found, never by ExifTool's sniffing: its parsers for
 * rare formats are where its holes were.
 */
export const READABLE =
  /^(image\/(jpeg|png|webp|gif|tiff|avif|heic|svg\+xml|vnd\.adobe\.photoshop|x-(adobe-dng|canon-cr[23]|raw|fuji-raf|panasonic-rw2|olympus-orf))|application\/pdf|video\/.+|audio\/.+)$/;

/** Exactly the CLI's `-json -G1 -a`; no `-fast`, which would leave out trailers. */
const READ_ARGS = ['-json', '-G1', '-a'];
const PROCESSES = 2;

export interface MetadataOptions {
  readonly sandbox: Sandbox;
  readonly tempDir: string;
  /** PATH, to find perl. */
  readonly searchPath: string;
  readonly log: Log;
  /** How long one file may take, ms; then its process is killed and replaced. */
  readonly timeoutMs?: number;
}

/** ExifTool in stay-open processes without network and secrets. */
export class MetadataReader {
  private readonly options: MetadataOptions;
  private tool: Promise<ExifTool | null> | null = null;
  private perl: Promise<string | null> | null = null;
  private closed = false;

  constructor(options: MetadataOptions) {
    this.options = options;
  }

  /** ExifTool's version; null when perl is missing. */
  async version(): Promise<string | null> {
    const tool = await this.open();
    try {
      return tool ? await tool.version() : null;
    } catch (error) {
      this.options.log.warn({ err: error }, 'ExifTool does not answer');
      return null;
    }
  }

  /** Whether perl is there. */
  async available(): Promise<boolean> {
    return (await this.findPerl()) !== null;
  }

  /** All tags less the exclusions; null without perl, `{}` when the type is not asked about or reading failed. */
  async read(file: MediaFile, identified: Identified, options: MediaOptions): Promise<Record<string, unknown> | null> {
    const tool = await this.open();
    if (!tool) return null;
    if (!READABLE.test(identified.mime) || identified.problem?.reason === 'refused') return {};
    options.signal.throwIfAborted();
    let stop = (): void => undefined;
    try {
      const aborted = new Promise<never>((_resolve, reject) => {
        stop = () => reject(options.signal.reason);
        options.signal.addEventListener('abort', stop, { once: true });
      });
      const raw: object = await Promise.race([tool.readRaw(file.path, { readArgs: READ_ARGS, useMWG: false }), aborted]);
      // The library adds these two beside ExifTool's own names, which all carry a group.
      const { errors: _errors, warnings: _warnings, ...tags } = raw as Record<string, unknown>;
      return kept(tags);
    } catch (error) {
      options.signal.throwIfAborted();
      this.options.log.warn({ err: error, mime: identified.mime }, 'ExifTool gave up on a file');
      return {};
    } finally {
      options.signal.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const tool = await this.tool;
    await tool?.end(true);
  }

  private open(): Promise<ExifTool | null> {
    this.tool ??= this.start();
    return this.tool;
  }

  private findPerl(): Promise<string | null> {
    this.perl ??= which('perl', this.options.searchPath);
    return this.perl;
  }

  private async start(): Promise<ExifTool | null> {
    const perl = await this.findPerl();
    if (!perl || this.closed) return null;
    const { sandbox, tempDir } = this.options;
    const script = await exiftoolPath();
    const limits = { addressSpace: 4 * 2 ** 30, openFiles: 64, fileSize: 0 };
    return new ExifTool({
      maxProcs: PROCESSES,
      maxTasksPerProcess: 500,
      // A hung process is killed and replaced; the second try on the same file would hang as well.
      taskTimeoutMillis: this.options.timeoutMs ?? 20_000,
      taskRetries: 0,
      ignoreMinorErrors: false,
      checkPerl: false,
      processFactory: async () => {
        const [command = perl, ...args] = sandbox.wrap([perl, script, '-stay_open', 'True', '-@', '-'], limits);
        return spawn(command, args, { stdio: 'pipe', env: { ...childEnvironment(tempDir), LANG: 'C' } });
      },
    });
  }
}
