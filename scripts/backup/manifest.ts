/**
 * What a backup says about itself: when and of what it was taken, each of its files with size and hash, and what the checks found.
 * It is the last file that is written, so a folder without one is no backup.
 */
import * as z from 'zod';

export const manifestName = 'manifest.json';
/** A sealed file has this behind its name. */
export const sealedSuffix = '.sealed';

const File = z.strictObject({
  /** Below the state folder, with `/`. Never above it. */
  path: z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[\w./@-]+$/),
  bytes: z.int().min(0),
  /** Of what is inside, also where the file is sealed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const Manifest = z.strictObject({
  format: z.literal(1),
  /** The moment whose state this is. */
  at: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  release: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  schema: z.strictObject({ migrations: z.record(z.string(), z.array(z.string())), objectSchema: z.int().min(0) }),
  isSealed: z.boolean(),
  wasRunning: z.boolean(),
  /** How long the shop stood still. */
  pausedMs: z.int().min(0),
  files: z.array(File).min(1),
  counts: z.record(z.string(), z.int()),
  /** What does not fit together, in sentences. A backup of a shop with a fault is kept, and said to be one. */
  faults: z.array(z.string()),
});
export type Manifest = z.infer<typeof Manifest>;
export type BackupFile = z.infer<typeof File>;

/** Sorts as time does, and every file system takes it. */
export const backupNameAt = (at: Date): string => `vitrine-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
export const isBackupName = (name: string): boolean => /^vitrine-\d{8}T\d{6}Z(?:-\d+)?$/.test(name);
