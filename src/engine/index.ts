/** Where everything is computed. */

export { check } from './check.js';
export { use } from './use.js';
