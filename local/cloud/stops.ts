export interface Stops {
  /** Remembers how to stop something that was started. */
  readonly add: (stop: () => Promise<void> | void) => void;
  /** Stops everything, the last first, each thing once; goes on past one that fails and rejects with the first failure. */
  readonly run: () => Promise<void>;
}

export const makeStops = (): Stops => {
  const stops: (() => Promise<void> | void)[] = [];
  return {
    add: (stop) => stops.push(stop),
    async run() {
      const failures: unknown[] = [];
      for (let stop = stops.pop(); stop; stop = stops.pop()) {
        try {
          await stop();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
};
