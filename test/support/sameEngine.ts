// Files share a process: each begins on the same engine, whichever the one before has left.
import { use } from '../../src/engine/use.js';

await use();
