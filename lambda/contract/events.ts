/** The source of every event this project sends, and the only one its roles may send. */
export const eventSource = 'dynamodb-backups';

/** Every account has a bus of this name in every Region; nothing else is sent to. */
export const eventBusName = 'default';
