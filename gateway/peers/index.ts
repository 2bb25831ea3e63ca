export { PEER_PORT, readAddress } from './address.ts';
export { BEAT_MS, LOOK_MS } from './hearing.ts';
export { ALONE, type PeerLink } from './peer-link.ts';
export { createPeers, type Peers } from './peers.ts';
export { createPeerWire, type PeerWire } from './wire.ts';
export { createWitness } from './witness.ts';
