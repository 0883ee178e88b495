import { describe, expect, test } from '@jest/globals';
import {
  alarmFindings,
  expectedCallers,
  muteFindings,
  type AlarmState,
} from '../../../lambda/domain/doctor/alarm-findings.ts';
import { isWell, type Finding } from '../../../lambda/domain/doctor/finding.ts';
import { heartbeatFinding, runFinding, scheduleFindings } from '../../../lambda/domain/doctor/liveness.ts';

const now = new Date('2026-11-20T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

function anAlarm(name: string, changes: Partial<AlarmState> = {}): AlarmState {
  const actions = ['arn:aws:sns:eu-central-1:123456789012:alarms'];
  return { name, value: 'OK', since: minutesAgo(60), actions, isEnabled: true, threshold: undefined, ...changes };
}

function aSchedule(name: string, isEnabled = true) {
  return [name, { name, isEnabled, createdAt: undefined, changedAt: undefined }] as const;
}

/** A finding as `state: what it says; what to do`. */
function said(finding: Finding): string {
  const { state, says } = finding;
  return finding.state === 'fine' ? `${state}: ${says}` : `${state}: ${says}; ${finding.remedy}`;
}

describe('alarms', () => {
  const foundAmong = (...alarms: readonly AlarmState[]) => alarmFindings(alarms, ['watch-silent']).map(said);

  test('that are all there, OK and switched on are fine', () => {
    expect(foundAmong(anAlarm('watch-silent'), anAlarm('orders/pruner-silent', { actions: [] }))).toEqual([
      'fine: 2 alarms, all of them OK and switched on',
    ]);
  });

  test('that are gone, switched off or without an action call nobody', () => {
    const off = anAlarm('orders/drill-failed', { isEnabled: false });

    expect(foundAmong(anAlarm('watch-silent', { actions: [] }))).toEqual([
      'wrong: alarm watch-silent calls nobody: it has no action; deploy again',
    ]);
    expect(foundAmong(off)).toEqual([
      'wrong: alarm watch-silent is gone; deploy again',
      expect.stringMatching(/^wrong: alarm orders\/drill-failed calls nobody: its actions are switched off/),
    ]);
  });

  test.each([
    ['orders/drill-failed', 'drill-failed'],
    ['dead-letters/backup-runs', 'dead-letters'],
    ['invocations-dropped/dynamodb-backups-team1', 'invocations-dropped'],
    ['watch-silent/heartbeat', 'watch-silent'],
    ['nobody-listens', 'nobody-listens'],
  ])('in ALARM lead to their heading in the runbook: %s', (name, heading) => {
    const alarm = anAlarm(name, { value: 'ALARM', since: minutesAgo(30) });

    expect(alarmFindings([alarm], []).map(said)).toEqual([
      `wrong: alarm ${name} is in ALARM since 2026-11-20T11:30:00.000Z; see docs/runbook.md#${heading}`,
    ]);
  });

  test('that cannot say yet are not well, and those that only tell whether others may speak are no news', () => {
    const unsure = anAlarm('orders/backup-failed', { value: 'INSUFFICIENT_DATA', since: undefined });

    expect(alarmFindings([unsure], []).map(said)).toEqual([
      expect.stringMatching(/^wrong: alarm orders\/backup-failed is in INSUFFICIENT_DATA; look again/),
    ]);
    for (const name of ['not-watched', 'orders/watched-now'])
      expect(alarmFindings([anAlarm(name, { value: 'ALARM' })], [])).toMatchObject([{ state: 'fine' }]);
  });

  test('of drills are expected where a plan drills', () => {
    expect(expectedCallers(['orders'], [])).not.toContain('dead-letters/drill-runs');
    expect(expectedCallers(['orders'], ['orders'])).toEqual(
      expect.arrayContaining(['dead-letters/drill-runs', 'orders/drill-failed', 'orders/plan-unhealthy']),
    );
  });

  test('that are muted call nobody, however well it was meant', () => {
    const alarms = ['orders/plan-unhealthy', 'orders/plan-degraded'];

    expect(muteFindings([]).map(said)).toEqual(['fine: no alarm is muted']);
    expect(
      muteFindings([
        { name: 'works', expiresAt: now, alarms },
        { name: 'old', expiresAt: undefined, alarms },
      ]).map(({ state, says }) => `${state}: ${says}`),
    ).toEqual([
      'wrong: muted until 2026-11-20T12:00:00.000Z by rule works: orders/plan-unhealthy, orders/plan-degraded',
      'wrong: muted for good by rule old: orders/plan-unhealthy, orders/plan-degraded',
    ]);
  });
});

describe('what keeps a deployment going', () => {
  test('is every schedule, there and switched on', () => {
    const found = new Map([aSchedule('all-watch'), aSchedule('orders-backup', false)]);

    expect(scheduleFindings(['all-watch'], new Map([aSchedule('all-watch')])).map(said)).toEqual([
      'fine: 1 schedule, all of them switched on',
    ]);
    expect(scheduleFindings(['all-watch', 'orders-prune'], found).map(said)).toEqual([
      'wrong: schedule orders-prune is gone; deploy again; see docs/runbook.md#schedule-missing',
      'wrong: schedule orders-backup is switched off; deploy again; see docs/runbook.md#schedule-missing',
    ]);
  });

  test('is a watch that saw everything within three quarters of an hour', () => {
    expect(heartbeatFinding(minutesAgo(45), now)).toMatchObject({ state: 'fine' });
    expect(heartbeatFinding(minutesAgo(46), now)).toMatchObject({
      state: 'wrong',
      says: 'watch last saw everything 46 min ago',
    });
    expect(heartbeatFinding(undefined, now)).toMatchObject({ state: 'wrong' });
  });

  test('is a run no longer ago than its alarm allows, and a job that never ran is wrong', () => {
    const run = { job: 'backup', plan: 'orders', lastAt: minutesAgo(90) } as const;
    const allowed = (seconds: number | undefined) => said(runFinding({ ...run, longestSeconds: seconds }, now));

    expect(allowed(5400)).toBe('fine: backup last ran for plan orders 1 h 30 min ago');
    expect(allowed(undefined)).toBe('fine: backup last ran for plan orders 1 h 30 min ago');
    expect(allowed(5399)).toBe(
      'wrong: backup last ran for plan orders 1 h 30 min ago, more than 1 h 29 min; see docs/runbook.md#scheduler-silent',
    );
    expect(said(runFinding({ ...run, job: 'prune', lastAt: undefined, longestSeconds: 60 }, now))).toBe(
      'wrong: prune never ran for plan orders; see docs/runbook.md#pruner-silent',
    );
  });

  test('all is well only when everything could be looked at and nothing is wrong', () => {
    const fine: Finding = { state: 'fine', about: 'runs', says: '' };

    expect(isWell([fine])).toBe(true);
    for (const state of ['wrong', 'unknown'] as const)
      expect(isWell([fine, { ...fine, state, remedy: '' }])).toBe(false);
  });
});
