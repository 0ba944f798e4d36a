import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What stands in for the official trainer and what it is started by: programs for the `PATH` that the exported scripts call.
 * `torchrun` writes its arguments to `calls/rank-N.json`; node 0 then leaves a checkpoint in the output as the official trainer
 * does, from the model that it was given: without our card, with the `training_config.json` of its own arguments.
 * Where `FAIL_RANK` is its rank it ends with 3 at once, and the other nodes wait.
 */
export function fakeTrainer(folder: string): { path: string; official: string; calls: string } {
  const [bin, calls, official] = ['bin', 'calls', 'Soli Reward'].map((name) => join(folder, name));
  for (const made of [bin, calls, join(official, 'scripts')]) mkdirSync(made, { recursive: true });
  writeFileSync(join(official, 'scripts', 'solireward_train.py'), '');
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  };
  program('torchrun', torchrun(calls));
  // Each runs here what it is to run elsewhere.
  program('ssh', `#!/usr/bin/env bash\n[[ $1 == -tt ]] || exit 9\nexec bash -c "$3"\n`);
  program('scontrol', `#!/usr/bin/env bash\nprintf '%s\\n' node-a node-b\n`);
  program(
    'srun',
    `#!/usr/bin/env bash\nshift\nfor SLURM_NODEID in 0 1; do export SLURM_NODEID; "$@" & done\nwait\n`,
  );
  program(
    'ray',
    `#!/usr/bin/env bash\nprintf '%s\\n' "$*" >> ${JSON.stringify(join(calls, 'ray'))}\nwhile [[ $1 != -- ]]; do shift; done\nshift\n"$@" &\nwait\n`,
  );
  return { path: `${bin}:${process.env.PATH}`, official, calls };
}

const torchrun = (calls: string) => `#!${process.execPath}
const { cpSync, readdirSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const all = process.argv.slice(2);
const start = all.findIndex((value) => value.endsWith('solireward_train.py'));
const launcher = all.slice(0, start);
const given = {};
let flag;
for (const value of all.slice(start + 1)) {
  if (value.startsWith('--')) given[(flag = value.slice(2))] = [];
  else given[flag].push(value);
}
const at = launcher.indexOf('--node-rank');
const rank = at < 0 ? '0' : launcher[at + 1];
const file = join(${JSON.stringify(calls)}, 'rank-' + rank + '.json');
writeFileSync(file + '.tmp', JSON.stringify({ launcher, program: all[start], given, cwd: process.cwd() }));
renameSync(file + '.tmp', file);
if (process.env.FAIL_RANK === rank) process.exit(3);
if (process.env.FAIL_RANK !== undefined) {
  process.on('SIGTERM', () => { writeFileSync(join(${JSON.stringify(calls)}, 'ended-' + rank), ''); process.exit(1); });
  setInterval(() => {}, 1000);
} else if (rank === '0') {
  const [output] = given.output_dir;
  const [model] = given.model_name_or_path;
  const numbers = (names) => Object.fromEntries(names.map((name) => [name, Number(given[name][0])]));
  const config = {
    model_args: {
      model_name_or_path: model, model_type: given.model_type[0], reduce_sequence: given.reduce_sequence[0],
      hierarchical_query_attn_layers: given.hierarchical_query_attn_layers.map(Number), ...numbers(['reward_dropout']),
    },
    data_args: { train_data_path: given.train_data_path, eval_data_path: given.eval_data_path ?? null },
    trainer_args: numbers(['reward_margin', 'bt_loss_coeff', 'btt_loss_coeff', 'bce_loss_coeff', 'enable_btt_loss']),
    internvl_args: { ...numbers(['input_size', 'max_num', 'num_segments']), center_crop_video: given.center_crop_video[0] === 'true' },
    qwenvl_args: {},
    training_args: { bf16: 'bf16' in given },
    metadata: { config_version: '1.0', created_by: 'config.py' },
  };
  const checkpoint = join(output, 'checkpoint-20');
  const leaves = /^(solireward|training_config)\\.json$/;
  cpSync(model, checkpoint, { recursive: true, filter: (path) => !leaves.test(path.split('/').pop()) });
  for (const place of [output, checkpoint]) writeFileSync(join(place, 'training_config.json'), JSON.stringify(config));
}
`;
