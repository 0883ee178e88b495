import { resolve } from 'node:path';

/** What is made from sources and need not be made again while they stay the same; it may be deleted at any time. */
export const cacheFolder = resolve(import.meta.dirname, '../.cache');
