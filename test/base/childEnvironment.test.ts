import { afterEach, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/base/childEnvironment.js';

describe('childEnvironment', () => {
  const names = ['HF_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'NPM_TOKEN', 'LD_PRELOAD', 'HTTPS_PROXY'];
  afterEach(() => {
    for (const name of names) delete process.env[name];
  });

  it('has where to find programs and the home folder, and nothing that may be secret', () => {
    for (const name of names) process.env[name] = 'secret';
    const environment = childEnvironment();
    expect(environment.PATH).toBe(process.env.PATH);
    expect(environment.HOME).toBe(process.env.HOME);
    for (const name of names) expect(environment).not.toHaveProperty(name);
  });

  it('adds what the program is given', () => {
    expect(childEnvironment({ A: '1' })).toMatchObject({ A: '1', PATH: process.env.PATH });
  });
});
