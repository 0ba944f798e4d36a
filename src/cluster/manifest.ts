import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readPlan } from '../score/plan.js';
import { quoted } from './scheduler.js';

/** What a manifest of workers says. */
export interface ManifestOptions {
  /** Whose manifest it is. */
  on: 'kubernetes' | 'skypilot';
  /** An image that has `solireward` on its PATH. */
  image: string;
  /** The shared disk that has the run, the clips and the model: a PersistentVolumeClaim, or a volume of SkyPilot. */
  volume: string;
  /** Where workers see it: the same place as here, since plans have whole paths. Default: the folder that the run is in. */
  mount?: string;
  /** Workers at once. */
  parallel: number;
  /** Of one worker. Default 1, and no GPU. */
  cpus?: number;
  /** On Kubernetes the number of `nvidia.com/gpu`, on SkyPilot a name with a number, such as `L4:1`. */
  gpus?: string;
}

/** Most indexes of a Job that each have a number of tries of their own. Source: Kubernetes, validation of Jobs. */
const mostIndexes = 100_000;

/** Names of Kubernetes. Source: RFC 1123, a label. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * A file that starts workers for all shards of a run: an Indexed Job of Kubernetes, a shard an index, or a task of
 * SkyPilot, whose nodes share the shards out. Shards that are done are passed over at once, so that the same file starts what is missing.
 * @throws RangeError for what those do not take.
 */
export async function manifest(run: string, options: ManifestOptions): Promise<string> {
  const { plan, id } = await readPlan(run);
  const place = await realpath(run);
  const { on, image, volume, parallel, mount = dirname(place), cpus = 1, gpus } = options;
  if (!(Number.isSafeInteger(parallel) && parallel > 0))
    throw new RangeError(
      `cluster.manifest: expected parallel to be a positive integer, received ${parallel}`,
    );
  if (!(cpus > 0)) throw new RangeError(`cluster.manifest: expected cpus above 0, received ${cpus}`);
  if (!label.test(volume))
    throw new RangeError(`cluster.manifest: expected the name of a volume, received '${volume}'`);
  if (!`${place}/`.startsWith(mount.endsWith('/') ? mount : `${mount}/`))
    throw new RangeError(`cluster.manifest: ${place} is not below ${mount}, where the volume is mounted`);
  const { shards, work } = plan;
  const worker = quoted(['solireward', work.kind, '--run', place, '--shard']);
  const filled = {
    name: `solireward-${id.slice(0, 10)}`,
    image,
    volume,
    mount,
    parallel,
    cpus,
    gpus,
    shards,
    worker,
  };
  if (on === 'kubernetes') return job(filled);
  if (on === 'skypilot') return task(filled);
  throw new RangeError(`cluster.manifest: expected kubernetes or skypilot, received ${on}`);
}

interface Filled extends Required<Pick<ManifestOptions, 'image' | 'volume' | 'mount' | 'parallel' | 'cpus'>> {
  name: string;
  gpus?: string;
  shards: number;
  worker: string;
}

/** A text of YAML: a string of JSON is one. */
const text = (value: string): string => JSON.stringify(value);

function job({ name, image, volume, mount, parallel, cpus, gpus, shards, worker }: Filled): string {
  if (shards > mostIndexes)
    throw new RangeError(
      `cluster.manifest: a Job has at most ${mostIndexes} indexes, and the run ${shards} shards; plan fewer`,
    );
  if (gpus !== undefined && !/^[1-9]\d*$/.test(gpus))
    throw new RangeError(`cluster.manifest: expected a number of GPUs on Kubernetes, received '${gpus}'`);
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
spec:
  completionMode: Indexed
  completions: ${shards}
  parallelism: ${Math.min(parallel, shards)}
  # A shard is tried so often; those that fail do not stop the others.
  backoffLimitPerIndex: 3
  maxFailedIndexes: ${shards}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: worker
          image: ${text(image)}
          command:
            - sh
            - -c
            - ${text(`exec ${worker} "$JOB_COMPLETION_INDEX/${shards}"`)}
          resources:
            requests:
              cpu: ${text(String(cpus))}${gpus === undefined ? '' : `\n            limits:\n              nvidia.com/gpu: ${text(gpus)}`}
          volumeMounts:
            - name: shared
              mountPath: ${text(mount)}
      volumes:
        - name: shared
          persistentVolumeClaim:
            claimName: ${volume}
`;
}

function task({ name, image, volume, mount, parallel, cpus, gpus, shards, worker }: Filled): string {
  return `name: ${name}
num_nodes: ${Math.min(parallel, shards)}
resources:
  image_id: ${text(`docker:${image}`)}
  cpus: ${text(`${cpus}+`)}${gpus === undefined ? '' : `\n  accelerators: ${text(gpus)}`}
volumes:
  ${text(mount)}: ${volume}
run: |
  # Every node takes its share of the shards; one that fails does not stop the others.
  failed=0
  shard=$SKYPILOT_NODE_RANK
  while [ "$shard" -lt ${shards} ]; do
    ${worker} "$shard/${shards}" || failed=1
    shard=$((shard + SKYPILOT_NUM_NODES))
  done
  exit $failed
`;
}
