/** Those who want to know. */
export class Listeners<T extends unknown[]> {
  readonly #all = new Set<(...args: T) => void>();

  /** Adds a listener. What is returned takes it away. */
  add(listener: (...args: T) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(...args: T): void {
    for (const listener of [...this.#all]) {
      try {
        listener(...args);
      } catch (error) {
        // As with the events of a browser: its own error, which ends nothing of the client.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
