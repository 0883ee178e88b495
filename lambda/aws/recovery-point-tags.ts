/**
 * The tags of a recovery point. The first two say what a backup of DynamoDB says by its name and its table, and are what counts: the seal
 * in the name binds them together. The others are for people and for bills.
 */
export const recoveryPointTags = {
  name: 'dynamodb-backups:name',
  tableId: 'dynamodb-backups:table-id',
  owner: 'dynamodb-backups:owner',
  plan: 'dynamodb-backups:plan',
  slot: 'dynamodb-backups:slot',
} as const;
