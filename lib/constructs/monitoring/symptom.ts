import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  type MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** What silence means: `broken` for what must be said again and again, `unchanged` for what only runs say, `fine` for the rest. */
export type Silence = 'broken' | 'unchanged' | 'fine';

/** One way in which something is broken, and how it shows. */
export interface Symptom {
  /** Names the alarm and, as an anchor, its heading in the runbook. */
  readonly name: string;
  /** Tells alarms of one name apart. @default - there is one */
  readonly detail?: string;
  /** What is broken, in one sentence. */
  readonly means: string;
  readonly metric: Metric | MathExpression;
  /** The promise: values beyond it are broken. */
  readonly promise: { readonly atMost: number } | { readonly atLeast: number };
  readonly silence: Silence;
  /** For how long the promise must be broken. As far as CloudWatch can look back: a day of single looks, or 7 days. @default - one look */
  readonly lasting?: Duration;
}

/**
 * Who calls about a symptom, so that one incident is one call and no slow incident hides the next.
 * `unhealthy`: backups do not come; all such symptoms share a call, and end as soon as backups come again.
 * `degraded`: the plan's tables are protected, but a run, retention, copies or drills need care; they share another call.
 * `itself`: it may go on for weeks after everybody knows, so it shares none.
 */
export type Caller = 'unhealthy' | 'degraded' | 'itself';

/** One way in which a plan is broken. */
export interface PlanSymptom extends Symptom {
  readonly caller: Caller;
}

/** Who raises an alarm, and where it is explained. */
export interface AlarmContext {
  /** Begins the names of all alarms of a deployment or plan, ends in `/`. */
  readonly prefix: string;
  readonly runbookUrl: string;
}

/** The farthest an alarm looks back (source: PutMetricAlarm, EvaluationPeriods). */
export const longestLookBack = Duration.days(7);

/** From this long on, hours are counted: single values that come late or never do not matter then. */
const countedInHours = Duration.hours(2);

const treatments: Readonly<Record<Silence, TreatMissingData>> = {
  broken: TreatMissingData.BREACHING,
  unchanged: TreatMissingData.IGNORE,
  fine: TreatMissingData.NOT_BREACHING,
};

/** The alarm that a symptom raises. It has no actions yet. */
export function alarmOf(scope: Construct, symptom: Symptom, context: AlarmContext): Alarm {
  const { name, detail, metric, promise, silence } = symptom;
  const fullName = detail === undefined ? name : `${name}/${detail}`;
  const isMost = 'atMost' in promise;
  return new Alarm(scope, fullName.replace('/', '-'), {
    ...lasting(metric, symptom.lasting),
    alarmName: `${context.prefix}${fullName}`,
    alarmDescription: describe(symptom.means, name, context),
    threshold: isMost ? promise.atMost : promise.atLeast,
    comparisonOperator: isMost ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: treatments[silence],
  });
}

/** One sentence of what is broken, and where to read on. */
export function describe(means: string, heading: string, { runbookUrl }: Pick<AlarmContext, 'runbookUrl'>): string {
  return `${means} ${runbookUrl}#${heading}`;
}

function lasting(
  metric: Metric | MathExpression,
  duration: Duration | undefined,
): { metric: IMetric; evaluationPeriods: number; datapointsToAlarm: number } {
  const seconds = Math.min(duration?.toSeconds() ?? 0, longestLookBack.toSeconds());
  const period = seconds > countedInHours.toSeconds() ? Duration.hours(1) : Duration.seconds(metric.period.toSeconds());
  const evaluationPeriods = Math.max(1, Math.ceil(seconds / period.toSeconds()));
  return { metric: metric.with({ period }), evaluationPeriods, datapointsToAlarm: evaluationPeriods };
}
