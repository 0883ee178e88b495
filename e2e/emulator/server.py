"""Starts ministack and fills in what AWS documents and ministack leaves out (docs/emulators.md). Ends when its stdin does."""

import contextvars
import functools
import json
import os
import signal
import threading
import time
from datetime import datetime, timezone

import alarms
from ministack import app
from ministack.core import iam_actions
from ministack.services import dynamodb, eventbridge, lambda_svc
from ministack.services.cloudformation import provisioners

RESTORE_SECONDS = 5


def filling_in_context_attributes(deliver):
    """EventBridge Scheduler replaces <aws.scheduler.*> in a target's input; ministack delivers the input as written."""

    def delivered(target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            due = datetime.fromtimestamp(event["Time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            text = target["Input"].replace("<aws.scheduler.scheduled-time>", due)
            target = {**target, "Input": text.replace("<aws.scheduler.schedule-arn>", event["Resources"][0])}
        return deliver(target, event, rule, view)

    return delivered


def naming_resources(resources):
    """IAM judges a call by the backup or the ARN it names, and a restore by its target, too; ministack reads only TableName, else judges by '*'."""

    def named(body, region, account_id):
        request = json.loads(body or b"{}")
        arns = [request[key] for key in ("BackupArn", "ResourceArn") if request.get(key)]
        if request.get("TargetTableName"):
            arns += resources(json.dumps({"TableName": request["TargetTableName"]}).encode(), region, account_id)
        return arns or resources(body, region, account_id)

    return named


def trusting_loopback(pin, address, _is_tls):
    """There is no TLS here, and every bucket and queue of ours refuses requests without: count loopback as secure."""
    pin(address, True)


def keeping_durable(create):
    """CloudFormation gives a function its DurableConfig; ministack's drops it, and waits for a member Enabled that AWS does not have."""

    def created(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        if props.get("DurableConfig"):
            durable = {key: int(value) for key, value in props["DurableConfig"].items()}
            lambda_svc._functions[name]["config"]["DurableConfig"] = {**durable, "Enabled": True}
        return name, attributes

    return created


def resuming(invoke_async):
    """A durable execution goes on after its waits; ministack lets only one that somebody waits for go on."""

    def invoke(function, event):
        execution = event.get("DurableExecutionArn") if isinstance(event, dict) else None
        if execution is None:
            return invoke_async(function, event)
        config = function.get("config") or function
        run = contextvars.copy_context().run
        arguments = (lambda_svc.invoke_durable_resume, config["FunctionName"], execution, event)
        threading.Thread(target=run, args=arguments, daemon=True).start()

    return invoke


def taking_time(restore):
    """A restored table is CREATING until the restore is done; ministack's is ACTIVE at once, created at a whole second, and being restored for good."""

    def restored(data):
        answer = restore(data)
        name = data.get("TargetTableName")
        if answer[0] == 200:
            dynamodb._tables[name].update(TableStatus="CREATING", CreationDateTime=time.time())
            context = contextvars.copy_context()
            threading.Timer(RESTORE_SECONDS, context.run, (finish_restore, name)).start()
        return answer

    return restored


def finish_restore(name):
    if name in dynamodb._tables:
        dynamodb._tables[name]["TableStatus"] = "ACTIVE"
        dynamodb._tables[name].pop("RestoreSummary", None)


def end_with_parent():
    """Whoever starts us holds our stdin. However they end, we and the functions we run end too."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    eventbridge._invoke_target = filling_in_context_attributes(eventbridge._invoke_target)
    iam_actions.dynamodb_resource_arns = naming_resources(iam_actions.dynamodb_resource_arns)
    functions = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    functions["create"] = keeping_durable(functions["create"])
    lambda_svc.invoke_async_with_retry = resuming(lambda_svc.invoke_async_with_retry)
    dynamodb._restore_table_from_backup = taking_time(dynamodb._restore_table_from_backup)
    alarms.mend()
    app.pin_request_origin = functools.partial(trusting_loopback, app.pin_request_origin)
    threading.Thread(target=end_with_parent, daemon=True).start()
    app.main()
