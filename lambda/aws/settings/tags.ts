import {
  ListTagsOfResourceCommand,
  TagResourceCommand,
  type DynamoDBClient,
  type ListTagsOfResourceCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { ownTags } from '../../domain/settings.ts';
import { paced } from '../rates.ts';
import { offWhenEmpty, type SettingAdapter } from './setting-adapter.ts';

/** > Tags that begin with `aws:` are neither kept nor applied. */
export function tags(client: DynamoDBClient): SettingAdapter<'tags'> {
  const list = paced('listTagsOfResource', (input: ListTagsOfResourceCommand) => client.send(input));
  return {
    async read({ facts }) {
      const found: Record<string, string> = {};
      let marker: string | undefined;
      do {
        const page: ListTagsOfResourceCommandOutput = await list(
          new ListTagsOfResourceCommand({ ResourceArn: facts.arn, NextToken: marker }),
        );
        for (const { Key, Value } of page.Tags ?? []) found[Key ?? ''] = Value ?? '';
        if (page.NextToken && page.NextToken === marker) throw new Error('the listing of tags repeats its marker');
        marker = page.NextToken;
      } while (marker);
      return offWhenEmpty(ownTags(found));
    },

    async set({ facts }, wanted) {
      const Tags = Object.entries(wanted).map(([Key, Value]) => ({ Key, Value }));
      await client.send(new TagResourceCommand({ ResourceArn: facts.arn, Tags }));
    },
  };
}
