/**
 * What Node is started with for a kernel: no warning of experimental modules, and the access to its asynchronous contexts that
 * Node 24 has left to `internal/test/binding` (see `asyncContexts.ts`), without the warning of that.
 */
export const nodeFlags = [
  '--disable-warning=ExperimentalWarning',
  '--expose-internals',
  '--disable-warning=internal/test/binding',
];
