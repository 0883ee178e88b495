/** Where the demo's account is, and when its story begins. */
export const accountId = '123456789012';
export const owner = 'demo2026';
export const startAt = new Date('2026-01-01T00:00:00Z');
/** Who is called when something is wrong. */
export const onCallAddress = 'oncall@example.com';
