/** The controller's log; the journal reads the level from the prefix (sd-daemon(3)). */
export interface Logger {
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
}

const write = (level: number, text: string): void => {
  // one line per message: a line break in an error must not forge a second one
  process.stdout.write(`<${level}>${text.replace(/\s*\n\s*/g, ' | ')}\n`);
};

export const journalLog: Logger = {
  info: text => write(6, text),
  warning: text => write(4, text),
  error: text => write(3, text),
};
