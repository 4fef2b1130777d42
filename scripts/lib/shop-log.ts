/**
 * Where a shop's lines go. In development they are for a person: as they are. In production every line is one JSON object with
 * its time and level, so that whatever collects logs can read all of them; what the Workers write as JSON is passed on.
 */

export interface ShopLog {
  /** What the command itself has to say. */
  say(message: string): void;
  warn(message: string): void;
  /** What the runtime and the Workers log. */
  onLog(level: string, message: string): void;
}

export const plainLog: ShopLog = {
  say: (message) => console.log(message),
  warn: (message) => console.error(message),
  onLog: (level, message) => {
    if (level === 'error' || level === 'warn') console.error(message);
    else console.log(message);
  },
};

/** @param onAccess is given each line of the access log, which is written here or not */
export function jsonLog(onAccess: (line: string) => void, isAccessWritten: boolean): ShopLog {
  const write = (level: string, message: string): void =>
    console.log(JSON.stringify({ time: new Date().toISOString(), level, message }));
  return {
    say: (message) => write('info', message),
    warn: (message) => write('warn', message),
    onLog: (level, message) => {
      if (message.startsWith('{"time":') && message.includes('"kind":"access"')) {
        onAccess(message);
        if (isAccessWritten) console.log(message);
      } else if (isJson(message)) console.log(message);
      else write(level, message);
    },
  };
}

function isJson(message: string): boolean {
  if (!message.startsWith('{')) return false;
  try {
    JSON.parse(message);
    return true;
  } catch {
    return false;
  }
}
