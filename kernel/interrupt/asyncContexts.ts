import { createRequire } from 'node:module';

/** What Node's own code has to do with the stack of asynchronous contexts. */
interface AsyncWrap {
  clearAsyncIdStack(): void;
  /** Without arguments: promises enter no contexts. */
  setPromiseHooks(): void;
}

/**
 * Node's stack of asynchronous contexts, to which there is no public access: up to Node 22 by `process.binding`, with a warning;
 * later by what `--expose-internals` shows. Without that flag nothing is done, and Node may abort where code is terminated.
 */
export const asyncContexts: AsyncWrap = (() => {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return (process as unknown as { binding(name: string): AsyncWrap }).binding('async_wrap');
  } catch {
    return internal() ?? { clearAsyncIdStack() {}, setPromiseHooks() {} };
  } finally {
    process.noDeprecation = noDeprecation;
  }
})();

function internal(): AsyncWrap | undefined {
  try {
    return createRequire(import.meta.url)('internal/test/binding').internalBinding('async_wrap');
  } catch {
    return undefined;
  }
}
