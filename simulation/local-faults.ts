import type { Fault, GatewayFaultParts } from './gateway-faults.ts';
import type { LocalNetwork } from './local-network.ts';
import type { Members } from './members.ts';
import type { Network } from './network.ts';

export interface LocalFaultParts extends GatewayFaultParts {
  readonly local: LocalNetwork | undefined;
  readonly members: Members | undefined;
  readonly network: Network;
  /** Tells a gateway a change of the cloud's that is none. */
  lie(gateway: string): void;
}

/** What goes wrong between the gateways of a venue, and with the list of them. */
export function localFaults(parts: LocalFaultParts): Readonly<Record<string, Fault>> {
  const { local, members } = parts;
  if (!local || !members) return {};
  return { ...cuts(parts, local), ...between(parts, local, members) };
}

function cuts(
  { world, gateways, note, forAWhile }: LocalFaultParts,
  local: LocalNetwork,
): Record<string, Fault> {
  const { random } = world;
  const ids = () => gateways.map(({ node }) => node.id);
  const others = (id: string) => ids().filter((one) => one !== id);

  function cut(ways: readonly (readonly [string, string])[]): void {
    for (const [from, to] of ways) local.cut(from, to);
    forAWhile(300, 30_000, () => {
      for (const [from, to] of ways) local.mend(from, to);
    });
  }

  return {
    'local-cut': ({ node: { id } }) => {
      if (others(id).length === 0) return;
      const other = random.pick(others(id));
      note(id, `can’t reach ${other}, nor the other way`);
      cut([
        [id, other],
        [other, id],
      ]);
    },
    'local-one-way': ({ node: { id } }) => {
      if (others(id).length === 0) return;
      const other = random.pick(others(id));
      note(id, `can’t reach ${other}, but hears it`);
      cut([[id, other]]);
    },
    partition: () => {
      const here = ids().filter(() => random.chance(0.5));
      const there = ids().filter((id) => !here.includes(id));
      if (here.length === 0 || there.length === 0) return;
      note('venue', `${here.join(' ')} and ${there.join(' ')} can’t reach each other`);
      cut(here.flatMap((a) => there.flatMap((b) => [[a, b] as const, [b, a] as const])));
    },
  };
}

function between(
  { world, network, note, forAWhile, lie }: LocalFaultParts,
  local: LocalNetwork,
  members: Members,
): Record<string, Fault> {
  const { random } = world;
  let idle = 0;
  return {
    'local-slow': ({ node: { id } }) => {
      note(id, 'slow local network');
      local.slow(id, random.between(20, 400));
      forAWhile(500, 15_000, () => local.slow(id, 0));
    },
    'local-reset': ({ node: { id } }) => {
      note(id, 'its sessions with other gateways are reset');
      local.reset(id);
    },
    'home-crash': ({ node }) => {
      if (!node.up) return;
      note(node.id, 'will crash when it is asked as a home');
      node.arm('home', random.whole(1, 3));
    },
    'cloud-away': () => {
      note('venue', 'no gateway reaches the cloud for a while');
      network.outage(world.now + random.between(3_000, 40_000));
    },
    'idle-gateway': () => {
      idle += 1;
      const id = `idle${idle}`;
      note('cloud', `${id} is enrolled, and switched off`);
      void members.enrol(id, 'north');
      forAWhile(1_000, 15_000, () => void members.revoke(id));
    },
    'forged-news': ({ node: { id } }) => {
      note(id, 'is told a change that is not the cloud’s');
      lie(id);
    },
  };
}
