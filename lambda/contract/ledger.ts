/** How the ledger table is keyed: what the stack declares and the adapter writes. */
export const ledgerKeys = { partition: 'pk', sort: 'sk', expiresAt: 'expiresAt' } as const;
