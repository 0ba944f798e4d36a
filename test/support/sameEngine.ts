// Files share a process: each begins on the same engine, whichever the one before has left.
import { setPrecision } from '../../src/engine/precision.js';
import { tf } from '../../src/engine/tf.js';
import { backend, precision } from './firstEngine.js';

await tf.setBackend(backend);
setPrecision(precision);
