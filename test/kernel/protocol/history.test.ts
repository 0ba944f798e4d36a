import { beforeEach, expect, it } from 'vitest';
import { History } from '../../../kernel/protocol/history.js';

let history: History;
const codes = (request: object) =>
  history.answer(request as Record<string, unknown>).map(([, count, code]) => [count, code]);

beforeEach(() => {
  history = new History();
  history.add(1, 'a.b');
  history.add(2, 'axb');
  history.setOutput("'result'");
  history.add(3, 'a.b');
});

it('gives the last cells, with their results if asked', () => {
  expect(codes({ hist_access_type: 'tail', n: 2 })).toEqual([
    [2, 'axb'],
    [3, 'a.b'],
  ]);
  expect(codes({ hist_access_type: 'tail', n: 2, output: true })[0]).toEqual([2, ['axb', "'result'"]]);
});

it('gives a range, its end excluded', () => {
  expect(codes({ hist_access_type: 'range', start: 1, stop: 3 }).map(([count]) => count)).toEqual([1, 2]);
  expect(codes({ hist_access_type: 'range', start: 2, stop: null }).map(([count]) => count)).toEqual([2, 3]);
});

it('knows no cells of earlier sessions', () => {
  expect(codes({ hist_access_type: 'range', session: -1, start: 1, stop: 3 })).toEqual([]);
  expect(codes({ hist_access_type: 'range', session: 0, start: 1, stop: 3 })).toHaveLength(2);
});

it('gives the cells that match, each once if asked', () => {
  expect(codes({ hist_access_type: 'search', pattern: 'a.*' }).map(([count]) => count)).toEqual([1, 3]);
  expect(codes({ hist_access_type: 'search', pattern: 'a?b' })).toHaveLength(3);
  expect(codes({ hist_access_type: 'search', pattern: 'a.b', unique: true })).toEqual([[3, 'a.b']]);
  expect(codes({ hist_access_type: 'search', pattern: 'a*', n: 1 })).toEqual([[3, 'a.b']]);
});
