import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filterOf, type NameOf, parseTopic, TOPICS, topicOf, type Way } from './topics.ts';

const all = (Object.keys(TOPICS) as Way[]).flatMap((way) =>
  Object.keys(TOPICS[way]).map((name) => ({ way, name })),
);
const gateways = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);

test('every topic of every gateway comes back from its text and fits its filter', () => {
  fc.assert(
    fc.property(gateways, fc.constantFrom(...all), (gateway, { way, name }) => {
      const text = topicOf(gateway, way, name as NameOf<typeof way>);
      assert.equal(parseTopic(text), { gateway, way, name });
      assert.is(filterOf(gateway, way), text.replace(/[^/]+$/, '+'));
    }),
  );
});

test('a topic reads gatehouse/1/<gateway>/<way>/<name>', () => {
  assert.is(topicOf('north-1', 'up', 'validate'), 'gatehouse/1/north-1/up/validate');
  assert.is(filterOf('north-1', 'down'), 'gatehouse/1/north-1/down/+');
});

test('what is not exactly a topic of ours is none', () => {
  const others = [
    '',
    'gatehouse',
    'gatehouse/2/north-1/up/validate',
    'gatehouse/1//up/validate',
    'gatehouse/1/north-1/up/validate/',
    '/gatehouse/1/north-1/up/validate',
    'gatehouse/1/north-1/up/nudge',
    'gatehouse/1/north-1/down/toString',
    'gatehouse/1/north-1/__proto__/validate',
    'gatehouse/1/North/up/validate',
    'gatehouse/1/+/up/validate',
    'gatehouse/1/#',
    `gatehouse/1/${'a'.repeat(64)}/up/validate`,
    '$SYS/broker/uptime',
  ];
  for (const text of others) assert.is(parseTopic(text), undefined, text);
});

test('parsing any text never throws', () => {
  const part = fc.constantFrom('gatehouse', '1', 'north-1', 'up', 'down', 'validate', '', 'x');
  const almost = fc.array(part, { maxLength: 7 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost), (text) => {
      const found = parseTopic(text);
      if (found?.way === 'up') assert.is(topicOf(found.gateway, 'up', found.name), text);
      if (found?.way === 'down') assert.is(topicOf(found.gateway, 'down', found.name), text);
    }),
  );
});

test('all is sent at least once but heartbeats, and only pages of tickets are compressed', () => {
  for (const { way, name } of all) {
    const entry = (TOPICS[way] as Record<string, { qos: 0 | 1; gzip: boolean }>)[name];
    assert.is(entry?.qos, name === 'heartbeat' ? 0 : 1, `${way}/${name}`);
    assert.is(entry?.gzip, `${way}/${name}` === 'down/tickets', `${way}/${name}`);
  }
});

test.run();
