import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decide } from './decide.ts';
import type { OpenGrant, Place, Presented, TicketState } from './facts.ts';
import { mergePatch, readVectors } from './vectors/read.ts';
import { outcomeOf, VERDICT_KEYS, type Verdict, type VerdictKey } from './verdicts/table.ts';

interface Case {
  readonly presented: Presented;
  readonly state: TicketState;
  readonly place: Place;
  readonly now: number;
}
interface Vectors {
  readonly base: Case;
  readonly vectors: { name: string; change: object; verdict: Verdict }[];
}

const { base, vectors } = readVectors<Vectors>('decide.json');
const run = ({ presented, state, place, now }: Case) => decide(presented, state, place, now);
const changed = (change: unknown) => mergePatch(base, change) as Case;
const isAdmit = (said: Verdict) => outcomeOf(said.key) === 'admit';

for (const vector of vectors) {
  test(`${vector.verdict.key}: ${vector.name}`, () => {
    assert.equal(run(changed(vector.change)), vector.verdict);
  });
}

test('every verdict key that decide() can give has a vector, and no vector gives another', () => {
  const source = readFileSync(new URL('decide.ts', import.meta.url), 'utf8');
  const statuses: VerdictKey[] = ['unpaid', 'blocked', 'cancelled', 'taken-back'];
  const expected = VERDICT_KEYS.filter(
    (key) => source.includes(`'${key}'`) || statuses.includes(key),
  );
  const seen = new Set(vectors.map((vector) => vector.verdict.key));
  assert.equal([...seen].sort(), expected.sort());
});

test('no two vectors share a name', () => {
  assert.is(new Set(vectors.map(({ name }) => name)).size, vectors.length);
});

test('a question to a person stands only where an admit would stand without it', () => {
  const answered = {
    presented: {
      performance: { offline: 'verify', stalePhone: 'admit' },
      proof: { slot: 60_000_000, generation: 3, signature: 'good', beaconAge: 0 },
    },
    state: { grants: [], offlineLeft: null },
  };
  const questions = vectors.filter(
    ({ verdict: said, name }) => said.key === 'staff' && !name.includes('unknown ticket'),
  );
  for (const { name, change } of questions) {
    assert.ok(isAdmit(run(mergePatch(changed(change), answered) as Case)), name);
  }
});

const grant = fc.record<OpenGrant>({
  gateway: fc.constant('gateway-2'),
  lane: fc.constantFrom('lane-1', 'lane-2'),
  scanId: fc.constant('scan'),
  unsettled: fc.boolean(),
});
const near = fc.integer({ min: -6, max: 6 });
const anyChange = fc.record(
  {
    presented: fc.record(
      {
        code: fc.constantFrom('regular', 'secure', 'config', 'other'),
        ticket: fc.oneof(
          fc.constant(null),
          fc.record(
            {
              kind: fc.constantFrom('regular', 'secure'),
              status: fc.constantFrom('valid', 'valid', 'valid', 'blocked', 'cancelled'),
              uses: fc.integer({ min: 1, max: 3 }),
              entrances: fc.constantFrom([], ['North'], ['South']),
              generation: fc.constantFrom(null, 2, 3, 4),
            },
            { requiredKeys: [] },
          ),
        ),
        performance: fc.record(
          {
            reEntry: fc.boolean(),
            capacity: fc.integer({ min: 0, max: 3 }),
            offline: fc.constantFrom('refuse', 'staff', 'verify'),
            stalePhone: fc.constantFrom('refuse', 'staff', 'admit'),
          },
          { requiredKeys: [] },
        ),
        proof: fc.oneof(
          fc.constant(null),
          fc.record(
            {
              signature: fc.constantFrom('good', 'bad'),
              generation: fc.constantFrom(2, 3, 4),
              slot: near.map((n) => 60_000_000 + n),
              beaconAge: fc.constantFrom(0, 900_000, 900_001),
              earlier: fc.record({ slot: near.map((n) => 60_000_000 + n), skew: near }),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    ),
    state: fc.record(
      {
        used: fc.integer({ min: 0, max: 3 }),
        inside: fc.nat({ max: 3 }),
        burnt: near.map((n) => 60_000_000 + n),
        grants: fc.array(grant, { maxLength: 2 }),
        occupancy: fc.integer({ min: 0, max: 3 }),
        offlineLeft: fc.integer({ min: -1, max: 2 }),
        lastUse: fc.record({
          at: fc.integer({ min: -9, max: 9 }).map((n) => 1_800_000_000_000 + n * 1000),
          lane: fc.constantFrom('lane-1', 'lane-2'),
        }),
      },
      { requiredKeys: [] },
    ),
    place: fc.record(
      {
        open: fc.constantFrom(true, true, false),
        staffed: fc.boolean(),
        decider: fc.constantFrom('gateway', 'cloud'),
        clock: fc.constantFrom('trusted', 'plausible', 'untrusted'),
        halls: fc.constantFrom([], ['Main hall'], ['Studio']),
      },
      { requiredKeys: [] },
    ),
    now: fc.integer({ min: -8, max: 8 }).map((n) => 1_800_000_000_000 + n * 1_800_000),
  },
  { requiredKeys: [] },
);
const runs = { numRuns: 5_000 };

test('decide is pure and never throws', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const facts = changed(change);
      const before = JSON.stringify(facts);
      assert.equal(run(facts), run(facts));
      assert.is(JSON.stringify(facts), before);
    }),
    runs,
  );
});

test('an exit always opens', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const leaving = mergePatch(changed(change), { place: { direction: 'exit' } }) as Case;
      assert.ok(['exit', 'exit-unmatched'].includes(run(leaving).key));
    }),
    runs,
  );
});

test('unknown is never green: an untrusted clock admits nobody whom a trusted one refuses', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const at = (clock: string) => run(mergePatch(changed(change), { place: { clock } }) as Case);
      if (isAdmit(at('untrusted'))) assert.ok(isAdmit(at('trusted')));
    }),
    runs,
  );
});

test('no ticket admits twice: an admit means no live grant, a use left or a guest who left', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const facts = changed(change);
      if (!isAdmit(run(facts))) return;
      const { presented, state } = facts;
      const { ticket, performance, proof } = presented;
      assert.is(state.grants.length, 0);
      assert.is(ticket?.status, 'valid');
      // Of several people on one ticket one may have left while others are inside.
      const hasLeft = performance?.reEntry && state.inside < state.used;
      assert.ok(state.used < (ticket?.uses ?? 0) || hasLeft);
      assert.ok(performance?.capacity === undefined || state.occupancy < performance.capacity);
      if (ticket?.kind !== 'secure') return;
      assert.ok(facts.place.decider === 'cloud' || (state.offlineLeft ?? 1) > 0);
      assert.is(proof?.signature, 'good');
      assert.is(proof?.generation, ticket.generation);
      assert.ok(state.burnt === undefined || (proof?.slot ?? 0) > state.burnt);
    }),
    runs,
  );
});

test('decide never gives what only others may give', () => {
  const others = ['override', 'policy', 'fault', 'group'];
  fc.assert(
    fc.property(anyChange, (change) => {
      assert.not(others.includes(run(changed(change)).key));
    }),
    runs,
  );
});

test.run();
