import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { keys } from '../../api/query-client.ts';
import type { FolderAccess } from '../../api/types.ts';
import { refreshLists } from '../library/refresh-assets.ts';

/** To be called after a change of who may do what in a folder, with what the server says of it now, if it has. */
export function useAccessChanged(folderId: string): (access?: FolderAccess) => void {
  const client = useQueryClient();
  return useCallback(
    (access) => {
      if (access) client.setQueryData(keys.folderAccess(folderId), access);
      // Inheritance reaches folders below; whoever changed it may see other things now.
      void client.invalidateQueries({ queryKey: keys.accessOfFolders });
      void client.invalidateQueries({ queryKey: keys.explanations });
      refreshLists(client);
    },
    [client, folderId],
  );
}
