import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin, Module } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { type Host, hostKey } from '../../src/base/host.js';
import type { Interruption } from '../interrupt/interruption.js';
import type { SideOutput } from './compiler.js';
import { otherPackage } from './otherPackage.js';
import { addSource, splitInlineMap } from './sourceMaps.js';
import { moduleNeeds, parameters, transformModule } from './transform.js';
import { tslabModule } from './tslabDisplay.js';

/** Node's answers to `require` of a module that can be imported only. */
const importOnly = new Set(['ERR_REQUIRE_ASYNC_MODULE', 'ERR_REQUIRE_ESM', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

const ownRequire = createRequire(import.meta.url);

/** What a cell imports: packages, the files of the notebook's folder, `solireward` from the kernel's own package. */
export class Modules {
  readonly #interruption: Interruption;
  readonly #resolveAlias: (specifier: string, file: string) => string | undefined;
  /** Compiled files of the folder by their paths, and those that have run. */
  readonly #compiled = new Map<string, string>();
  readonly #loaded = new Map<string, Module>();
  /** Those that await, while they run and after it. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #needs = new Map<string, { imports: string[]; awaits: boolean }>();
  #hasTold = false;
  readonly #tslab = tslabModule(() => (globalThis as unknown as { [hostKey]: Host })[hostKey]);

  /** @param resolveAlias the file that a specifier stands for in the folder's tsconfig.json, if any */
  constructor(
    interruption: Interruption,
    resolveAlias: (specifier: string, file: string) => string | undefined,
  ) {
    this.#resolveAlias = resolveAlias;
    this.#interruption = interruption;
  }

  /** Takes in compiled files that are new or changed; all files of the folder then run anew when they are imported. */
  update(outputs: readonly SideOutput[]): void {
    for (const { path, data } of outputs) this.#compiled.set(path, data);
    if (outputs.length === 0) return;
    this.#loaded.clear();
    this.#running.clear();
    this.#needs.clear();
  }

  /** What a module that runs in `file` has besides Node's own: see {@link parameters}. */
  globals(file: string): Record<string, unknown> {
    const url = pathToFileURL(file).href;
    return {
      [parameters.words]: this.#interruption.words,
      [parameters.stop]: this.#interruption.stop,
      [parameters.live]: this.#interruption.live,
      [parameters.import]: (specifier: unknown) => this.import(String(specifier), file),
      [parameters.meta]: {
        url,
        filename: file,
        dirname: dirname(file),
        resolve: (specifier: string) => resolveUrl(specifier, file),
      },
    };
  }

  /**
   * The namespace of a module: by `require` where that is possible, so that it is the same however it is imported.
   * @param file the importing file
   */
  async import(specifier: string, file: string): Promise<object> {
    const path = this.#pathOf(specifier, file);
    const compiled = path && this.#findCompiled(path);
    if (compiled) return namespaceOf(await this.#load(compiled, []));
    if (path && extname(path) === '.json') return namespaceOf(JSON.parse(readFileSync(path, 'utf8')));
    if (path && existsSync(path)) {
      // With the time of its last change in the URL, an edited file is another module.
      delete ownRequire.cache[path];
      return importFrom(file, `${pathToFileURL(path)}?changed=${statSync(path).mtimeMs}`);
    }
    try {
      return namespaceOf(this.require(file)(specifier));
    } catch (error) {
      if (!importOnly.has(String((error as NodeJS.ErrnoException).code))) throw error;
      return importFrom(file, specifier);
    }
  }

  /** `require` for code of a file. */
  require(file: string): NodeJS.Require {
    const plain = createRequire(file);
    const own = (specifier: string): unknown => {
      if (/^solireward(\/|$)/.test(specifier)) {
        this.#tellOfOther(file);
        return ownRequire(specifier);
      }
      if (specifier === 'tslab') return this.#tslab;
      const path = this.#pathOf(specifier, file);
      const compiled = path && this.#findCompiled(path);
      return compiled ? this.#runCompiled(compiled) : plain(specifier);
    };
    return Object.assign(own, plain);
  }

  /** Says once which package cells use, where the project has another one. */
  #tellOfOther(file: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    const told = otherPackage(file);
    if (told) console.warn(told);
  }

  #pathOf(specifier: string, file: string): string | undefined {
    return pathOf(specifier, file) ?? this.#resolveAlias(specifier, file);
  }

  #findCompiled(path: string): string | undefined {
    const stem = path.replace(/\.[jt]s$/, '');
    return [`${stem}.js`, `${path}.js`, join(path, 'index.js')].find((name) => this.#compiled.has(name));
  }

  /** Whether a file of the folder, or one that it imports, awaits at its top. */
  #awaits(path: string, seen = new Set<string>()): boolean {
    if (seen.has(path)) return false;
    seen.add(path);
    let needs = this.#needs.get(path);
    if (!needs) {
      needs = moduleNeeds(this.#compiled.get(path)!);
      this.#needs.set(path, needs);
    }
    const { awaits, imports } = needs;
    return awaits || imports.some((specifier) => this.#awaitsFrom(specifier, path, seen));
  }

  #awaitsFrom(specifier: string, file: string, seen: Set<string>): boolean {
    const path = this.#pathOf(specifier, file);
    const compiled = path && this.#findCompiled(path);
    return compiled ? this.#awaits(compiled, seen) : false;
  }

  /** Runs a file of the folder, if it has not, and gives its exports. @param importers those that wait for it */
  async #load(path: string, importers: readonly string[]): Promise<unknown> {
    if (!this.#awaits(path)) return this.#runCompiled(path);
    const loaded = this.#loaded.get(path);
    // Files that import each other get what there is so far.
    if (loaded && importers.includes(path)) return loaded.exports;
    let running = this.#running.get(path);
    if (!running) {
      running = this.#runAwaiting(path, [...importers, path]);
      this.#running.set(path, running);
    }
    await running;
    return this.#loaded.get(path)?.exports;
  }

  async #runAwaiting(path: string, importers: readonly string[]): Promise<void> {
    const load = (specifier: string): unknown => {
      const found = this.#pathOf(specifier, path);
      const compiled = found && this.#findCompiled(found);
      return compiled ? this.#load(compiled, importers) : this.import(specifier, path);
    };
    try {
      await this.#run(path, { awaits: true, load });
    } catch (error) {
      this.#running.delete(path);
      throw error;
    }
  }

  #runCompiled(path: string): unknown {
    if (this.#awaits(path)) {
      throw new Error(
        `require: ${path}, or a file that it imports, awaits at its top; use "import" in its place`,
      );
    }
    const loaded = this.#loaded.get(path);
    if (loaded) return loaded.exports;
    this.#run(path, { awaits: false });
    return this.#loaded.get(path)?.exports;
  }

  #run(path: string, { awaits, load }: { awaits: boolean; load?: (specifier: string) => unknown }): unknown {
    const module = new Module(path);
    this.#loaded.set(path, module);
    const { code, map } = splitInlineMap(this.#compiled.get(path)!);
    const transformed = transformModule(code, { awaits });
    const source = existsSync(path) ? path : path.replace(/\.js$/, '.ts');
    addSource(path, source, [transformed.map, map]);
    const globals = {
      exports: module.exports as unknown,
      require: this.require(path),
      module,
      __filename: path,
      __dirname: dirname(path),
      ...this.globals(path),
      [parameters.load]: load,
    };
    const body = awaits ? `return (async () => {\n${transformed.code}\n})();` : transformed.code;
    try {
      const options = { filename: path, lineOffset: awaits ? -1 : 0 };
      const run = vm.compileFunction(body, Object.keys(globals), options);
      return Reflect.apply(run, undefined, Object.values(globals));
    } catch (error) {
      this.#loaded.delete(path);
      throw error;
    }
  }
}

