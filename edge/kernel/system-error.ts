/** The operating system's own word for what went wrong (`ENOENT`), where an error carries one. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
