import { expect, it } from 'vitest';
import { RemedyError, runProgram } from '../../src/base/runProgram.js';

it('returns what a program printed, in its folder and environment', async () => {
  const script = 'console.log(process.cwd()); console.error(process.env.WORD)';
  const printed = await runProgram(process.execPath, ['-e', script], { cwd: '/', env: { WORD: 'said' } });
  expect(printed.split('\n').sort()).toEqual(['', '/', 'said']);
});

it('fails with the beginning and the end of a long output, and the remedy', async () => {
  const script = 'for (let i = 0; i < 100; i++) console.log("line " + i + "."); process.exit(3)';
  const error = await runProgram(process.execPath, ['-e', script], { remedy: 'do so' }).catch((e) => e);
  expect(error).toBeInstanceOf(RemedyError);
  expect(error.message).toMatch(
    /ended with 3:\nline 0\.\n(.+\n)*line 14\.\n\.\.\.\nline 85\.\n(.+\n)*line 99\.$/,
  );
  expect(error.remedy).toBe('do so');
});

it('fails where the program is missing, with the command as the remedy', async () => {
  const error = await runProgram('no-such-program', ['now']).catch((e) => e);
  expect(error.message).toMatch(/no-such-program.*ENOENT/);
  expect(error.remedy).toBe('no-such-program now');
});
