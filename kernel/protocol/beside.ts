import { Worker } from 'node:worker_threads';

interface Question {
  resolve(answer: object): void;
  reject(error: Error): void;
}

/** A module that answers questions in a thread of its own, which begins with the first one. */
export class Beside {
  readonly #module: string;
  readonly #data: object;
  readonly #open = new Map<number, Question>();
  #worker: Worker | undefined;
  #count = 0;

  /**
   * @param module URL of a module that answers each message `{ number, request }` by `{ number, answer }`
   * @param data its `workerData`
   */
  constructor(module: string, data: object) {
    this.#module = module;
    this.#data = data;
  }

  /** Asks; rejects where the thread fails or is closed, and the next question starts another one. */
  ask(request: unknown): Promise<object> {
    this.#worker ??= this.#start();
    const number = ++this.#count;
    const answer = new Promise<object>((resolve, reject) => this.#open.set(number, { resolve, reject }));
    this.#worker.postMessage({ number, request });
    return answer;
  }

  /** Ends the thread. */
  close(): void {
    void this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL(this.#module), { workerData: this.#data });
    let reason = new Error('the thread beside the cells has ended');
    worker.on('message', ({ number, answer }: { number: number; answer: object }) => {
      this.#open.get(number)?.resolve(answer);
      this.#open.delete(number);
    });
    worker.on('error', (error) => {
      reason = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      for (const { reject } of this.#open.values()) reject(reason);
      this.#open.clear();
    });
    return worker;
  }
}
