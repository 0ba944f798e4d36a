import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/**
 * Which files the modules are that cells import. What was found is kept; what was not is looked for again on demand,
 * since a cell may install a package or write a file that the next one imports.
 */
export class Lookups {
  readonly #found: TypeScript.ModuleResolutionCache;
  #anew = false;

  constructor(folder: string, options: TypeScript.CompilerOptions) {
    this.#found = ts.createModuleResolutionCache(folder, (name) => name, options);
  }

  /** Has TypeScript ask here. */
  serve(host: TypeScript.CompilerHost): void {
    host.resolveModuleNameLiterals = (literals, file, redirected, options, source) =>
      literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(source, literal, options);
        return ts.resolveModuleName(literal.text, file, options, host, this.#found, redirected, mode);
      });
    host.getModuleResolutionCache = () => this.#found;
    host.hasInvalidatedResolutions = () => this.#anew;
  }

  /** Computes something for which all modules are looked for again. */
  anew<T>(compute: () => T): T {
    this.#found.clear();
    this.#anew = true;
    try {
      return compute();
    } finally {
      this.#anew = false;
    }
  }
}
