/** One line of a terminal that says what is being done, and is gone when it is. */

export interface ProgressLine {
  show(text: string): void;
  end(): void;
}

/** Nothing where the stream is no terminal. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const clear = "\r\u001b[K";
  return {
    show: (text) => void stream.write(`${clear}${text.slice(0, Math.max(20, stream.columns - 1))}`),
    end: () => void stream.write(clear),
  };
}
