// The laws of `retention-laws.test.ts` once more, on as many histories as nobody waits for after each change.
process.env.HISTORIES ??= '22000';
await import('./retention-laws.test.ts');

export {};
