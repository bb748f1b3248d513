// The environment that Dawn for Node (npm `webgpu`) needs to find an adapter. It must be set before Node starts.
// A real GPU comes first, or the driver that VK_ICD_FILENAMES names (lavapipe, say, which has half precision, subgroups of eight
// and from Mesa 26 subgroup matrices); without one, the software driver that lies beside Chromium's binary does on Linux.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserFolders } from './places.mjs';

/** @typedef {{ name: string, software: boolean, lacks: string[] }} Adapter lacks: what forms of kernels ask for, in words */

const probe = fileURLToPath(new URL('vulkan-probe.mjs', import.meta.url));

/** Asks a process of its own for an adapter, since a driver may take its process down. @param {NodeJS.ProcessEnv} env */
function adapterWith(env) {
  const { status, stdout } = spawnSync(process.execPath, [probe], { env, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) return null;
  const line = stdout.trim().split('\n').pop() ?? '';
  return line.startsWith('{') ? /** @type {Adapter} */ (JSON.parse(line)) : null;
}

/**
 * The environment for Node and the adapter it gives, or null when this machine offers none.
 * @returns {{ env: NodeJS.ProcessEnv, adapter: Adapter } | null}
 */
export function dawnEnvironment() {
  const plain = adapterWith(process.env);
  if (plain && (!plain.software || process.env.VK_ICD_FILENAMES)) return { env: process.env, adapter: plain };
  if (process.platform === 'linux') {
    for (const folder of browserFolders()) {
      const driver = join(folder, 'vk_swiftshader_icd.json');
      if (!existsSync(driver)) continue;
      const env = { ...process.env, VK_ICD_FILENAMES: driver };
      const found = adapterWith(env);
      if (found) return { env, adapter: found };
      // no libvulkan on the machine: the browser carries its own
      const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
      const carried = { ...env, LD_LIBRARY_PATH: libraries };
      const adapter = adapterWith(carried);
      if (adapter) return { env: carried, adapter };
    }
  }
  return plain ? { env: process.env, adapter: plain } : null;
}
