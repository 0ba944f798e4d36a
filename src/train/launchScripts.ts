import type { Argument, Gpus } from './officialArguments.js';

/** Where a training is started from, and what it takes. */
export interface Launch extends Gpus {
  /** The exported folder: absolute, and on a disk that all nodes see. */
  folder: string;
  arguments: Argument[];
}

/** Text that a shell takes as it is. */
const quoted = (text: string | number): string =>
  /^[\w./:=@-]+$/.test(String(text)) ? String(text) : `'${String(text).replaceAll("'", `'\\''`)}'`;

/** The scripts of a training by their names; those of several nodes where there are several. */
export function launchScripts(launch: Launch): Record<string, string> {
  return {
    'train.sh': trainScript(launch),
    ...(launch.nodes > 1 && { 'nodes.sh': nodesScript(launch) }),
    'slurm.sh': slurmScript(launch),
    'ray.sh': rayScript(launch),
  };
}

/** What each script begins with, after its own first lines. */
const beginning = (folder: string) => `set -euo pipefail
here=${quoted(folder)}
: "\${OFFICIAL:?give the folder of the official repository, such as OFFICIAL=/opt/SoliReward}"`;

/** One node's part of the training. It becomes that program, so that who ends it ends the training and nothing else. */
function trainScript({ folder, nodes, perNode, arguments: list }: Launch): string {
  const rendezvous =
    nodes === 1
      ? 'rendezvous=(--standalone)'
      : `rank=\${NODE_RANK:-\${SLURM_NODEID:-}}
: "\${rank:?give the number of this node, from NODE_RANK=0 on, or use nodes.sh, slurm.sh or ray.sh}"
if [[ -n \${RENDEZVOUS:-} ]]; then
  # The first node writes its address where the others look for it.
  if [[ $rank == 0 ]]; then
    mkdir -p "$(dirname "$RENDEZVOUS")"
    hostname -I | cut -d ' ' -f 1 > "$RENDEZVOUS.tmp"
    mv "$RENDEZVOUS.tmp" "$RENDEZVOUS"
  fi
  until [[ -s $RENDEZVOUS ]]; do sleep 2; done
  MASTER_ADDR=$(< "$RENDEZVOUS")
fi
: "\${MASTER_ADDR:?give the address of node 0}"
rendezvous=(--nnodes ${nodes} --node-rank "$rank" --master-addr "$MASTER_ADDR" --master-port "\${MASTER_PORT:-29501}")`;
  const lines = list.map(([flag, ...values]) => `  ${[`--${flag}`, ...values.map(quoted)].join(' ')}`);
  return `#!/usr/bin/env bash
# Trains on the ${perNode} GPUs of this node${nodes === 1 ? '' : `, one of ${nodes}`}: OFFICIAL=/path/to/SoliReward bash train.sh
${beginning(folder)}
program=$OFFICIAL/scripts/solireward_train.py
[[ -f $program ]] || { echo "train.sh: there is no $program" >&2; exit 2; }
${rendezvous}
cd "$here"
export TOKENIZERS_PARALLELISM=false PYTHONUNBUFFERED=1
exec torchrun --nproc-per-node ${perNode} "\${rendezvous[@]}" "$program" \\
${lines.join(' \\\n')}
`;
}

/** All nodes over ssh. Each connection has a terminal: when it ends, what it has started is hung up, and nothing else. */
function nodesScript({ folder, nodes }: Launch): string {
  return `#!/usr/bin/env bash
# Trains on ${nodes} hosts, whose names are the lines of a file, over ssh: OFFICIAL=/path/to/SoliReward bash nodes.sh hosts
${beginning(folder)}
mapfile -t hosts < <(sed 's/[[:space:]]//g; /^#/d; /^$/d' "\${1:?give a file with a host a line}")
if (( \${#hosts[@]} != ${nodes} )); then
  echo "nodes.sh: $1 has \${#hosts[@]} hosts, and this training is for ${nodes}" >&2
  exit 2
fi
connections=()
trap 'kill "\${connections[@]}" 2> /dev/null || true' EXIT
for rank in "\${!hosts[@]}"; do
  command=$(printf '%q ' env "OFFICIAL=$OFFICIAL" "NODE_RANK=$rank" "MASTER_ADDR=\${hosts[0]}" bash "$here/train.sh")
  ssh -tt "\${hosts[rank]}" "$command" < /dev/null > "$here/node-$rank.log" 2>&1 &
  connections+=("$!")
done
for _ in "\${hosts[@]}"; do
  # The first that fails ends the others.
  wait -n || { status=$?; echo "nodes.sh: a node has failed; see $here/node-*.log" >&2; exit "$status"; }
done
`;
}

function slurmScript({ folder, nodes, perNode }: Launch): string {
  const several =
    nodes === 1
      ? ''
      : `MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p)
export MASTER_ADDR MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))
`;
  return `#!/usr/bin/env bash
# Trains on a Slurm cluster: OFFICIAL=/path/to/SoliReward sbatch slurm.sh
#SBATCH --job-name=solireward
#SBATCH --nodes=${nodes}
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=${perNode}
#SBATCH --export=ALL
#SBATCH --output="${folder}/slurm-%j.log"
${beginning(folder)}
${several}srun --kill-on-bad-exit=1 bash "$here/train.sh"
`;
}

function rayScript({ folder, nodes, perNode }: Launch): string {
  return `#!/usr/bin/env bash
# Trains on a Ray cluster, by one plain job a node:
#   RAY_API_SERVER_ADDRESS=http://head:8265 OFFICIAL=/path/to/SoliReward bash ray.sh
${beginning(folder)}
name=solireward-$(date +%Y%m%d-%H%M%S)-$$
for (( rank = 0; rank < ${nodes}; rank++ )); do
  ray job submit --no-wait --submission-id "$name-$rank" --entrypoint-num-gpus ${perNode} -- \\
    env "OFFICIAL=$OFFICIAL" "NODE_RANK=$rank" "RENDEZVOUS=$here/rendezvous/$name" bash "$here/train.sh"
done
echo "ray job logs --follow $name-0"
`;
}
