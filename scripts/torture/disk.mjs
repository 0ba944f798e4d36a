// Small disks: a tmpfs where this user may mount one, else a limit of the size of each file (RLIMIT_FSIZE) and a folder without the
// right to write.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';

/** Whether a disk of so many KiB was mounted. @param {string} folder @param {number} kilobytes */
export function mountSmall(folder, kilobytes) {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} folder */
export const unmount = (folder) => execFileSync('umount', [folder], { stdio: 'ignore' });

/** Mounts it again, larger. @param {string} folder */
export const enlarge = (folder) =>
  execFileSync('mount', ['-o', 'remount,size=512m', folder], { stdio: 'ignore' });

/** Takes or gives the right to write. @param {string} folder @param {boolean} mounted @param {'ro' | 'rw'} mode */
export function setMode(folder, mounted, mode) {
  if (mounted) execFileSync('mount', ['-o', `remount,${mode}`, folder], { stdio: 'ignore' });
  else chmodSync(folder, mode === 'ro' ? 0o555 : 0o755);
}
