import type { Command } from 'commander';
import { createClients } from '../lambda/aws/clients.ts';
import { DynamoDbLedger } from '../lambda/aws/dynamodb-ledger.ts';

/** Where an operator's command works: in the account and Region of the shell, with the ledger that the stack names in its outputs. */
export interface ConnectionOptions {
  readonly ledger: string;
}

export function withConnection(command: Command): Command {
  return command.requiredOption('--ledger <table>', 'name of the ledger table, as the stack prints it');
}

export function connect({ ledger }: ConnectionOptions) {
  const clients = createClients();
  return { clients, ledger: new DynamoDbLedger(clients.dynamodb, ledger) };
}
