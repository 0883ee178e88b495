import middy from '@middy/core';

/** Entry point of the backup function. */
export const handler = middy().handler(() => {
  throw new Error('not implemented');
});
