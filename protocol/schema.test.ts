import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonSchemas } from './schema.ts';
import { TOPICS } from './topics.ts';
import { VERDICT_KEYS } from './verdicts/table.ts';

const schemas = jsonSchemas();

test('every topic has a JSON Schema that names its fields', () => {
  const names = Object.entries(TOPICS).flatMap(([way, topics]) =>
    Object.keys(topics).map((name) => `${way}/${name}`),
  );
  assert.equal(Object.keys(schemas).sort(), [...names, 'journal-body'].sort());
  for (const name of names) {
    assert.is(schemas[name]?.type, 'object', name);
    assert.ok(Object.keys(schemas[name]?.properties as object).length > 0, name);
  }
});

test('schemas are plain JSON that keeps units and limits', () => {
  assert.equal(JSON.parse(JSON.stringify(schemas)), schemas);
  const text = JSON.stringify(schemas);
  for (const word of ['milliseconds since 1970', 'UUIDv7', '"maxLength":512', '"maximum":10000']) {
    assert.ok(text.includes(word), word);
  }
});

test('an answer’s verdict is one of the table', () => {
  const answer = JSON.stringify(schemas['down/validate']);
  for (const key of VERDICT_KEYS) assert.ok(answer.includes(`"${key}"`), key);
});

test('an unknown member is let in, since a newer sender may add one', () => {
  for (const schema of Object.values(schemas)) {
    assert.not.ok(JSON.stringify(schema).includes('"additionalProperties":false'));
  }
});

test.run();
