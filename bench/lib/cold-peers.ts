import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '../../src/platform/free-port.ts';
import { type PeerProcess, startPeer } from './peer-process.ts';
import { buildGoPeer, installPeer, versionIn } from './peers.ts';

/** Servers that make 720 px of a file in a folder, again at each request. */

export type ColdFormat = 'jpg' | 'webp';

export interface ColdPeer extends PeerProcess {
  readonly name: string;
  readonly url: string;
  readonly versions: Readonly<Record<string, string>>;
  /** `quality` null: as it comes. */
  path(format: ColdFormat, quality: number | null): string;
}

/** @returns the peer, or why it cannot run here */
export type StartColdPeer = (file: string) => Promise<ColdPeer | { readonly why: string }>;

const NAME = 'photo.jpg';

/** IPX on the sharp that Damson has. `file` is called photo.jpg. */
export const startIpx: StartColdPeer = async (file) => {
  const peer = installPeer('ipx');
  if ('why' in peer) return peer;
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const path = (format: ColdFormat, quality: number | null) =>
    `/w_720,f_${format === 'jpg' ? 'jpeg' : format}${quality === null ? '' : `,q_${quality}`}/${NAME}`;
  const running = await startPeer({
    command: process.execPath,
    args: [join(peer.folder, 'serve.mjs'), dirname(file), String(port)],
    cwd: peer.folder,
    ready: url + path('jpg', null),
  });
  return {
    ...running,
    name: 'IPX',
    url,
    path,
    versions: { ipx: versionIn(peer.folder, 'ipx'), "ipx's sharp": versionIn(peer.folder, 'sharp') },
  };
};

const IMGPROXY = 'github.com/imgproxy/imgproxy/v3@v3.30.1';

/** imgproxy (MIT) on the system's libvips. */
export const startImgproxy: StartColdPeer = async (file) => {
  const peer = buildGoPeer(IMGPROXY);
  if ('why' in peer) return peer;
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const path = (format: ColdFormat, quality: number | null) =>
    `/unsafe/rs:fit:720:720${quality === null ? '' : `/q:${quality}`}/plain/local:///${NAME}@${format}`;
  const bin = join(peer.folder, 'bin');
  const running = await startPeer({
    command: join(bin, readdirSync(bin)[0] ?? ''),
    args: [],
    cwd: peer.folder,
    env: { IMGPROXY_BIND: `127.0.0.1:${port}`, IMGPROXY_LOCAL_FILESYSTEM_ROOT: dirname(file), IMGPROXY_LOG_LEVEL: 'error' },
    ready: `${url}/health`,
  });
  return { ...running, name: 'imgproxy', url, path, versions: { imgproxy: IMGPROXY.split('@')[1] ?? '' } };
};
