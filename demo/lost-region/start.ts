/** Where the story of the lost Region plays, and when it begins. */
export const accountId = '123456789012';
export const home = 'eu-central-1';
export const away = 'eu-west-1';
export const owner = 'demo2026';
export const startAt = new Date('2026-01-01T00:00:00Z');
export const table = 'orders';
export const recoveryTimeMinutes = 10;
