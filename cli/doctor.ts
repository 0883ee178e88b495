import { Command, InvalidArgumentError } from 'commander';
import { alarmStates } from '../lambda/aws/alarm-states.ts';
import { createSettingsClients, createWatchClients } from '../lambda/aws/clients.ts';
import { systemTiming as timing } from '../lambda/aws/system-timing.ts';
import { subscriptionsOf } from '../lambda/aws/topic-audience.ts';
import { watchedSchedules } from '../lambda/aws/watched-schedules.ts';
import { isWell, type Finding } from '../lambda/domain/doctor/finding.ts';
import { examine } from '../lambda/jobs/doctor/examine.ts';
import { connect } from './connection.ts';

interface Options {
  readonly owner: string;
  readonly topic?: string;
  readonly ledger?: string;
  readonly json?: true;
}

const notes = `
Reads only, with the shell's credentials, in its account and Region: cloudwatch:DescribeAlarms, ListAlarmMuteRules,
GetAlarmMuteRule and GetMetricData, sns:ListSubscriptionsByTopic, scheduler:ListSchedules, dynamodb:Query.
What may not be read is said. Without --ledger nothing is said of when backup and prune last ran.
Exit status: 0 all is well; 1 something is wrong or could not be read; 2 bad input, on stderr.`;

/** `ddb-backups doctor`: whether a deployment would call somebody when a promise is broken, and whether it is at work. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say whether anybody would hear an alarm of a deployment, and whether it is at work.')
    .requiredOption('--owner <id>', 'owner id of the deployment, as the stack prints it', ownerId)
    .option('--topic <arn>', 'a topic that alarms should be sent to, beside those that they are sent to', topicArn)
    .option('--ledger <table>', 'name of the ledger table, as the stack prints it')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', notes)
    .action(async (options: Options) => {
      const findings = await examineDeployment(options);
      console.log(options.json ? asJson(options.owner, findings) : findings.map(asLine).join('\n'));
      process.exitCode = isWell(findings) ? 0 : 1;
    });
}

async function examineDeployment({ owner, topic, ledger }: Options): Promise<readonly Finding[]> {
  const { scheduler, sns } = createWatchClients();
  return examine(
    { owner, topicArn: topic },
    {
      alarms: alarmStates(createSettingsClients().cloudWatch),
      schedules: watchedSchedules(scheduler),
      subscriptionsOf: subscriptionsOf(sns),
      ledger: ledger === undefined ? undefined : connect({ ledger }).ledger,
      timing,
    },
  );
}

const marks = { fine: 'ok', wrong: 'WRONG', unknown: 'UNKNOWN' } as const;

function asLine(finding: Finding): string {
  const { state, about, says } = finding;
  const line = `${marks[state].padEnd(8)}${about.padEnd(10)}${says}`;
  return finding.state === 'fine' ? line : `${line}; ${finding.remedy}`;
}

function asJson(owner: string, findings: readonly Finding[]): string {
  return JSON.stringify({ owner, at: timing.now(), isWell: isWell(findings), findings }, null, 2);
}

function ownerId(text: string): string {
  if (!/^[a-z0-9]{4,16}$/.test(text)) throw new InvalidArgumentError('must be 4 to 16 small letters and digits.');
  return text;
}

function topicArn(text: string): string {
  if (!/^arn:[^:]+:sns:[^:]+:\d{12}:[^:]+$/.test(text)) throw new InvalidArgumentError('must be the ARN of a topic.');
  return text;
}
