import type { Forecast } from '../drill/forecast.ts';
import type { ReadPlan, TableFacts } from './facts.ts';
import { spokenCount, spokenDuration } from './spoken.ts';

/** How long the last restore took, between which bounds, and how that changes; nothing while no drill measured it. */
export function restoreLine({ restore, forecast }: TableFacts, { objectives }: ReadPlan): string[] {
  if (restore?.atMostSeconds === undefined) return [];
  const bounds = [spokenDuration(restore.atLeastSeconds), spokenDuration(restore.atMostSeconds)];
  const took = bounds[0] === bounds[1] ? bounds[0] : bounds.join(' to ');
  return [`restore ${took}`, ...(forecast && objectives.recoveryTimeSeconds ? trendOf(forecast) : [])];
}

function trendOf(forecast: Forecast): string[] {
  switch (forecast.kind) {
    case 'too-little-data':
      return [`no trend after ${spokenCount(forecast.drills, 'drill')}`];
    case 'not-growing':
      return ['not growing'];
    case 'over':
      return [`the trend is over the objective, ${growing(forecast.secondsPerDay)}`];
    case 'crossing':
      return [`${growing(forecast.secondsPerDay)}, over the objective in ${soon(forecast.days)}`];
  }
}

function growing(secondsPerDay: number): string {
  return `${secondsPerDay < 0 ? '-' : '+'}${Math.abs(secondsPerDay).toFixed(1)} s a day`;
}

function soon(days: number): string {
  return days > 3_650 ? 'more than 10 years' : `about ${spokenCount(Math.max(1, Math.floor(days)), 'day')}`;
}
