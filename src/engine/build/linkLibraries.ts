import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Where Windows puts the driver's libraries in WSL 2. */
const wslDriver = '/usr/lib/wsl/lib';

/**
 * Fills the binding's deps/ with links to a wheel's headers and libraries, under the names that the binding asks for,
 * and to the CUDA libraries of the other wheels, which TensorFlow opens relative to its own place.
 *
 * TensorFlow's libtensorflow_framework opens all of them, but its search path (RUNPATH) names only some of the
 * packages: of 2.21, not nvidia/cusolver. It does name nvidia/nvshmem, of which this library needs nothing, so that
 * folder holds a link to every library there is.
 * @param site the folder that the wheels are unpacked into.
 */
export function linkLibraries(deps: string, site: string, driver: string = wslDriver): void {
  const wheel = join(site, 'tensorflow');
  const lib = join(deps, 'lib');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  symlinkSync(join(wheel, 'include'), join(deps, 'include'));
  symlinkSync(join(wheel, 'libtensorflow_cc.so.2'), join(lib, 'libtensorflow.so'));
  symlinkSync(join(wheel, 'libtensorflow_cc.so.2'), join(lib, 'libtensorflow_cc.so.2'));
  symlinkSync(join(wheel, 'libtensorflow_framework.so.2'), join(lib, 'libtensorflow_framework.so'));
  symlinkSync(join(wheel, 'libtensorflow_framework.so.2'), join(lib, 'libtensorflow_framework.so.2'));
  if (existsSync(join(site, 'nvidia'))) linkCuda(join(deps, 'nvidia'), join(site, 'nvidia'), driver);
}

function linkCuda(nvidia: string, wheels: string, driver: string): void {
  const all = join(nvidia, 'nvshmem', 'lib');
  mkdirSync(all, { recursive: true });
  const packages = readdirSync(wheels).filter((name) => existsSync(join(wheels, name, 'lib')));
  for (const name of packages) linkAll(join(wheels, name, 'lib'), all);
  if (existsSync(driver)) linkAll(driver, all);
  for (const name of readdirSync(wheels))
    if (name !== 'nvshmem') symlinkSync(join(wheels, name), join(nvidia, name));
}

function linkAll(from: string, to: string): void {
  const libraries = readdirSync(from).filter((name) => /\.so(\.|$)/.test(name));
  for (const name of libraries) {
    rmSync(join(to, name), { force: true });
    symlinkSync(join(from, name), join(to, name));
  }
}
