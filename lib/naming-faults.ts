import { formatBackupName } from '../lambda/domain/naming.ts';

const acceptable = { owner: 'owner', prefix: 'prefix', plan: 'plan', tableId: 'table-id', slot: new Date(0) };

/** Says what is wrong with the parts of backup names that a deployment chooses; nothing when backups can be named with them. */
export function namingFaults({ owner, prefix }: { owner: string; prefix: string }): string[] {
  return [{ owner }, { prefix }].flatMap((part) => {
    try {
      formatBackupName({ ...acceptable, ...part });
      return [];
    } catch (error) {
      if (error instanceof RangeError) return [error.message];
      throw error;
    }
  });
}
