import fc from 'fast-check';

/**
 * A random cron expression, spelt for EventBridge and for croner, an independent scheduler. croner has no `?` in this sense, no bare
 * `L` for Saturday and no `v/n`.
 */
export interface RandomCron {
  readonly aws: string;
  readonly croner: string;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
}

interface Field {
  readonly aws: string;
  readonly croner: string;
  readonly values: ReadonlySet<number>;
}

const monthNames = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const dayNames = 'SUN MON TUE WED THU FRI SAT'.split(' ');

function count(from: number, to: number, step = 1): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((value) => (value - from) % step === 0);
}

function item(min: number, max: number, names: readonly string[], steps: boolean): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const spell = (n: number, how: number) =>
    (how === 0 ? names[n - min] : how === 1 ? names[n - min]?.toLowerCase() : undefined) ?? `${n}`;
  const how = fc.nat(2);
  const single = fc.tuple(value, how).map(([n, h]) => ({ aws: spell(n, h), croner: `${n}`, values: new Set([n]) }));
  const range = fc.tuple(value, value, how).map(([a, b, h]) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    return { aws: `${spell(from, h)}-${spell(to, h)}`, croner: `${from}-${to}`, values: new Set(count(from, to)) };
  });
  if (!steps) return fc.oneof(single, range);
  const step = fc.integer({ min: 1, max: Math.min(max, 30) });
  const stepped = fc.tuple(value, step, how).map(([from, by, h]) => ({
    aws: `${spell(from, h)}/${by}`,
    croner: count(from, max, by).join(','),
    values: new Set(count(from, max, by)),
  }));
  const steppedAll = step.map((by) => {
    const values = count(min, max, by);
    return { aws: `*/${by}`, croner: values.join(','), values: new Set(values) };
  });
  const steppedRange = fc.tuple(range, step).map(([given, by]) => {
    const values = [...given.values].filter((n) => (n - Math.min(...given.values)) % by === 0);
    return { aws: `${given.aws}/${by}`, croner: values.join(','), values: new Set(values) };
  });
  return fc.oneof(single, range, stepped, steppedAll, steppedRange);
}

function field(min: number, max: number, names: readonly string[] = [], steps = true): fc.Arbitrary<Field> {
  const list = fc.array(item(min, max, names, steps), { minLength: 1, maxLength: 3 }).map((items) => ({
    aws: items.map(({ aws }) => aws).join(','),
    croner: items.map(({ croner }) => croner).join(','),
    values: new Set(items.flatMap(({ values }) => [...values])),
  }));
  return fc.oneof(
    { weight: 3, arbitrary: list },
    fc.constant({ aws: '*', croner: '*', values: new Set(count(min, max)) }),
  );
}

const plain = (text: string) => ({ aws: text, croner: text });
const dayOfMonth = fc
  .oneof(
    field(1, 31),
    fc.constantFrom('L', 'LW').map(plain),
    fc.integer({ min: 1, max: 31 }).map((day) => plain(`${day}W`)),
  )
  .map(({ aws, croner }) => ({ aws: [aws, '?'] as const, croner: [croner, '*'] as const }));
const weekday = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.boolean());
const dayOfWeek = fc
  .oneof(
    field(1, 7, dayNames, false),
    fc.constant({ aws: 'L', croner: '7' }),
    weekday.map(([day, named]) => ({ aws: `${named ? dayNames[day - 1] : day}L`, croner: `${day}L` })),
    fc.tuple(weekday, fc.integer({ min: 1, max: 5 })).map(([[day, named], nth]) => ({
      aws: `${named ? dayNames[day - 1] : day}#${nth}`,
      croner: `${day}#${nth}`,
    })),
  )
  .map(({ aws, croner }) => ({ aws: ['?', aws] as const, croner: ['*', croner] as const }));
const year = fc.oneof(
  { weight: 3, arbitrary: fc.constant(plain('*')) },
  fc.constantFrom('2026-2040', '2027,2030,2032', '2028').map(plain),
  fc.constant({ aws: '2026/3', croner: count(2026, 2199, 3).join(',') }),
);

/** Every construct of the grammar; some of them name days that never come. */
export const randomCron: fc.Arbitrary<RandomCron> = fc
  .tuple(field(0, 59), field(0, 23), fc.oneof(dayOfMonth, dayOfWeek), field(1, 12, monthNames), year)
  .map(([minute, hour, day, month, inYear]) => ({
    aws: `cron(${minute.aws} ${hour.aws} ${day.aws[0]} ${month.aws} ${day.aws[1]} ${inYear.aws})`,
    croner: `0 ${minute.croner} ${hour.croner} ${day.croner[0]} ${month.croner} ${day.croner[1]} ${inYear.croner}`,
    minutes: minute.values,
    hours: hour.values,
  }))
  .filter(({ aws }) => aws.length <= 256);
