import { ruleTarget } from '../events/events-service.ts';
import { named, type Creator } from './resource.ts';

/** Where AWS Chatbot has the topics of a channel deliver to. */
const chatbotEndpoint = 'https://global.sns-api.chatbot.amazonaws.com';

const createAlarm: Creator = (resource, account) => {
  const alarm = account.alarms.put({ ...resource.properties.members, AlarmName: named(resource, 'AlarmName') });
  const remove = (): void => {
    account.alarms.remove(alarm.name);
  };
  return { ref: alarm.name, attributes: { Arn: alarm.arn }, remove };
};

const createCompositeAlarm: Creator = (resource, account) => {
  const members = { ...resource.properties.members, AlarmName: named(resource, 'AlarmName') };
  const alarm = account.alarms.putComposite(members);
  const remove = (): void => {
    account.alarms.remove(alarm.name);
  };
  return { ref: alarm.name, attributes: { Arn: alarm.arn }, remove };
};

const createMuteRule: Creator = (resource, account) => {
  const { muteRules } = account.alarms;
  const rule = muteRules.put({ ...resource.properties.members, Name: named(resource, 'Name') });
  const remove = (): void => {
    muteRules.remove(rule.name);
  };
  return { ref: rule.arn, attributes: { Arn: rule.arn }, remove };
};

const createDashboard: Creator = (resource, account) => {
  const { dashboards } = account.monitoring;
  const name = named(resource, 'DashboardName');
  const { arn } = dashboards.put(name, resource.properties.text('DashboardBody'), account.clock.now);
  const remove = (): void => {
    dashboards.remove(name);
  };
  return { ref: name, attributes: { Arn: arn }, remove };
};

const createTopic: Creator = (resource, account) => {
  const { properties } = resource;
  const topic = account.topics.create(named(resource, 'TopicName'));
  topic.displayName = properties.optionalText('DisplayName') ?? '';
  topic.kmsKey = properties.optionalText('KmsMasterKeyId');
  for (const subscription of properties.structures('Subscription'))
    account.topics.subscribe(topic.arn, subscription.text('Protocol'), subscription.text('Endpoint'));
  const remove = (): void => {
    account.topics.remove(topic.arn);
  };
  return { ref: topic.arn, attributes: { TopicArn: topic.arn, TopicName: topic.name }, remove };
};

const subscribe: Creator = ({ properties }, account) => {
  if (properties.members.FilterPolicy !== undefined)
    throw new Error('the sandbox has no filter policies of subscriptions');
  const isRaw = properties.optionalBoolean('RawMessageDelivery') ?? false;
  const [topicArn, protocol, endpoint] = [
    properties.text('TopicArn'),
    properties.text('Protocol'),
    properties.text('Endpoint'),
  ];
  const { arn } = account.topics.subscribe(topicArn, protocol, endpoint, isRaw);
  const remove = (): void => {
    account.topics.unsubscribe(arn);
  };
  return { ref: arn, attributes: { Arn: arn }, remove };
};

const setTopicPolicy: Creator = ({ properties, generatedName }, account) => {
  const topics = properties.texts('Topics').map((arn) => account.topics.get(arn));
  for (const topic of topics) topic.policy = properties.members.PolicyDocument;
  const remove = (): void => {
    for (const topic of topics) topic.policy = undefined;
  };
  return { ref: generatedName, attributes: { Id: generatedName }, remove };
};

const createKey: Creator = ({ properties, generatedName }, account) => {
  account.keys.setPolicy(generatedName, properties.members.KeyPolicy);
  const arn = `arn:aws:kms:${account.region}:${account.accountId}:key/${generatedName}`;
  return { ref: generatedName, attributes: { Arn: arn, KeyId: generatedName } };
};

const createKeyAlias: Creator = ({ properties }, account) => {
  const name = properties.text('AliasName');
  account.keys.setAlias(name, properties.text('TargetKeyId'));
  const arn = `arn:aws:kms:${account.region}:${account.accountId}:${name}`;
  return { ref: name, attributes: { Arn: arn } };
};

const createRule: Creator = (resource, account) => {
  const { properties } = resource;
  const name = named(resource, 'Name');
  if (properties.members.ScheduleExpression !== undefined)
    throw new Error(`the sandbox has no scheduled rules, such as ${name}`);
  const rule = account.eventBus.putRule(name, properties.members.EventPattern, {
    isEnabled: properties.optionalText('State') !== 'DISABLED',
    description: properties.optionalText('Description'),
  });
  account.eventBus.removeTargets(name, account.eventBus.targets(name).map(({ id }) => id)); // prettier-ignore
  for (const target of properties.structures('Targets')) account.eventBus.putTarget(name, ruleTarget(target));
  const remove = (): void => {
    account.eventBus.removeRule(name);
  };
  return { ref: name, attributes: { Arn: rule.arn, RuleName: name }, remove };
};

/** A channel of AWS Chatbot is no more here than its confirmed subscription to each topic. */
const createSlackChannel: Creator = ({ properties }, account) => {
  const name = properties.text('ConfigurationName');
  const arn = `arn:aws:chatbot::${account.accountId}:chat-configuration/slack-channel/${name}`;
  const subscriptions = properties
    .texts('SnsTopicArns')
    .map((topicArn) => account.topics.subscribe(topicArn, 'https', `${chatbotEndpoint}/${name}`));
  for (const { topicArn, token } of subscriptions) account.topics.confirm(topicArn, token);
  const remove = (): void => {
    for (const subscription of subscriptions) account.topics.unsubscribe(subscription.arn);
  };
  return { ref: arn, attributes: { Arn: arn }, remove };
};

/** What watches and tells: how each resource type comes to be. */
export const monitoringCreators: Readonly<Record<string, Creator>> = {
  'AWS::Chatbot::SlackChannelConfiguration': createSlackChannel,
  'AWS::CloudWatch::Alarm': createAlarm,
  'AWS::CloudWatch::AlarmMuteRule': createMuteRule,
  'AWS::CloudWatch::CompositeAlarm': createCompositeAlarm,
  'AWS::CloudWatch::Dashboard': createDashboard,
  'AWS::Events::Rule': createRule,
  'AWS::KMS::Alias': createKeyAlias,
  'AWS::KMS::Key': createKey,
  'AWS::SNS::Subscription': subscribe,
  'AWS::SNS::Topic': createTopic,
  'AWS::SNS::TopicPolicy': setTopicPolicy,
};
