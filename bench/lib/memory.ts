import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process and everything it started, from /proc. Pages that processes share count once for each. */

interface Process {
  readonly parent: number;
  readonly resident: number;
}

function processes(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let status: string;
    try {
      status = readFileSync(`/proc/${name}/status`, 'utf8');
    } catch {
      continue; // it has ended in between
    }
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    // Kernel threads have none.
    const resident = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    found.set(Number(name), { parent, resident });
  }
  return found;
}

/** Bytes. */
export function residentOfTree(root: number): number {
  const all = processes();
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of all) children.set(parent, [...(children.get(parent) ?? []), pid]);
  let sum = 0;
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    sum += all.get(pid)?.resident ?? 0;
    queue.push(...(children.get(pid) ?? []));
  }
  return sum;
}

/** How far the tree's resident memory rose above its start while `work` ran, in bytes, looked at each 200 ms. */
export async function growthDuring<T>(root: number, work: () => Promise<T>): Promise<{ result: T; growth: number; before: number }> {
  const before = residentOfTree(root);
  let most = before;
  const look = () => {
    most = Math.max(most, residentOfTree(root));
  };
  const timer = setInterval(look, 200);
  try {
    const result = await work();
    look();
    return { result, growth: most - before, before };
  } finally {
    clearInterval(timer);
  }
}
