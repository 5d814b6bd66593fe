/** Runs tasks one after the other in the order they came, whatever becomes of the ones before. */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve();

  async run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined); // the caller of that task has the error
    return await result;
  }
}
