import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ManifestOptions, manifest } from '../../src/cluster/manifest.js';
import { numbered, ShardRun } from '../support/shardRun.js';

const { venvProgram } = await import(new URL('../../scripts/setup/environment.mjs', import.meta.url).href);
let run: ShardRun;
beforeEach(async () => {
  run = await ShardRun.of(numbered(6), 5);
});
afterEach(() => run.remove());

type Schema = Record<string, unknown>;
const [string, integer] = [{ type: 'string' }, { type: 'integer', minimum: 0 }];
/** An object with these properties and no others. */
const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
});
const list = (items: Schema): Schema => ({ type: 'array', items, minItems: 1 });
/** A resource.Quantity: its published pattern, here for plain numbers. */
const quantities = { type: 'object', additionalProperties: { type: ['string', 'number'] } };

/**
 * The part of batch/v1 Job that is used. Source: Kubernetes' OpenAPI as JSON schemas, job-batch-v1 of "standalone-strict"
 * (github.com/yannh/kubernetes-json-schema), and the validation of Indexed Jobs in its reference.
 */
const jobSchema = object({
  apiVersion: { const: 'batch/v1' },
  kind: { const: 'Job' },
  metadata: object({ name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' } }),
  spec: object({
    completionMode: { enum: ['Indexed', 'NonIndexed'] },
    completions: { ...integer, maximum: 100_000 },
    parallelism: integer,
    backoffLimitPerIndex: integer,
    maxFailedIndexes: { ...integer, maximum: 100_000 },
    template: object({
      spec: object({
        restartPolicy: { const: 'Never' },
        containers: list(
          object({
            ...{ name: string, image: string, command: list(string) },
            resources: object({ requests: quantities, limits: quantities }, ['requests']),
            volumeMounts: list(object({ name: string, mountPath: string })),
          }),
        ),
        volumes: list(object({ name: string, persistentVolumeClaim: object({ claimName: string }) })),
      }),
    }),
  }),
});

/** The part of SkyPilot's task that is used. Source: github.com/skypilot-org/skypilot, sky/utils/schemas.py, get_task_schema and the resources. */
const taskSchema = object({
  ...{ name: string, num_nodes: { ...integer, minimum: 1 }, run: string },
  resources: object({ image_id: string, cpus: { type: ['string', 'number'] }, accelerators: string }, [
    'image_id',
    'cpus',
  ]),
  volumes: { type: 'object', additionalProperties: string },
});

const check = `
import json, sys, yaml, jsonschema
given = json.load(sys.stdin)
value = yaml.safe_load(given['text'])
jsonschema.Draft202012Validator(given['schema']).validate(value)
print(json.dumps(value))`;

/** What a file says, after it was held against a schema. */
function read(text: string, schema: Schema) {
  const input = JSON.stringify({ text, schema });
  return JSON.parse(execFileSync(venvProgram('python'), ['-c', check], { input, stdio: 'pipe' }).toString());
}

const options: ManifestOptions = {
  on: 'kubernetes',
  image: 'lab/solireward:1',
  volume: 'clips',
  parallel: 3,
};

it('writes an Indexed Job, an index a shard', async () => {
  const job = read(await manifest(run.run, { ...options, gpus: '1' }), jobSchema);
  expect(job.spec).toMatchObject({ completions: 5, parallelism: 3, completionMode: 'Indexed' });
  const [container] = job.spec.template.spec.containers;
  expect(container.command.at(-1)).toMatch(
    /^exec solireward score --run \S+\/run --shard "\$JOB_COMPLETION_INDEX\/5"$/,
  );
  expect(container.resources).toEqual({ requests: { cpu: '1' }, limits: { 'nvidia.com/gpu': '1' } });
  expect(container.volumeMounts[0].mountPath).toBe(dirname(container.command.at(-1).split(' ')[4]));
  expect(() => read('kind: Job', jobSchema)).toThrow('is a required property');
});

it('writes a task of SkyPilot, whose nodes share out all shards', async () => {
  const task = read(await manifest(run.run, { ...options, on: 'skypilot', gpus: 'L4:1' }), taskSchema);
  expect(task).toMatchObject({
    num_nodes: 3,
    resources: { image_id: 'docker:lab/solireward:1', accelerators: 'L4:1' },
  });
  // What nodes would do, with a worker that fails at shard 3.
  const shell = `solireward() { echo "$5"; [ "$5" != 3/5 ]; }\n${task.run}`;
  const done = [0, 1, 2].map((rank) => {
    const env = { PATH: process.env.PATH, SKYPILOT_NODE_RANK: `${rank}`, SKYPILOT_NUM_NODES: '3' };
    try {
      return execFileSync('sh', ['-c', shell], { env }).toString();
    } catch (error) {
      return `${(error as { stdout: Buffer }).stdout}failed`;
    }
  });
  expect(done).toEqual(['0/5\n3/5\nfailed', '1/5\n4/5\n', '2/5\n']);
});

it('refuses what they do not take', async () => {
  const refused: [Partial<ManifestOptions>, string][] = [
    [{ on: 'nomad' as 'skypilot' }, 'expected kubernetes or skypilot, received nomad'],
    [{ parallel: 0 }, 'expected parallel to be a positive integer, received 0'],
    [{ cpus: 0 }, 'expected cpus above 0'],
    [{ volume: 'My Clips' }, "expected the name of a volume, received 'My Clips'"],
    [{ mount: '/elsewhere' }, 'is not below /elsewhere'],
    [{ gpus: 'L4:1' }, "expected a number of GPUs on Kubernetes, received 'L4:1'"],
  ];
  for (const [more, message] of refused)
    await expect(manifest(run.run, { ...options, ...more })).rejects.toThrow(message);
});
