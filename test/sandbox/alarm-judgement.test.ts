import { describe, expect, test } from '@jest/globals';
import { judge, type AlarmState, type MissingData } from '../../sandbox/cloudwatch/judgement.ts';

type Verdict = AlarmState | 'retained';

/** Points as AWS draws them: `0` is fine, `X` breaches, `-` is missing; the newest comes last. */
function pointsOf(drawing: string): (number | undefined)[] {
  return drawing.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0));
}

function judged(drawing: string, datapointsToAlarm: number, missingData: MissingData): Verdict {
  const criteria = { evaluationPeriods: 3, datapointsToAlarm, missingData, breaches: (value: number) => value > 0 };
  return judge(pointsOf(drawing), criteria).state ?? 'retained';
}

const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** Each row: the points, and the state if missing data are missing, ignored, breaching, not breaching. */
type Row = [drawing: string, ...verdicts: Verdict[]];

// Both tables are AWS's own. Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
const threeOfThree: readonly Row[] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', 'retained', 'ALARM', 'OK'],
];
const twoOfThree: readonly Row[] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', 'retained', 'ALARM', 'OK'],
];

describe('an alarm that sees five points for three evaluation periods', () => {
  test.each(threeOfThree)('with 3 of 3 is judged on %s as AWS documents', (drawing, ...verdicts) => {
    expect(treatments.map((treatment) => judged(drawing, 3, treatment))).toEqual(verdicts);
  });

  test.each(twoOfThree)('with 2 of 3 is judged on %s as AWS documents', (drawing, ...verdicts) => {
    expect(treatments.map((treatment) => judged(drawing, 2, treatment))).toEqual(verdicts);
  });

  // Source: the same page, "Avoiding premature transitions to alarm state".
  test.each(['- - - - X', '- - - X -'])('is not raised early by %s', (drawing) => {
    expect(judged(drawing, 3, 'missing')).toBe('retained');
  });

  test('does not look at what is older than its newest three points', () => {
    expect(judged('X X 0 0 0', 1, 'missing')).toBe('OK');
  });
});
