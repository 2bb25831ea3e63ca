import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BootedMachine, bootMachine } from '../test/booted-machine.ts';

/** The gateway's unit, as it is installed, under a systemd that has booted. */
const booted = await bootMachine();
const machine = booted as BootedMachine;
const under = suite('under systemd');
const test = typeof booted === 'string' ? under.skip : under;
if (typeof booted === 'string') console.log(`SKIPPED under systemd: needs ${booted}`);
under.after(() => (typeof booted === 'string' ? undefined : machine.stop()));

const locked = () =>
  machine
    .run('journalctl', '--no-pager', '-q', '-u', 'gatehouse-gateway')
    .split('of 1 lanes locked').length - 1;

/** Does something to it; resolves when its lanes were locked and it works again. */
async function again(what: string, done: (pid: string) => void): Promise<void> {
  const { NRestarts: before, MainPID = '' } = machine.unit();
  const lockedBefore = locked();
  done(MainPID);
  await machine.until(`it works again after it was ${what}`, () => {
    const { SubState, NRestarts } = machine.unit();
    return SubState === 'running' && NRestarts !== before;
  });
  assert.ok(locked() > lockedBefore, 'and its lanes were locked');
}

test('it starts with its rights taken away, says that it is ready, and keeps saying that it works', async () => {
  const { MainPID = '', User, WatchdogTimestampMonotonic } = machine.unit();
  assert.is(User, 'gatehouse');
  const status = machine.run('cat', `/proc/${MainPID}/status`);
  for (const line of ['NoNewPrivs:\t1', 'CapEff:\t0000000000000000', 'Seccomp:\t2']) {
    assert.ok(status.includes(line), line);
  }
  assert.not.match(status, /^Uid:\t0/m);
  await machine.until(
    'it says again that it works',
    () => machine.unit().WatchdogTimestampMonotonic !== WatchdogTimestampMonotonic,
  );
});

test('killed, it is locked and started again', () =>
  again('killed', (pid) => void machine.run('kill', '-KILL', pid)));

test('hanging, it is ended by the watchdog, locked and started again', () =>
  again('stopped', (pid) => void machine.run('kill', '-STOP', pid)));

test('told to stop, it ends by itself and is locked', () => {
  const before = locked();
  machine.run('systemctl', 'stop', 'gatehouse-gateway.service');
  const { ActiveState, Result, ExecMainStatus, ExecMainCode } = machine.unit();
  assert.equal([ActiveState, Result], ['inactive', 'success']);
  // It exited, and was not killed.
  assert.equal([ExecMainCode, ExecMainStatus], ['1', '0']);
  assert.ok(locked() > before);
});

under.run();
