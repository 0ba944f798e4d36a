// The floors of the house: a room imports rooms on lower floors only, and no two files import each other.
const floors = [
  ['base'],
  ['data', 'analysis', 'engine'],
  ['pairing', 'loss', 'plot', 'notebook', 'reward'],
  ['model'],
  ['train', 'score', 'posttrain', 'report', 'benchmark'],
  ['verify', 'audit', 'serve', 'cluster'],
];
const room = (names) => `^src/(${names.join('|')})/`;
// The kernel stands on the ground floor too, and says to the front end what players and annotator say.
const shared = '^src/(base/|notebook/messages\\.ts$)';
// The command line, one file a verb.
const cli = '^src/cli(\\.ts$|/)';
const upward = floors.flatMap((names, floor) =>
  names.map((name) => ({
    name: `floor-${floor}-${name}`,
    severity: 'error',
    comment: `src/${name}/ may import lower floors only`,
    from: { path: room([name]) },
    to: { path: `^(src|kernel)/`, pathNot: [room([name]), ...floors.slice(0, floor).map(room)] },
  })),
);
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...upward,
    {
      name: 'one-tensorflow',
      severity: 'error',
      comment: 'src/engine/ hands out the one TensorFlow.js instance',
      from: { pathNot: '^src/engine/' },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'kernel-by-messages',
      severity: 'error',
      comment:
        'the kernel knows of the library how values show themselves, and the messages of players and annotator',
      from: { path: '^kernel/' },
      to: { path: '^src/', pathNot: shared },
    },
    {
      name: 'kernel-from-cli-only',
      severity: 'error',
      comment: 'the library works without the kernel; only the command line installs it',
      from: { path: '^src/', pathNot: cli },
      to: { path: '^kernel/' },
    },
    {
      name: 'cli-is-the-roof',
      severity: 'error',
      from: { path: '^src/', pathNot: cli },
      to: { path: cli },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
  },
};
