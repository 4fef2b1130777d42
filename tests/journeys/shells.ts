/** Pastes text into the shells that readers of our documents use. */
import { execFile, execFileSync } from 'node:child_process';

export const shells = [
  { name: 'bash', options: [] },
  { name: 'zsh', options: ['-f', '-i', '-s'] },
];

export function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}

/** The lines that it prints. */
export function runIn(shell: string, options: readonly string[], script: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(shell, [...options], (error, stdout) =>
      error === null ? resolve(stdout.trim().split('\n')) : reject(error),
    );
    child.stdin?.end(`${script}\nexit 0\n`);
  });
}
