import { briefly, eventId, type Event } from '../domain/events/event.ts';
import type { PruneReport } from './prune-report.ts';

/** What a prune run has to tell: that it deletes nothing, and why. */
export function pruneEvents(
  { plan, mode, expired, blocked }: PruneReport,
  { owner, slot, now }: { readonly owner: string; readonly slot: Date; readonly now: Date },
): readonly Event[] {
  if (!blocked) return [];
  const type = 'Retention Blocked';
  const about = { owner, plan, slot: slot.toISOString() };
  const id = eventId(type, owner, plan, about.slot, blocked.by);
  const detail = {
    version: 1,
    id,
    ...about,
    mode,
    reason: blocked.by,
    message: briefly(blocked.detail),
    expired,
  } as const;
  return [{ type, at: now, resources: [], detail }];
}
