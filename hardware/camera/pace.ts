/** So many equal lengths in a row that are no frame's prove that frames have another size. */
export const WRONG_SIZE_AFTER = 8;
/** So many whole frames in a row that begin in the middle of ours: ours are cut wrongly. */
export const REALIGN_AFTER = 3;

/** What the pauses of a stream of frames say about where its frames begin. */
export type PaceWord = 'go' | 'realign' | 'wrong-size';

/**
 * Raw frames carry no marks, but a camera pauses after each: bytes between two pauses are a
 * frame's true length, and a pause is its true beginning.
 */
export interface Pace {
  /**
   * @param bytes how many came
   * @param paused whether the pipe was empty for long before them
   * @param filled bytes of the present frame that had come before
   */
  read(bytes: number, paused: boolean, filled: number): PaceWord;
  /** Bytes between the last two pauses. */
  readonly length: number;
}

export function createPace(frameBytes: number): Pace {
  let since = 0;
  let length = 0;
  let odd = 0;
  let shifted = 0;
  let isFirst = true;

  function judge(filled: number): PaceWord {
    const last = length;
    length = since;
    if (isFirst) {
      isFirst = false;
      length = 0;
      return 'go';
    }
    if (length % frameBytes === 0) {
      odd = 0;
      shifted = filled === 0 ? 0 : shifted + 1;
      return shifted >= REALIGN_AFTER ? 'realign' : 'go';
    }
    shifted = 0;
    odd = length === last ? odd + 1 : 1;
    return odd >= WRONG_SIZE_AFTER ? 'wrong-size' : 'go';
  }

  return {
    read(bytes, paused, filled) {
      const word = paused ? judge(filled) : 'go';
      if (paused) since = 0;
      if (word === 'realign') shifted = 0;
      since += bytes;
      return word;
    },
    get length() {
      return length;
    },
  };
}
