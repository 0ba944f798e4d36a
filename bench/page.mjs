import { shortfalls } from './shortfalls.mjs';

/**
 * docs/performance.md of a run.
 * @param {{ date: string, quick: boolean, machine: Record<string, unknown>, rows: import('./row.mjs').Row[] }} report
 */
export function page({ date, quick, machine, rows }) {
  const products = rows.find(({ part }) => part === 'products');
  const speed = (/** @type {number | undefined} */ ms) => (ms ? Math.round((2 * 1024 ** 3) / ms / 1e6) : '?');
  const beside = products
    ? ` A product of 1024 x 1024 runs at ${speed(products.ours)} GFLOP/s here and at ${speed(products.peer)} in PyTorch.`
    : '';
  const number = (/** @type {number | undefined} */ value) =>
    value === undefined ? '-' : value.toLocaleString('en', { maximumSignificantDigits: 3 });
  const lines = rows.map((row) => {
    const { name, unit, ours, peer, ratio, spread, floor, met, peerName, others = {} } = row;
    const more = Object.entries(others).map(([other, value]) => `; ${other} ${number(value)}`);
    const cells = [
      name,
      `${number(ours)} ${unit}`,
      peer === undefined ? '-' : `${number(peer)} ${unit}`,
      ratio === undefined ? '-' : `**${number(ratio)}**`,
      spread ? spread.map(number).join(' to ') : '-',
      floor === undefined ? '-' : number(floor),
      met === undefined ? '-' : met ? 'met' : 'not met',
      peerName + more.join(''),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const short = rows
    .filter(({ met }) => met === false)
    .map(
      ({ name, ratio, floor }) =>
        `- ${name}: ${ratio} of ${floor}. ${shortfalls[name] ?? 'Why is not known yet.'}`,
    );
  const cpu = `${machine.cpu}, ${machine.cores} cores, load before ${machine.load}, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  return `# Beside its peers

Written by \`npm run bench\` on ${date.slice(0, 10)}: ${cpu}.${beside}${quick ? ' Tiny sizes (--quick): the times mean nothing.' : ''}
Both sides do the same work on the same files, in turn (ours, the peer's, ours …) in one run, and give the same numbers
within a tolerance (bench/parts.mjs), else the run fails. Medians; a ratio is the peer's value by ours, round by round: above
1 we are faster, or take less memory. The floor is the least ratio that we want. Between turns both rest for 15 ms: PyTorch's OpenMP
thread looks for more work for 7 to 9 ms, on a core that is ours by then.

| what | ours | peer | ratio | from, to | floor | | peer |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
${short.length > 0 ? `\nShort of their floor:\n\n${short.join('\n')}\n\nWhat both sides do:\n` : ''}
- Models: float32, AdamW, gradients clipped, the same weights and inputs; PyTorch with scaled dot product attention and its
  fused optimizer. The tutorial's part is its decoder and head on what the frozen vision part made of the clips.
- Clips: PyAV in as many threads as there are cores, Pillow's bicubic resize, and PyTorch meanwhile.
- Loading: each weight is used once, so that a file that is only mapped is read. The file is in the page cache.
- Pairs: majority labels of a file of votes, any passing clip beside any failing one, a quarter of win-ties, looked at in batches.
- Analysis: from the file: AUC of all and of four groups, average precision, Pearson, Spearman, Kolmogorov-Smirnov, means.
- Kernels: one client, the same cells by number, each kernel's in turn: \`const v17 = 17 * 2; v17\`, in Python without the \`const\`.

\`npm run bench -- tutorial kernel\` measures some parts anew; \`npm run bench -- 1b\` the shape of InternVL3-1B, which takes 16 GB.
`;
}
