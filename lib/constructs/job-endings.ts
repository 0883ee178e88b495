import { Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Plan } from '../../lambda/domain/plan.ts';

export interface JobEndingsProps {
  readonly vaultArn: string;
  /** Those of AWS Backup. */
  readonly plans: readonly Plan[];
  /** Is told the plan, as by its schedule. */
  readonly function: IFunction;
}

/** The input of a rule's target may have so many characters (source: EventBridge API, `Target`, `Input`). */
const mostCharacters = 8_192;
/** What names that only CloudFormation knows may add. */
const reserve = 1_000;
/** AWS tells of them in `state` (source: AWS Backup developer guide, "Monitoring AWS Backup events using EventBridge"). */
const endings = ['COMPLETED', 'FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'];

/**
 * Lets jobs that end in a vault be looked at at once.
 * > An event only says that it is time to look: lost, doubled or out of order, it changes nothing, for the schedule looks as well.
 * A plan too long for the input of a rule is followed by its schedule alone.
 */
export class JobEndings extends Construct {
  constructor(scope: Construct, id: string, props: JobEndingsProps) {
    super(scope, id);
    for (const plan of props.plans.filter((each) => this.fits(each))) {
      new Rule(this, plan.name, {
        description: `Follows the backup jobs of plan ${plan.name} when one ends`,
        eventPattern: {
          source: ['aws.backup'],
          detailType: ['Backup Job State Change'],
          detail: { backupVaultArn: [props.vaultArn], state: endings },
        },
        targets: [new LambdaFunction(props.function, { event: RuleTargetInput.fromObject({ plan }) })],
      });
    }
  }

  private fits(plan: Plan): boolean {
    return JSON.stringify(Stack.of(this).resolve({ plan })).length + reserve <= mostCharacters;
  }
}
