export interface LineSplitter {
  readonly write: (text: string) => void;
  /** Hands over what is left of an unfinished line. */
  readonly flush: () => void;
}

/** Cuts a stream of text into lines without their line ends; a line may arrive in any number of pieces. */
export const lineSplitter = (onLine: (line: string) => void): LineSplitter => {
  let unfinished = '';
  return {
    write(text) {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    flush() {
      if (unfinished !== '') onLine(unfinished);
      unfinished = '';
    },
  };
};
