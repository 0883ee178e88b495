"""Starts ministack and fills in what AWS documents and ministack leaves out (docs/emulators.md). Ends when its stdin does."""

import functools
import json
import os
import signal
import threading
from datetime import datetime, timezone

from ministack import app
from ministack.core import iam_actions
from ministack.services import eventbridge


def filling_in_context_attributes(deliver):
    """EventBridge Scheduler replaces <aws.scheduler.*> in a target's input; ministack delivers the input as written."""

    def delivered(target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            due = datetime.fromtimestamp(event["Time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            text = target["Input"].replace("<aws.scheduler.scheduled-time>", due)
            target = {**target, "Input": text.replace("<aws.scheduler.schedule-arn>", event["Resources"][0])}
        return deliver(target, event, rule, view)

    return delivered


def naming_backups(resources):
    """IAM judges DescribeBackup and DeleteBackup by the backup's ARN; ministack reads only TableName and judges by '*'."""

    def named(body, region, account_id):
        arn = json.loads(body or b"{}").get("BackupArn")
        return [arn] if arn else resources(body, region, account_id)

    return named


def trusting_loopback(pin, address, _is_tls):
    """There is no TLS here, and every bucket and queue of ours refuses requests without: count loopback as secure."""
    pin(address, True)


def end_with_parent():
    """Whoever starts us holds our stdin. However they end, we and the functions we run end too."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    eventbridge._invoke_target = filling_in_context_attributes(eventbridge._invoke_target)
    iam_actions.dynamodb_resource_arns = naming_backups(iam_actions.dynamodb_resource_arns)
    app.pin_request_origin = functools.partial(trusting_loopback, app.pin_request_origin)
    threading.Thread(target=end_with_parent, daemon=True).start()
    app.main()
