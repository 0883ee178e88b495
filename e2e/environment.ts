/** The account and Region that are emulated. */
export const account = '123456789012';
export const region = 'eu-central-1';

export const owner = 'e2e0';
export const backupNamePrefix = 'nightly';
export const drillTablePrefix = 'rehearsal-';
export const planName = 'orders';

/** `orders` is covered by name and `invoices` by its tag; nobody may back up `payroll`. */
export const tableNames = { named: 'orders', tagged: 'invoices', uncovered: 'payroll' } as const;
export const coveredTables = [tableNames.named, tableNames.tagged] as const;
export const coveringTag = { backup: 'orders' } as const;

/** How many backups of each table the plan keeps. */
export const keptBackups = 2;

/** What a drill gives back: the settings whose operations the emulator has. */
export const rearmedSettings = ['tags', 'time-to-live', 'deletion-protection', 'table-class'] as const;

/** An item that a drill must find in the restored table. */
export const drilledItem = {
  table: tableNames.named,
  key: { id: { S: `${tableNames.named}-0` } },
  expect: {},
} as const;

/** Begins the names of the alarms of the plan. */
export const alarmPrefix = `dynamodb-backups/${owner}/${planName}/`;
