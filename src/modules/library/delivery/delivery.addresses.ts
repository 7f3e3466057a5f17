import type { DeliveryMode, Endpoint, Endpoints } from './delivery.lookup.ts';

/** Where workspaces are served, and the addresses of assets there. Pure. */

export interface ServedWorkspace {
  readonly id: string;
  readonly slug: string;
  /** The first workspace owns the bare mount. */
  readonly first: boolean;
  readonly mode?: DeliveryMode;
}

/** `/cdn` for the first workspace, `/cdn/w/<slug>` for others. `workspaces` is asked at each request. */
export function createEndpoints(options: {
  mount: string;
  mode: DeliveryMode;
  workspaces(): readonly ServedWorkspace[];
  signingKeys?(workspaceId: string): readonly { secret: string }[];
}): Endpoints & { mountOf(workspaceId: string): string | null } {
  const { mount, mode } = options;
  const endpoint = (at: string, workspace: ServedWorkspace): Endpoint => ({
    mount: at,
    workspaceId: workspace.id,
    mode: workspace.mode ?? mode,
  });
  return {
    match(rawPath) {
      if (!rawPath.startsWith(`${mount}/`)) return null;
      const slug = rawPath.startsWith(`${mount}/w/`) ? rawPath.slice(mount.length + 3).split('/', 1)[0] : undefined;
      if (slug !== undefined) {
        const named = options.workspaces().find((workspace) => workspace.slug === slug);
        return named ? endpoint(`${mount}/w/${slug}`, named) : null;
      }
      const first = options.workspaces().find((workspace) => workspace.first);
      return first ? endpoint(mount, first) : null;
    },
    signingKeys: (workspaceId) => options.signingKeys?.(workspaceId) ?? [],
    mountOf(workspaceId) {
      const workspace = options.workspaces().find(({ id }) => id === workspaceId);
      if (!workspace) return null;
      return workspace.first ? mount : `${mount}/w/${workspace.slug}`;
    },
  };
}

const encodePath = (path: string) =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/');

/** The canonical path of an asset below its mount. `folderPath` as stored, with or without slashes at its ends. */
export const assetPath = (folderPath: string, name: string): string => encodePath(`${folderPath}/${name}`);

/** An address that no move or rename breaks. */
export const idPath = (assetId: string, name: string): string => `@${assetId}/${encodeURIComponent(name)}`;
