import middy from '@middy/core';

/** Entry point of the prune function. */
export const handler = middy().handler(() => {
  throw new Error('not implemented');
});
