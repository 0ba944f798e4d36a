import { afterEach, expect, it, vi } from 'vitest';
import { parameter } from '../../src/notebook/parameter.js';

afterEach(() => vi.unstubAllEnvs());

it('takes what the notebook says where nobody says otherwise', () => {
  vi.stubEnv('SOLIREWARD_STEPS', '');
  expect(parameter('STEPS', 600)).toBe(600);
  expect(parameter('DIMENSION', 'physics')).toBe('physics');
});

it('takes the environment, a number where one is expected', () => {
  vi.stubEnv('SOLIREWARD_STEPS', '20');
  vi.stubEnv('SOLIREWARD_DIMENSION', '7');
  expect(parameter('STEPS', 600)).toBe(20);
  expect(parameter('DIMENSION', 'physics')).toBe('7');
});

it('names the variable that is not a number', () => {
  vi.stubEnv('SOLIREWARD_STEPS', 'many');
  expect(() => parameter('STEPS', 600)).toThrow('parameter: SOLIREWARD_STEPS is "many", expected a number');
});