/** The path that a specifier means from a file; undefined for a package or a built-in module. */
function pathOf(specifier: string, file: string): string | undefined {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  return /^\.{0,2}\//.test(specifier) ? resolve(dirname(file), specifier) : undefined;
}

function resolveUrl(specifier: string, file: string): string {
  if (isBuiltin(specifier)) return specifier;
  return pathToFileURL(pathOf(specifier, file) ?? createRequire(file).resolve(specifier)).href;
}

/** Node's own `import()`, as a file of that path would do it. */
async function importFrom(file: string, specifier: string): Promise<object> {
  const script = new vm.Script('(specifier) => import(specifier)', {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return script.runInThisContext()(specifier) as Promise<object>;
}

/** The namespace of what `require` gives, as bundlers and TypeScript see it: a CommonJS module is its `default`. */
function namespaceOf(value: unknown): object {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (isObject && ((value as { __esModule?: boolean }).__esModule || isNamespace(value))) return value;
  const namespace = {};
  if (isObject)
    for (const name of Object.getOwnPropertyNames(value))
      Object.defineProperty(namespace, name, {
        enumerable: Object.prototype.propertyIsEnumerable.call(value, name),
        get: () => (value as Record<string, unknown>)[name],
      });
  return Object.defineProperty(namespace, 'default', { value, enumerable: true });
}

const isNamespace = (value: object): boolean => Object.prototype.toString.call(value) === '[object Module]';
