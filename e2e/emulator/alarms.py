"""Alarms through CloudFormation that ministack leaves out (docs/emulators.md)."""

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners


def create_composite(logical_id, props, stack_name):
    """A composite alarm, by ministack's own PutCompositeAlarm. It knows no actions suppressor."""
    name = props["AlarmName"]
    enabled = str(props.get("ActionsEnabled", True)).lower() != "false"
    status, _, body = cloudwatch._put_composite_alarm({}, {**props, "ActionsEnabled": enabled}, False, True)
    if status >= 400:
        raise ValueError(f"AWS::CloudWatch::CompositeAlarm {name}: {body!r}")
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def delete_composite(physical_id, props):
    cloudwatch._composite_alarms.pop(physical_id, None)


def without_math(record):
    """An alarm on metric math, which ministack refuses, becomes one on a metric that never has data."""

    def recorded(name, props):
        if props.get("Metrics"):
            props = {**props, "Metrics": None, "Namespace": "MetricMath", "MetricName": name}
        return record(name, props)

    return recorded


def mend():
    provisioners._cw_metric_alarm_record = without_math(provisioners._cw_metric_alarm_record)
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": create_composite,
        "update": lambda physical_id, old, new, stack_name: create_composite(physical_id, new, stack_name),
        "delete": delete_composite,
    }
