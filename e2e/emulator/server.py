"""Starts ministack with three documented behaviours it leaves out, so that the app runs unchanged (see docs/emulators.md)."""

import json
from datetime import datetime, timezone

from ministack import app
from ministack.core import iam_actions
from ministack.services import eventbridge


def filling_in_context_attributes(deliver):
    """EventBridge Scheduler replaces <aws.scheduler.*> in a target's input; ministack delivers the input as written."""

    def delivered(target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            due = datetime.fromtimestamp(event["Time"], timezone.utc)
            target = {**target, "Input": target["Input"]
                      .replace("<aws.scheduler.scheduled-time>", due.strftime("%Y-%m-%dT%H:%M:%SZ"))
                      .replace("<aws.scheduler.schedule-arn>", event["Resources"][0])}
        return deliver(target, event, rule, view)

    return delivered


def naming_backups(resources):
    """IAM judges DescribeBackup and DeleteBackup by the backup's ARN; ministack knows only TableName and falls back to '*'."""

    def named(body, region, account_id):
        arn = json.loads(body or b"{}").get("BackupArn")
        return [arn] if arn else resources(body, region, account_id)

    return named


eventbridge._invoke_target = filling_in_context_attributes(eventbridge._invoke_target)
iam_actions.dynamodb_resource_arns = naming_backups(iam_actions.dynamodb_resource_arns)
# With TLS on, ministack would also take port 443.
app._port_is_bindable = lambda host, port: False

if __name__ == "__main__":
    app.main()
