import { expect, it } from 'vitest';
import { insideNotebook } from '../support/fakeHost.js';

const notebook = insideNotebook();

it('carries messages both ways over a comm that the code opens', () => {
  const comm = notebook.openComm('chart', { points: 0 });
  const heard: unknown[] = [];
  comm.onMessage((data, buffers) => heard.push([data, buffers.length]));
  comm.send({ point: 1 });
  const [frontEnd] = notebook.opened;
  frontEnd.send({ click: 2 }, [new Uint8Array(3)]);
  expect(frontEnd).toMatchObject({ target: 'chart', data: { points: 0 }, received: [{ point: 1 }] });
  expect(heard).toEqual([[{ click: 2 }, 1]]);
});

it('opens a comm from the front end, and tells each side that the other has closed it', () => {
  let closed = 0;
  notebook.onComm('annotator', (comm, data) => {
    comm.send({ welcome: data.name });
    comm.onClose(() => closed++);
    comm.onMessage(() => comm.close());
  });
  const first = notebook.connect('annotator', { name: 'Ann' });
  expect(first.received).toEqual([{ welcome: 'Ann' }]);
  first.close();
  expect(closed).toBe(1);
  const second = notebook.connect('annotator');
  second.send({});
  expect(second.closed).toBe(true);
  expect(notebook.connect('nobody').closed).toBe(true);
});

it('asks the user, where there is one', async () => {
  notebook.answers = ['Ann'];
  expect(await notebook.input('Who?')).toBe('Ann');
  await expect(notebook.input('Who?')).rejects.toThrow('cannot ask: Who?');
});
